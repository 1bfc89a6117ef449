"""That content was written, whoever wrote it and by whatever statement: PostgreSQL itself notes it."""

from django.db import models


class ContentChange(models.Model):
    """A statement that wrote to a table. A trigger adds the row along with what was written.

    What a page was drawn from stands while no row was added. To look here is short; to look through the
    tables themselves takes longer the more they hold.
    """

    table_name = models.CharField(max_length=63)

    def __str__(self) -> str:
        return self.table_name

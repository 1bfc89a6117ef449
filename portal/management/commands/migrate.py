"""`manage.py migrate`, which knows of changes like `makemigrations`, and waits for nobody long."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from portal.management.commands.makemigrations import Autodetector

MOST_WAIT = "5s"
"""For a table that somebody else works on: whoever comes after us waits behind us all that time."""


class Command(migrate.Command):
    """Bring the database's tables to where the migrations are."""

    autodetector = Autodetector

    def handle(self, *args: Any, **options: Any) -> None:
        """Give up where a table cannot be had soon. A migration is one transaction: nothing is half done."""
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [MOST_WAIT])
            super().handle(*args, **options)
            cursor.execute("RESET lock_timeout")

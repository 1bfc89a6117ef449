"""Write the search index again from what is live: after a change of a course's language, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand

from courses import search_index


class Command(BaseCommand):
    """Rebuild the index in one transaction; searches go on meanwhile."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild."""
        self.stdout.write(f"{search_index.rebuild()} entries written.")

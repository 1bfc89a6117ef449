"""`manage.py check_progress`: do the sums agree with the record?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learning import checks


class Command(BaseCommand):
    help = (
        "Count every roll-up of learning again from the record and compare. Exits with 1 on any difference."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference (ids only) as it is found."""
        found = 0
        for difference in checks.differences():
            found += 1
            self.stdout.write(str(difference))
        if found:
            raise CommandError(f"{found} difference{'' if found == 1 else 's'}.", returncode=1)
        self.stdout.write("All sums agree with the record.")

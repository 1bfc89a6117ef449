"""Ask every part how it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailing import clock
from portal import doctor

SIGNS = {"ok": "ok      ", "warning": "warning ", "error": "ERROR   "}


class Command(BaseCommand):
    """Changes nothing. Ends with status 1 if a part is not well."""

    help = "Examine settings, database, broker, workers, mail, disk, clock and static files; say what to do."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Show a line for each finding, with its remedy under it."""
        unwell = 0
        for finding in doctor.examine(now=clock.now()):
            self.stdout.write(f"{SIGNS[finding.level]}{finding.part}: {finding.text}")
            if finding.remedy:
                self.stdout.write(f"        {finding.remedy}")
            unwell += finding.level == "error"
        if unwell:
            raise CommandError(f"{unwell} {'part is' if unwell == 1 else 'parts are'} not well.")
        self.stdout.write("All is well.")

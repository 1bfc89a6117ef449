"""Bring the embedded database to the installed major of PostgreSQL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from mailing import clock
from portal import upgrading
from portal.database_programs import BackupError


class Command(BaseCommand):
    """Runs while Crossroads does not. Makes a backup first, and keeps the old folder."""

    help = "Move the embedded database to this release's PostgreSQL: backup, load, compare, swap."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Upgrade, or say in one line why not."""
        try:
            done = upgrading.upgrade(now=clock.now(), say=self.stdout.write)
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(str(error).strip().splitlines()[0]) from error
        if done is None:
            self.stdout.write("The data folder is of this release's PostgreSQL.")
            return
        self.stdout.write(
            f"PostgreSQL {done.before} -> {done.after}: {done.rows} rows, every table compared. "
            f"Backup: {done.backup}. The old folder: {done.kept}; delete it when you are content."
        )
        self.stdout.write("Everybody logs in again. Start with: make run")

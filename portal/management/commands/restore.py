"""Make everything what it was when a backup was made."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal import backups, restoring
from portal.database_programs import BackupError


class Command(BaseCommand):
    """Runs while Crossroads does not. Everything comes back, or nothing changes."""

    help = "Put the database and the media back as FILE holds them. Stop Crossroads first."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file, and whether people may be lost for it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="Lose whoever is in the database.")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        """Restore, bring the tables to this release, and say what there is now."""
        try:
            manifest = restoring.put_back(source=file.expanduser().absolute(), replace=replace)
            call_command("migrate", interactive=False, verbosity=0)
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error).strip().splitlines()[0]) from error
        self.stdout.write(
            f"Restored what was backed up at {manifest.made_at}: {manifest.rows} rows of "
            f"{len(manifest.tables)} tables, {len(manifest.files) - 1} media files, every table compared."
        )
        self.stdout.write("Mail that was waiting then is not sent. Everybody logs in again.")
        if manifest.key != backups.key_mark():
            self.stderr.write(
                "SECRET_KEY is not the one of the backup: links in old mails and unsubscribed addresses "
                "are not recognised. Set the old one if you have it."
            )

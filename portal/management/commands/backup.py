"""Write everything into one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from mailing import clock
from portal import backups
from portal.database_programs import BackupError

KEYS = "Not in it: SECRET_KEY and the badge key. Keep DATA_DIR/env, or your settings, in another place."


class Command(BaseCommand):
    """Works while Crossroads runs and while it does not; nobody has to wait for it."""

    help = "Write the database and the media into FILE, and compare what was written."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Make it, or say in one line why there is none."""
        target = file.expanduser().absolute()
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.")
        try:
            manifest = backups.make(target=target, now=clock.now())
        except (BackupError, DatabaseError) as error:
            raise CommandError(str(error).strip().splitlines()[0]) from error
        media = len(manifest.files) - 1
        self.stdout.write(
            f"{target}: {manifest.rows} rows of {len(manifest.tables)} tables, {media} media files, "
            f"{target.stat().st_size / 1e6:.1f} MB; read again and compared."
        )
        self.stdout.write(KEYS)

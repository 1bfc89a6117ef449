"""Check content files: faults that would stop an import, then counts and rules of thumb."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careers.content_files.format import FILES
from careers.content_files.reader import read as read_careers
from courses.content_advice import advice, counts
from courses.content_files.reader import read_folder
from portal.management.commands.import_content import DEFAULT


class Command(BaseCommand):
    """Say what is wrong, what there is, and what could be better. Reads files only, no database."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH and --strict."""
        parser.add_argument("path", nargs="?", type=Path, default=DEFAULT, help="content folder (content/)")
        parser.add_argument("--strict", action="store_true", help="fail when a rule of thumb is broken, too")

    def handle(self, *args: Any, path: Path, strict: bool, **options: Any) -> None:
        """Report; fail on a fault, and with --strict on advice."""
        reading = read_folder(path, elsewhere=FILES)
        careers = read_careers(reading)
        for fault in reading.faults:
            self.stderr.write(str(fault))
        if reading.faults:
            raise CommandError(f"{len(reading.faults)} faults.")
        found = list(advice(reading.package))
        for item in found:
            self.stdout.write(str(item))
        numbers = {**counts(reading.package), **careers.counts()}
        self.stdout.write(", ".join(f"{number} {kind}" for kind, number in numbers.items()))
        if found and strict:
            raise CommandError(f"{len(found)} rules of thumb are broken.")

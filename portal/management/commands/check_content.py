"""Check content files: faults that would stop an import, then rules of writing; count what there is."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careers.content_files.format import FILES
from careers.content_files.reader import read as read_careers
from courses.content_advice import advice
from courses.content_coverage import counts, coverage, figures
from courses.content_files.reader import read_folder
from courses.content_style import word_faults
from mailing.clock import now
from portal.management.commands.import_content import DEFAULT


class Command(BaseCommand):
    """Say what is wrong and where, and what there is. Reads files only, no database."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH and --write-coverage."""
        parser.add_argument("path", nargs="?", type=Path, default=DEFAULT, help="content folder (content/)")
        parser.add_argument(
            "--write-coverage", type=Path, metavar="FILE", help="write which questions serve which objective"
        )

    def handle(self, *args: Any, path: Path, write_coverage: Path | None, **options: Any) -> None:
        """Report; fail on a fault, and on a rule that is broken."""
        reading = read_folder(path, elsewhere=FILES)
        careers = read_careers(reading)
        for fault in reading.faults:
            self.stderr.write(str(fault))
        if reading.faults:
            raise CommandError(f"{len(reading.faults)} faults. What is broken besides is seen without them.")
        found = sorted(
            [*advice(reading, today=now().date()), *word_faults(path)],
            key=lambda fault: (fault.file, fault.line, fault.message),
        )
        for fault in found:
            self.stderr.write(str(fault))
        numbers = {**counts(reading.package), **careers.counts()}
        self.stdout.write(", ".join(f"{number} {kind}" for kind, number in numbers.items()) + ".")
        for line in figures(reading.package):
            self.stdout.write(line)
        if write_coverage:
            folder = os.path.relpath(path, write_coverage.parent)
            text = coverage(reading, careers.counts(), folder=folder)
            write_coverage.write_text(text, encoding="utf-8")
        if found:
            raise CommandError(f"{len(found)} rules of writing are broken.")

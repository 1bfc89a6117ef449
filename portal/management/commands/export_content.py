"""Write all drafts as content files, in the canonical form."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careers.content_files import sync as careers
from careers.content_files import writer as careers_writer
from courses.content_files import sync
from courses.content_files.writer import package_files


class Command(BaseCommand):
    """Write to a folder that is empty or not there yet; what a fresh import holds comes out byte for byte."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH."""
        parser.add_argument("path", type=Path, help="a folder that is empty or does not exist")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        """Write every file."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise CommandError(f"{path} is not empty. Name a new folder; nothing was written.")
        texts = package_files(sync.from_database())
        texts |= careers_writer.package_files(careers.from_database())
        for name, text in texts.items():
            file = path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(texts)} files written to {path}.")

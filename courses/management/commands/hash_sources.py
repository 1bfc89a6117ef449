"""Remember the runs of words of source articles, so that check_content finds what was copied from them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from courses import copied_runs


class Command(BaseCommand):
    """Write the file of hashes anew from the articles, all of them; the articles themselves are not kept."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """ARTICLE … and --output."""
        parser.add_argument("articles", nargs="+", type=Path, metavar="ARTICLE", help="a text file, UTF-8")
        parser.add_argument("--output", type=Path, default=copied_runs.HASHES, help="the file to write")

    def handle(self, *args: Any, articles: list[Path], output: Path, **options: Any) -> None:
        """Hash and write."""
        text = copied_runs.file_of(article.read_text(encoding="utf-8") for article in articles)
        output.write_text(text, encoding="ascii")
        self.stdout.write(f"{len(text.split())} runs of {copied_runs.RUN} words remembered in {output}.")

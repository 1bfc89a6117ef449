"""Bring the curriculum's files into the database."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from careers.content_files import sync as careers
from careers.content_files.format import FILES
from careers.content_files.reader import read as read_careers
from courses import media
from courses.content_files import sync
from courses.content_files.format import Keyed
from courses.content_files.reader import read_folder
from courses.content_files.steps import Plan, Step
from mailing.clock import now

DEFAULT = Path(__file__).resolve().parents[3] / "content"


class Command(BaseCommand):
    """Show the plan, then do it in one transaction. What editors changed stays; one fault stops all."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH and --dry-run."""
        parser.add_argument("path", nargs="?", type=Path, default=DEFAULT, help="content folder (content/)")
        parser.add_argument("--dry-run", action="store_true", help="only show what would be done")

    def handle(self, *args: Any, path: Path, dry_run: bool, verbosity: int = 1, **options: Any) -> None:
        """Read, check, plan, and unless it is a rehearsal, apply."""
        reading = read_folder(path, elsewhere=FILES, media=media.keys())
        package = read_careers(reading)
        if reading.faults:
            for fault in reading.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"{len(reading.faults)} faults; nothing was written.")
        plan, careers_plan = sync.plan_import(reading.package), careers.plan_import(package)
        if verbosity:
            self._show(plan, careers_plan, details=verbosity > 1 or dry_run)
        if not dry_run:
            with transaction.atomic():
                sync.apply(plan, now=now(), shipped_version=_release())
                careers.apply(careers_plan, shipped_version=_release())
        elif verbosity:
            self.stdout.write("Nothing was written: this was a dry run.")

    def _show(self, *plans: Plan[Any], details: bool) -> None:
        steps: list[Step[Keyed]] = [step for plan in plans for step in plan.steps]
        for step in steps:
            if step.action == "keep" or (details and step.action != "same"):
                self.stdout.write(str(step))
        for gone in (gone for plan in plans for gone in plan.gone):
            self.stdout.write(f"keep {gone}: no longer in the files")
        counts = Counter(step.action for step in steps)
        self.stdout.write(
            f"{counts['add']} added, {counts['update']} updated, {counts['keep']} left to editors, "
            f"{counts['same']} unchanged."
        )


def _release() -> str:
    """Return the release whose files are imported: the newest of CHANGELOG.md, or nothing."""
    changelog = DEFAULT.parent / "CHANGELOG.md"
    for line in changelog.read_text(encoding="utf-8").splitlines() if changelog.is_file() else []:
        if line.startswith("## "):
            return line.removeprefix("## ").split()[0].strip("[]")[:20]
    return ""

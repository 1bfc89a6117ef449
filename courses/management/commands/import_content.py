"""Bring the curriculum's files into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.content_files import sync
from courses.content_files.reader import read_folder
from courses.content_files.sync import Plan
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
        reading = read_folder(path)
        if reading.faults:
            for fault in reading.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"{len(reading.faults)} faults; nothing was written.")
        plan = sync.plan_import(reading.package)
        if verbosity:
            self._show(plan, details=verbosity > 1 or dry_run)
        if not dry_run:
            sync.apply(plan, now=now(), shipped_version=_release())
        elif verbosity:
            self.stdout.write("Nothing was written: this was a dry run.")

    def _show(self, plan: Plan, *, details: bool) -> None:
        shown = plan.of("add", "update", "keep") if details else plan.of("keep")
        for step in shown:
            self.stdout.write(str(step))
        for gone in plan.gone:
            self.stdout.write(f"keep {gone}: no longer in the files")
        counts = {action: len(plan.of(action)) for action in ("add", "update", "keep", "same")}
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

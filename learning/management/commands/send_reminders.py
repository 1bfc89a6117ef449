"""Plan and send reminders now, or say who would get one at an instant, and why (not)."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learning.reminders import plan, simulate
from mailing import clock, delivery, stopping


class Command(BaseCommand):
    help = "Plan and send the reminders that are due; with --dry-run only list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --dry-run and --at."""
        parser.add_argument(
            "--dry-run", action="store_true", help="list who would get what, and why not; write nothing"
        )
        parser.add_argument("--at", metavar="ISO-TIME", help="with --dry-run: at this instant instead of now")

    def handle(self, *_: Any, dry_run: bool, at: str | None, **__: Any) -> None:
        """List, or plan and send through the same functions as the tasks."""
        if at and not dry_run:
            raise CommandError("--at only looks: use it together with --dry-run.")
        if dry_run:
            self._list(_instant(at) if at else clock.now())
            return
        now = clock.database_now()
        self.stdout.write(f"{plan.plan(now=now)} planned")
        with stopping.obeying() as stop:
            tally = delivery.drain(now=now, stop=stop)
        self.stdout.write(
            ", ".join(f"{count} {what}" for what, count in sorted(tally.items())) or "nothing to send"
        )

    def _list(self, now: datetime) -> None:
        """Write a line for each learner whose hour it is, and the sums."""
        self.stdout.write(f"At {now.isoformat(timespec='seconds')}, hours of the last three hours:")
        would, would_not = 0, 0
        for verdict in simulate.verdicts(now=now):
            if verdict.objection:
                would_not += 1
                self.stdout.write(f"  user {verdict.user.pk}, {verdict.local}: no mail, {verdict.objection}")
            else:
                would += 1
                self.stdout.write(f"  user {verdict.user.pk}, {verdict.local}: {verdict.says}")
        self.stdout.write(f"{would} would get a mail, {would_not} would not.")


def _instant(text: str) -> datetime:
    """Read an ISO time; without an offset it is UTC."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--at {text}: not an ISO time such as 2026-11-24T18:00+00:00.") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)

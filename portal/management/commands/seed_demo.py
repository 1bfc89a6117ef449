"""`manage.py seed_demo --learners N`: made-up learners with histories."""

import argparse
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from accounts.models import User
from mailing import clock
from portal.seeding import copies, prototypes

PROTOTYPES = 40


class Command(BaseCommand):
    help = "Make learners who have studied, for a demo or for measuring. Their addresses are at example.org."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """How many, by which chance, and whether among real people."""
        parser.add_argument("--learners", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1, help="Another one makes other histories.")
        parser.add_argument(
            "--anyway",
            action="store_true",
            help="Also where people are, among whom they would stand for good.",
        )

    def handle(self, *args: Any, learners: int, seed: int, anyway: bool, **options: Any) -> None:
        """Let forty study through the product's own verbs, and copy them."""
        if learners < 1:
            raise CommandError("--learners is a number from 1 on.")
        if (people := _people()) and not anyway:
            raise CommandError(
                f"There {'is one person' if people == 1 else f'are {people} people'} in this database, and "
                "made-up learners would stand among them for good. --anyway does it all the same."
            )
        begun = time.monotonic()
        with transaction.atomic():
            try:
                ids = prototypes.make(count=min(learners, PROTOTYPES), seed=seed, now=clock.now())
            except ValueError as error:
                raise CommandError(str(error)) from error
            copied = time.monotonic()
            rows = copies.make(ids=ids, learners=learners, tell=self.stdout.write)
        seconds = time.monotonic() - copied
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(
            f"{learners} learners in {time.monotonic() - begun:.0f} s; "
            f"{rows} rows copied in {seconds:.1f} s, {rows / max(seconds, 0.001):.0f} a second."
        )


def _people() -> int:
    """Count the accounts besides staff and the demo's own."""
    demo = [address for address, _ in settings.DEMO_ACCOUNTS.values()]
    return User.objects.filter(email__isnull=False, is_staff=False).exclude(email__in=demo).count()

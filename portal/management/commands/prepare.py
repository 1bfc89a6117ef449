"""Bring the database, the static files and the curriculum to the state of this code."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from accounts import roles
from accounts.registration import create_demo_accounts
from mailing import clock


def collect_static() -> None:
    """Collect and compress the static files, unless none has changed since the last time."""
    mark = Path(settings.STATIC_ROOT) / ".collected"
    state = state_of_static()
    if mark.exists() and mark.read_text() == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(state)


def state_of_static() -> str:
    """Return a word that changes when any static file does."""
    names = sorted(
        (storage.path(name), name) for finder in get_finders() for name, storage in finder.list(None)
    )
    facts = [(name, Path(path).stat().st_size, Path(path).stat().st_mtime_ns) for path, name in names]
    return sha256(repr(facts).encode()).hexdigest()


class Command(BaseCommand):
    """Runs before the first request of every release; a second run changes nothing."""

    help = "Apply migrations, collect static files and import the curriculum. A second run changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Leave out what an image already holds."""
        parser.add_argument(
            "--no-static", action="store_true", help="The static files are collected already."
        )

    def handle(self, *args: Any, no_static: bool, **options: Any) -> None:
        """Do the steps in order, with a line for each."""
        self.step("migrations", lambda: call_command("migrate", interactive=False, verbosity=0))
        self.step("roles", roles.sync)
        self.step("cache table", lambda: call_command("createcachetable", verbosity=0))
        if not no_static:
            self.step("static files", collect_static)
        self.step("curriculum", lambda: call_command("import_content", stdout=self.stdout))
        if settings.DEMO:
            self.step("demo", lambda: create_demo_accounts(accounts=settings.DEMO_ACCOUNTS, now=clock.now()))

    def step(self, name: str, action: Callable[[], Any]) -> None:
        """Say what begins and how long it took; if it fails, say so in one line."""
        self.stdout.write(f"{name} ...")
        self.stdout.flush()
        begun = time.monotonic()
        try:
            action()
        except (DatabaseError, OSError) as error:
            raise CommandError(f"{name}: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"{name} done in {time.monotonic() - begun:.1f} s")

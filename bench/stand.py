"""What every measurement of pages stands on: throw-away servers, settings, tables, and the web server."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

from bench import load
from portal.lifeline import lifeline
from portal.programs import WEB_ENVIRONMENT, web
from tests.servers import Servers, free_port, wait_until

BASE_DIR = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


@contextmanager
def servers() -> Iterator[int]:
    """Start PostgreSQL and Valkey, set the environment for the portal; yield the database's process id."""
    started = Servers()
    with tempfile.TemporaryDirectory() as data_dir:
        try:
            started.start()
            os.environ.update(started.environment(), DATA_DIR=data_dir, SECRET_KEY="bench" * 12)
            os.environ.update(EMAIL_URL="smtp://127.0.0.1:1", ALLOWED_HOSTS="127.0.0.1")
            os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
            yield started.postgres.pid if started.postgres else 0
        finally:
            started.stop()


def set_up() -> None:
    """Load Django, and make the tables and the static files."""
    import django

    django.setup()
    from django.core.management import call_command

    for command in (["migrate"], ["createcachetable"], ["collectstatic", "--noinput"]):
        call_command(*command, verbosity=0)


@contextmanager
def served(settings: str, **shape: int) -> Iterator[tuple[int, int]]:
    """Run the product's web server under `settings`, in another `shape` if asked; yield its port and id."""
    port = free_port()
    program, *words = web(host="127.0.0.1", port=port, **shape)
    server = subprocess.Popen(
        [PROGRAMS / program, *words],
        cwd=BASE_DIR,
        env={**os.environ, **WEB_ENVIRONMENT, "DJANGO_SETTINGS_MODULE": settings},
        preexec_fn=lifeline(signal.SIGKILL),
    )
    probe = "/bare/" if settings == "bench.bare_settings" else "/healthz/live"

    def answers() -> bool:
        try:
            load.run(port=port, asks=repeat(load.Ask(probe)), requests=1, connections=1)
        except OSError:
            return False
        return True

    try:
        wait_until(answers, meaning=f"the server under {settings} answers")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)

"""Real Celery workers on a broker of their own, for tests that kill them."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from portal import programs
from portal.celery import app
from portal.embedded import valkey
from portal.lifeline import lifeline
from tests.servers import free_port, wait_until
from tests.sinks import MailSink

LEASE_SECONDS = 3
TICKS = {
    "mailing.tasks.drain": "mail",
    "mailing.tasks.sweep": "planning",
    "learning.tasks.plan_reminders": "planning",
}


class Workers:
    """Both workers of the product, started with its own words, with ticks like beat's, only faster."""

    def __init__(self, folder: Path, sink: MailSink) -> None:
        self.folder = folder
        self.sink = sink
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick)

    def __enter__(self) -> "Workers":
        self._spawn(
            "valkey", valkey.server_command(valkey.installed_program(), *valkey.on_loopback(self.port))
        )
        wait_until(lambda: valkey.is_ready(("127.0.0.1", self.port)), meaning="the broker answers")
        self.start("worker")
        self.start("planner")
        self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._ticker.join()
        for name in reversed(list(self.running)):
            self.kill(name)

    def start(self, name: str) -> None:
        """Start a worker (again) by its name in portal.programs."""
        words = getattr(programs, name)()
        self._spawn(name, [sys.executable, "-m", *words])

    def kill(self, name: str) -> None:
        """Kill -9 a program."""
        process = self.running.pop(name)
        process.kill()
        process.wait(timeout=10)

    def terminate(self, name: str) -> None:
        """Ask a program to stop, and wait until it has."""
        process = self.running.pop(name)
        process.terminate()
        process.wait(timeout=50)

    def pool(self, name: str) -> list[int]:
        """Return the ids of the processes in a worker's pool."""
        children = Path(f"/proc/{self.running[name].pid}/task/{self.running[name].pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def _spawn(self, name: str, words: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words, stdout=log, stderr=log, env=self._environment(), preexec_fn=lifeline(signal.SIGKILL)
            )

    def _environment(self) -> dict[str, str]:
        server = urlsplit(os.environ["DATABASE_URL"])
        return os.environ | {
            "DATABASE_URL": server._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "BROKER_URL": f"redis://127.0.0.1:{self.port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "MAIL_LEASE_SECONDS": str(LEASE_SECONDS),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        }

    def _tick(self) -> None:
        url = f"redis://127.0.0.1:{self.port}/0"
        with app.connection_for_write(url) as broker:
            while not self._over.wait(0.3):
                for task, queue in TICKS.items():
                    app.send_task(task, queue=queue, connection=broker)

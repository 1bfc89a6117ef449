"""Real Celery workers on a broker of their own, for tests that kill them."""

import os
import signal
import socket
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
    """Both workers of the product, started with its own words, with ticks like beat's, only faster.

    `ticking` False leaves the ticks to beats, which a test starts. `database` is that of the test unless
    another is named; `environment` is what the workers are started with besides.
    """

    def __init__(
        self, folder: Path, sink: MailSink, *, ticking: bool = True, database: str = "", **environment: str
    ) -> None:
        self.folder = folder
        self.sink = sink
        self.ticking = ticking
        self.database = database or str(connection.settings_dict["NAME"])
        self.environment = environment
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._ticker = threading.Thread(target=self._tick)

    def __enter__(self) -> "Workers":
        self.start_broker()
        self.start("worker")
        self.start("planner")
        if self.ticking:
            self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self.ticking:
            self._ticker.join()
        for name in reversed(list(self.running)):
            self.kill(name)

    def start_broker(self) -> None:
        """Start the broker (again), empty, on its port."""
        where = valkey.on_loopback(self.port)
        self._spawn("valkey", valkey.server_command(valkey.installed_program(), *where))
        wait_until(lambda: valkey.is_ready(("127.0.0.1", self.port)), meaning="the broker answers")

    def start(self, name: str, *, copy: str = "") -> None:
        """Start a worker (again) by its name in portal.programs; `copy` tells several of a kind apart."""
        words = [word.replace("@", f"{copy}@") for word in getattr(programs, name)()]
        self._spawn(name + copy, [sys.executable, "-m", *words])

    def start_beat(self, name: str = "beat") -> None:
        """Start the product's clock."""
        words = programs.beat(schedule=str(self.folder / f"{name}.schedule"))
        self._spawn(name, [sys.executable, "-m", *words])

    def send_signal(self, name: str, number: signal.Signals) -> None:
        """Send a program a signal: SIGSTOP freezes it, SIGCONT lets it go on."""
        self.running[name].send_signal(number)

    def tell_broker(self, *words: str) -> None:
        """Give the broker one command, such as FLUSHALL."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            line.sendall(" ".join(words).encode() + b"\r\n")
            assert line.recv(64).startswith(b"+OK")

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
            "DATABASE_URL": server._replace(path=f"/{self.database}").geturl(),
            "BROKER_URL": f"redis://127.0.0.1:{self.port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.sink.port}",
            "MAIL_LEASE_SECONDS": str(LEASE_SECONDS),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            **self.environment,
        }

    def _tick(self) -> None:
        url = f"redis://127.0.0.1:{self.port}/0"
        with app.connection_for_write(url) as broker:
            while not self._over.wait(0.3):
                for task, queue in TICKS.items():
                    app.send_task(task, queue=queue, connection=broker)

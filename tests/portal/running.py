"""`make run` as a test sees it: a process, what it says, its page, and every process that belongs to it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from portal import probe
from portal.lifeline import lifeline
from tests.servers import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
UP = (sys.executable, "manage.py", "up")
OURS = re.compile(
    r"^(CROSSROADS_\w+|DATABASE_URL|BROKER_URL|EMAIL_URL|CACHE_URL|SECRET_KEY|BASE_URL|ALLOWED_HOSTS)$"
)
START_SECONDS = 300.0  # for a busy machine; the real limit is 180
STOP_SECONDS = 10.0


def bare_environment(**more: str) -> dict[str, str]:
    """Return this process's environment without anything that names servers, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    kept.pop("MAKELEVEL", None)
    return {**kept, **more}


def parent_of(pid: int) -> int | None:
    """Return the number of a process's parent, or None if it has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


class Portal:
    """One copy of Crossroads with a folder and a port of its own."""

    def __init__(self, command: Sequence[str] = UP, **environment: str) -> None:
        self.command = command
        self.folder = Path(tempfile.mkdtemp(prefix="crossroads-up-"))
        self.folder.chmod(0o755)
        self.data_dir = self.folder / "var"
        self.port = free_port()
        self.environment = bare_environment(
            DATA_DIR=str(self.data_dir), PORT=str(self.port), PYTHONWARNINGS="", **environment
        )
        self.log = self.folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it, wait until it is ready, and return how many seconds that took."""
        begun = time.monotonic()
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lifeline(signal.SIGTERM),
            )
        wait_until(self.has_come_up, meaning=f"it is up; it said:\n{self.said()}", patience=START_SECONDS)
        wait_until(self.is_ready, meaning="it answers that it is ready")
        return time.monotonic() - begun

    def has_come_up(self) -> bool:
        """Say whether it has said so; fail if it has ended instead."""
        assert self.process is not None
        assert self.process.poll() is None, self.said()
        return "Ctrl-C stops everything" in self.said()

    def is_ready(self) -> bool:
        """Say whether /healthz/ready answers 200."""
        return probe.status("ready", port=self.port, base_url=f"http://127.0.0.1:{self.port}") == 200

    def said(self) -> str:
        """Return what it has said since its last start."""
        return self.log.read_text() if self.log.exists() else ""

    def processes(self) -> dict[int, str]:
        """Return every living process that was started with our DATA_DIR: number -> command line."""
        mark = f"DATA_DIR={self.data_dir}".encode()
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(process.name)] = command
        return found

    def main_processes(self) -> dict[int, str]:
        """Return those of them that the supervisor itself started."""
        parent = self.supervisor()
        return {pid: command for pid, command in self.processes().items() if parent_of(pid) == parent}

    def supervisor(self) -> int:
        """Return the number of the process that supervises the others."""
        found = {pid for pid, command in self.processes().items() if "manage.py up" in command}
        (number,) = (
            pid for pid in found if parent_of(pid) not in found
        )  # a child is so called until its exec
        return number

    def stop(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Signal the process that was started, wait for its end, and return how many seconds that took."""
        assert self.process is not None
        asked = time.monotonic()
        if how == signal.SIGINT:
            os.killpg(self.process.pid, how)  # a terminal sends Ctrl-C to everything in its foreground
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=STOP_SECONDS * 5)
        return time.monotonic() - asked

    def wait_for_silence(self) -> None:
        """Wait until none of its processes is left."""
        wait_until(lambda: not self.processes(), meaning="all processes are gone", patience=STOP_SECONDS)
        if self.process is not None:
            self.process.wait(timeout=STOP_SECONDS)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run manage.py as in a second terminal, which knows DATA_DIR and nothing else."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=bare_environment(DATA_DIR=str(self.data_dir)),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def end(self) -> None:
        """Kill whatever is left of it; for when a test has failed."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(timeout=10)

    def remove(self) -> None:
        """End it and remove its folder."""
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

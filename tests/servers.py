"""A throw-away PostgreSQL and Valkey for the tests: real, private, and gone when their owner is."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from portal.embedded import folders, postgres, valkey
from portal.lifeline import lifeline

PATIENCE = 30.0
MANY = "max_connections=200"
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    what: Callable[[], bool], *, meaning: str, patience: float = PATIENCE, pause: float = 0.02
) -> None:
    """Return as soon as `what()` is true; fail with `meaning` after `patience` seconds.

    `pause`: how many seconds lie between two looks, more where a look is dear.
    """
    give_up = time.monotonic() + patience
    while not what():
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {patience:g} s in vain: {meaning}")
        time.sleep(pause)


class Servers:
    """One PostgreSQL cluster and one Valkey, under one temporary folder.

    `durable`: PostgreSQL waits for the disk as in earnest, which only measurements need. `options`: further
    `name=value` settings of it.
    """

    def __init__(self, *options: str, durable: bool = False) -> None:
        self.options = (MANY, *(() if durable else FAST_AND_FORGETFUL), *options)
        self.folder = Path(tempfile.mkdtemp(prefix="crossroads-tests-"))
        self.folder.chmod(0o755)
        self.account = folders.server_account()
        self.broker_port = free_port()
        self.postgres: subprocess.Popen[bytes] | None = None
        self.valkey: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start both and return when both answer."""
        try:
            self.start_valkey()
            self.start_postgres()
        except BaseException:
            self.stop()
            raise

    def start_postgres(self) -> None:
        """Start the database (again) and return when it answers."""
        programs = postgres.keep_programs(self.folder)
        cluster = folders.private_folder(self.folder / "postgres", self.account)
        self.sockets = folders.socket_folder(self.folder, self.account)
        postgres.create_cluster(programs, cluster, self.account)
        command = postgres.server_command(programs, cluster, self.sockets, *self.options)
        # SIGQUIT is an immediate shutdown: nothing in this cluster is worth keeping.
        self.postgres = self._spawn(command, "postgres.log", signal.SIGQUIT, as_account=True)
        wait_until(lambda: postgres.is_ready(cluster, self.sockets), meaning="PostgreSQL answers")

    def start_valkey(self) -> None:
        """Start the broker (again), empty, on the same port, and return when it answers."""
        command = valkey.server_command(valkey.installed_program(), *valkey.on_loopback(self.broker_port))
        self.valkey = self._spawn(command, "valkey.log", signal.SIGKILL)
        address = ("127.0.0.1", self.broker_port)
        wait_until(lambda: valkey.is_ready(address), meaning="Valkey answers")

    def _spawn(
        self, command: list[str], log: str, death: signal.Signals, *, as_account: bool = False
    ) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                start_new_session=True,
                preexec_fn=lifeline(death),
                **(folders.ownership(self.account) if as_account else folders.Ownership()),
            )

    @property
    def database_url(self) -> str:
        """The address of the database."""
        return postgres.database_url(self.sockets)

    @property
    def broker_url(self) -> str:
        """The address of the broker."""
        return f"redis://127.0.0.1:{self.broker_port}/0"

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point Crossroads at these servers."""
        return {"DATABASE_URL": self.database_url, "BROKER_URL": self.broker_url}

    def stop(self) -> None:
        """Stop both for good and remove their folder."""
        for process, farewell in ((self.valkey, signal.SIGKILL), (self.postgres, signal.SIGQUIT)):
            if process is not None and process.poll() is None:
                process.send_signal(farewell)
                process.wait(timeout=PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

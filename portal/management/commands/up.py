"""`make run`: everything that Crossroads consists of, under one supervisor."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand

from portal import environment, mailbox, probe, programs
from portal.embedded import folders, postgres, valkey
from portal.lifeline import die_with_parent
from portal.supervisor import Output, Program, StopRequestedError, Supervisor

SERVERS, MIDDLE, PRODUCT = 0, 1, 2  # stages: the higher ones are stopped first
PATIENCE = 60.0


class Command(BaseCommand):
    """Starts the embedded servers, prepares them, runs the product, and stops all of it in order."""

    help = "Run the whole of Crossroads (this is what `make run` calls); Ctrl-C stops everything it started."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C or SIGTERM. A child that dies on the way up ends the run with one clear line."""
        if "MAKELEVEL" in os.environ:
            die_with_parent(signal.SIGTERM, parent=os.getppid())
        self.begun = time.monotonic()
        self.data_dir: Path = settings.DATA_DIR
        self.account = folders.server_account()
        self.output = Output()
        self.supervisor = Supervisor(self.output)
        self.port = int(os.environ["PORT"])
        self.ending = ""
        try:
            self.start_servers()
            self.supervisor.run(Program("prepare", [sys.executable, "manage.py", "prepare"]))
            self.start_product()
            self.greet()
            self.supervisor.supervise()
        except StopRequestedError:
            pass
        finally:
            self.say("stopping ...")
            self.supervisor.stop()
            self.say("stopped")

    def say(self, line: str) -> None:
        """Show a line of our own."""
        self.output.line("up", line)

    def start_servers(self) -> None:
        """Start what is embedded and wait until it answers."""
        if "mail" in settings.EMBEDDED:
            self.supervisor.start(self.mail_sink())
        if "broker" in settings.EMBEDDED:
            self.supervisor.start(self.broker())
        if "database" in settings.EMBEDDED:
            self.start_database()

    def mail_sink(self) -> Program:
        """Return the mail server whose mails /dev/mail/ shows."""
        port = str(urlsplit(os.environ["EMAIL_URL"]).port)
        words = [
            sys.executable,
            "-m",
            "portal.mail_sink",
            "--port",
            port,
            "--folder",
            str(self.data_dir / "mail"),
        ]
        return Program("mail-sink", words, stage=MIDDLE, patience=1.0)

    def broker(self) -> Program:
        """Return Valkey."""
        socket = folders.socket_folder(self.data_dir, self.account) / "valkey.sock"
        program = folders.runnable(valkey.installed_program(), self.data_dir / "programs")
        words = valkey.server_command(program, *valkey.on_socket(socket))
        return Program(
            "valkey",
            words,
            stage=MIDDLE,
            patience=1.0,
            run_as=folders.ownership(self.account),
            directory="/",
            hush=("overcommit", "signal-handler", "bye bye"),
        )

    def start_database(self) -> None:
        """Start PostgreSQL, the first time with a new data folder, and wait until it answers."""
        cluster = folders.private_folder(self.data_dir / "postgres", self.account)
        if not (cluster / "PG_VERSION").exists():
            self.say("making PostgreSQL's data folder, once ...")
        bin_folder = postgres.keep_programs(self.data_dir)
        postgres.create_cluster(bin_folder, cluster, self.account)
        sockets = folders.socket_folder(self.data_dir, self.account)
        database = Program(
            "postgres",
            postgres.server_command(bin_folder, cluster, sockets),
            stage=SERVERS,
            farewell=signal.SIGINT,  # its fast shutdown: ends connections, writes everything down
            patience=3.0,
            run_as=folders.ownership(self.account),
            before=lambda: postgres.clear_stale_locks(cluster, sockets) is None,
            directory="/",
        )
        self.supervisor.start_when_possible(database, patience=environment.PATIENCE)
        self.supervisor.wait_for(lambda: postgres.is_ready(cluster, sockets), database, patience=PATIENCE)

    def start_product(self) -> None:
        """Start web server, workers and clock, and wait until the web server is ready."""
        host = os.environ["HOST"]
        web = Program("web", programs.web(host=host, port=self.port), programs.WEB_ENVIRONMENT, PRODUCT)
        self.supervisor.start(web)
        calm = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser"}  # whoever did knows
        self.supervisor.start(Program("worker", programs.worker(), calm, PRODUCT))
        self.supervisor.start(Program("planner", programs.planner(), calm, PRODUCT))
        schedule = self.data_dir / "beat"
        schedule.mkdir(mode=0o700, exist_ok=True)
        self.supervisor.start(
            Program("beat", programs.beat(schedule=str(schedule / "schedule")), {}, PRODUCT)
        )
        reach = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host  # noqa: S104 - to ask, not to bind
        self.supervisor.wait_for(
            lambda: (
                probe.status("ready", host=reach, port=self.port, base_url=settings.BASE_URL, timeout=2.0)
                == 200
            ),
            web,
            patience=PATIENCE,
        )

    def greet(self) -> None:
        """Show the address and, on the demo, the log-ins."""
        self.say(f"ready in {time.monotonic() - self.begun:.1f} s")
        lines = [f"Crossroads  {settings.BASE_URL}/"]
        if mailbox.is_open():
            lines.append(f"its mail    {settings.BASE_URL}/dev/mail/")
        lines.append(f"its data    {self.data_dir}")
        if settings.DEMO:
            for role, (address, password) in settings.DEMO_ACCOUNTS.items():
                lines.append(f"{role:<12}{address}  password {password}")
        lines.append("Ctrl-C stops everything.")
        for line in lines:
            self.say(line)

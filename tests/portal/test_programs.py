"""The very commands of web, worker, planner and beat, as processes, on external PostgreSQL and Valkey."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal import probe
from portal.lifeline import lifeline
from tests.portal.running import ROOT, bare_environment
from tests.servers import Servers, free_port, wait_until

SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


TOKEN = "for-the-monitoring-alone"


class Containers:
    """Compose's commands, each in a process, with the addresses of the test's servers."""

    def __init__(self, servers: Servers) -> None:
        self.folder = servers.folder / "app"
        self.folder.mkdir()
        self.port = free_port()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = bare_environment(
            **servers.environment(),
            EMAIL_URL="smtp://127.0.0.1:9",
            SECRET_KEY="a key for this test, which is long enough that nobody complains about it",
            BASE_URL=f"http://127.0.0.1:{self.port}",
            DATA_DIR=str(self.folder),
            LOG_FORMAT="json",
            METRICS_TOKEN=TOKEN,
            GRANIAN_LOG_CONFIG=str(ROOT / "portal/granian_log.json"),
            PYTHONWARNINGS="ignore:You're running the worker with superuser",
        )

    def here(self, words: list[str]) -> list[str]:
        """Return a command of compose with what differs on this machine: program, port, folder."""
        own = {"8000": str(self.port), "0.0.0.0": "127.0.0.1", "python": sys.executable}  # noqa: S104 - replaced
        own["/var/lib/crossroads/beat/schedule"] = str(self.folder / "schedule")
        program = Path(sys.executable).parent / words[0]
        return [str(program if program.exists() else words[0]), *(own.get(word, word) for word in words[1:])]

    def start(self, name: str) -> None:
        service = SERVICES[name]
        own = {
            "CROSSROADS_WEB": service["environment"].get("CROSSROADS_WEB", "false"),
            "PORT": str(self.port),
        }
        with (self.folder / f"{name}.log").open("w") as log:
            self.running[name] = subprocess.Popen(
                self.here(service["command"]),
                cwd=ROOT,
                env={**self.environment, **own},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lifeline(signal.SIGKILL),
            )

    def get(self, path: str, **headers: str) -> str:
        """Return what the web server answers to a visitor."""
        address = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())

    def check(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a service's health check."""
        kind, *words = SERVICES[name]["healthcheck"]["test"]
        if kind == "CMD-SHELL":
            words = ["sh", "-c", words[0].replace("$$", "$")]
        own = {"HOSTNAME": os.uname().nodename, "PORT": str(self.port)}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.run(
            self.here(words),
            cwd=ROOT,
            env={**self.environment, **own, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def is_healthy(self, name: str) -> bool:
        process = self.running.get(name)
        assert process is None or process.poll() is None, (self.folder / f"{name}.log").read_text()
        return self.check(name).returncode == 0

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    own = Servers()
    own.start()
    yield own
    own.stop()


@pytest.fixture(scope="module")
def containers(servers: Servers) -> Iterator[Containers]:
    """All of compose's own services, started in its order."""
    ours = Containers(servers)
    prepared = subprocess.run(
        ours.here(["python", "manage.py", "prepare"]),
        cwd=ROOT,
        env=ours.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    for name in ("web", "worker", "planner", "beat"):
        ours.start(name)
    yield ours
    ours.stop()


@pytest.mark.parametrize("name", ["migrate", "web", "worker", "planner", "beat"])
def test_every_service_becomes_healthy_by_its_own_check(containers: Containers, name: str) -> None:
    wait_until(lambda: containers.is_healthy(name), meaning=f"{name} is healthy", patience=120, pause=0.5)


def test_no_demo_account_is_made_on_a_database_from_outside(containers: Containers) -> None:
    look = "from accounts.models import User; print(User.objects.count())"
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", look],
        cwd=ROOT,
        env=containers.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip().splitlines()[-1:] == ["0"], told.stderr


def test_metrics_count_the_requests_of_both_web_processes(containers: Containers) -> None:
    wait_until(lambda: containers.is_healthy("web"), meaning="the web server is healthy", patience=120)

    def counted() -> float:
        text = containers.get("/metrics", Authorization=f"Bearer {TOKEN}")
        (line,) = re.findall(r'^crossroads_requests_total\{method="GET",room="portal",.*\} (.+)$', text, re.M)
        return float(line)

    containers.get("/help/")
    before = counted()
    for _ in range(20):
        containers.get("/help/")
    assert counted() == before + 20


def test_every_line_of_the_log_is_json(containers: Containers) -> None:
    wait_until(lambda: containers.is_healthy("web"), meaning="the web server is healthy", patience=120)
    containers.get("/help/", **{"X-Request-ID": "seen-in-the-log"})
    lines = [
        json.loads(line)
        for name in containers.running
        for line in (containers.folder / f"{name}.log").read_text().splitlines()
    ]
    asked = [line["address"] for line in lines if line.get("request_id") == "seen-in-the-log"]
    assert asked == ["portal:help"]


@pytest.mark.fault
def test_a_frozen_database_makes_the_web_server_not_ready_but_live(
    containers: Containers, servers: Servers
) -> None:
    def status(page: str) -> int | None:
        return probe.status(
            page, port=containers.port, base_url=containers.environment["BASE_URL"], timeout=10
        )

    wait_until(lambda: status("ready") == 200, meaning="the web server is ready")
    group = [servers.postgres.pid, *_children(servers.postgres.pid)] if servers.postgres else []
    for pid in group:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert status("ready") == 503
        assert status("live") == 200
    finally:
        for pid in group:
            os.kill(pid, signal.SIGCONT)
    wait_until(lambda: status("ready") == 200, meaning="it is ready again")


def _children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in text.split()]

"""The product's own web server on the test's database, and many browsers that press a button at once."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import User
from portal import probe, programs
from portal.lifeline import lifeline
from tests.servers import free_port, wait_until

PATIENCE = 60.0
START_SECONDS = 180.0  # for a busy machine
WEB = "crossroads-web"
"""How the web server calls itself before PostgreSQL."""


@dataclass(frozen=True)
class Answer:
    """What the server sent: its status, where it leads, what it says."""

    status: int
    location: str
    body: str


class Server(Protocol):
    """What a browser talks to."""

    host: str
    port: int

    def said(self) -> str:
        """What it has written to its log."""
        ...


class Browser:
    """Cookies, and the CSRF token that belongs to them. Every request has a connection of its own."""

    def __init__(self, web: "Server", cookies: dict[str, str]) -> None:
        self.web = web
        self.cookies = cookies

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def post(self, path: str, form: Mapping[str, str | list[str]] | None = None) -> Answer:
        """Send a form, token included. Raises OSError where the server breaks off."""
        token = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        return self._ask("POST", path, urlencode({**token, **(form or {})}, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        """Ask once. A connection that breaks off is an OSError, whatever http.client calls it."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        wire = http.client.HTTPConnection(self.web.host, self.web.port, timeout=PATIENCE)
        try:
            wire.request(method, path, body, headers)
            answer = wire.getresponse()
            if answer.status >= 500:  # a test that does not expect it shows why
                sys.stdout.write(f"{method} {path} answered {answer.status}: {self.web.said()[-3000:]}\n")
            return Answer(answer.status, answer.getheader("Location", ""), answer.read().decode())
        except http.client.HTTPException as broken:
            raise OSError(f"{method} {path}: {broken!r}") from broken
        finally:
            wire.close()


class Web:
    """granian as `make run` starts it: two processes, on the database of the test.

    `environment` is what it is started with besides.
    """

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", **environment: str) -> None:
        self.environment = environment
        self.host = host
        self.log = folder / "web.log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Web":
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def start(self) -> None:
        """Start it (again) on its port, and return when it answers."""
        program, *words = programs.web(host=self.host, port=self.port)
        server = urlsplit(os.environ["DATABASE_URL"])
        database = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [Path(sys.executable).parent / program, *words],
                stdout=output,
                stderr=output,
                env={**os.environ, **programs.WEB_ENVIRONMENT, "DATABASE_URL": database, "PGAPPNAME": WEB}
                | self.environment,
                preexec_fn=lifeline(signal.SIGKILL),
            )
        wait_until(self.answers, meaning=f"the web server answers: {self.log}", patience=START_SECONDS)

    def kill_a_worker(self) -> None:
        """Kill -9 one of the processes that answer requests, if there is one at this moment."""
        if workers := self.workers():
            os.kill(random.choice(workers), signal.SIGKILL)  # noqa: S311 - it chooses whom to kill, no secret

    def is_whole(self) -> bool:
        """Whether it runs with all its processes; where it gave up, start it again as the supervisor does.

        granian ends itself when one of them dies twice within seconds.
        """
        assert self.process is not None
        if self.process.poll() is not None:
            self.start()
        return len(self.workers()) == 2

    def answers(self) -> bool:
        """Whether it is up."""
        return probe.status("live", host=self.host, port=self.port, base_url=settings.BASE_URL) == 200

    def said(self) -> str:
        """What it has written to its log."""
        return self.log.read_text()

    def workers(self) -> list[int]:
        """The ids of the processes that answer requests."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            return [int(pid) for pid in children.read_text().split()]
        except OSError:  # it has just ended
            return []

    def browser(self, learner: User) -> Browser:
        """A browser in which somebody is logged in."""
        return Browser(self, cookies_of(learner))


def cookies_of(learner: User) -> dict[str, str]:
    """The cookies of a browser in which somebody is logged in and that has seen a form."""
    client = Client()
    client.force_login(learner)
    client.get("/accounts/login/code/")  # a page with a form brings the token's cookie
    client.get("/drill/")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def at_once(times: int, act: Callable[[], Answer]) -> list[Answer]:
    """Do it so many times, all beginning together."""
    return all_at_once([act] * times)


def all_at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do each in a thread of its own, all beginning together; raise what any of them raised."""
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        together.wait(timeout=PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [waiting.result(timeout=PATIENCE * 2) for waiting in [pool.submit(run, act) for act in acts]]


def words(answer: Answer) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.body).split())

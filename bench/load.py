"""A small load generator: so many requests over so many kept-open connections, and how long each took."""

import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

TOKEN = "b" * 32
"""What guards forms against forgery, as long as Django's, and known: we are the browser."""


@dataclass(frozen=True)
class Ask:
    """One request: a page, or, with a form, an answer to it. `cookie`: as a browser sends it."""

    path: str
    cookie: str = ""
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Run:
    """The outcome of one run. Times are in milliseconds."""

    milliseconds: list[float]
    seconds: float
    body_bytes: int

    def percentile(self, share: float) -> float:
        """Return the time within which `share` (0 to 1) of the requests were answered."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(*, port: int, asks: Iterator[Ask], requests: int, connections: int) -> Run:
    """Send loopback `port` the next `requests` of `asks`. Raises OSError on any answer but 200 and 302."""
    asked: list[tuple[float, int]] = []
    faults: list[OSError] = []
    waiting = [next(asks) for _ in range(requests)]
    turn = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while True:
                with turn:
                    if not waiting:
                        break
                    ask = waiting.pop(0)
                asked.append(_ask(connection, ask))
        except OSError as fault:
            faults.append(fault)
        finally:
            connection.close()

    started = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(connections)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    if faults:
        raise faults[0]
    times, sizes = zip(*asked, strict=True)
    return Run(milliseconds=list(times), seconds=time.perf_counter() - started, body_bytes=max(sizes))


def _ask(connection: http.client.HTTPConnection, ask: Ask) -> tuple[float, int]:
    """Return milliseconds and bytes of one answer."""
    headers = {"Cookie": ask.cookie} if ask.cookie else {}
    method, body = "GET", None
    if ask.form is not None:
        method, body = "POST", urlencode(ask.form)
        headers["Cookie"] = f"{ask.cookie}; csrftoken={TOKEN}"
        headers |= {"X-CSRFToken": TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
    started = time.perf_counter()
    connection.request(method, ask.path, body=body, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in (200, 302):
        raise OSError(f"{ask.path} answered {answer.status}")
    return (time.perf_counter() - started) * 1000, len(content)

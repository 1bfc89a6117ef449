"""A small load generator: so many GET requests over so many kept-open connections, and how long each took."""

import http.client
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue


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


def run(*, port: int, path: str, cookie: str, requests: int, connections: int) -> Run:
    """Ask loopback `port` for `path` `requests` times. Raises OSError on any answer but 200."""
    tickets: SimpleQueue[int] = SimpleQueue()
    for number in range(requests):
        tickets.put(number)
    asked: list[tuple[float, int]] = []
    faults: list[OSError] = []
    headers = {"Cookie": cookie} if cookie else {}

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while True:
                tickets.get_nowait()
                asked.append(_ask(connection, path, headers))
        except Empty:
            connection.close()
        except OSError as fault:
            faults.append(fault)

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


def _ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[float, int]:
    """Return milliseconds and bytes of one answer."""
    started = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise OSError(f"{path} answered {answer.status}")
    return (time.perf_counter() - started) * 1000, len(body)

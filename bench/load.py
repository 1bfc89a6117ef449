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
    times: list[float] = []
    sizes: list[int] = []
    faults: list[str] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": cookie, "Accept-Encoding": "identity"} if cookie else {}
        while True:
            try:
                tickets.get_nowait()
            except Empty:
                connection.close()
                return
            started = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            times.append((time.perf_counter() - started) * 1000)
            sizes.append(len(body))
            if answer.status != 200:
                faults.append(f"{path} answered {answer.status}")

    started = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(connections)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    if faults:
        raise OSError(faults[0])
    return Run(milliseconds=times, seconds=time.perf_counter() - started, body_bytes=max(sizes))

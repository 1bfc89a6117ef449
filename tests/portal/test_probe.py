"""The health checks' question reaches the server whatever its public address is."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from portal import probe
from tests.servers import free_port


class Recorder(BaseHTTPRequestHandler):
    """Answers 200 and keeps what it was asked."""

    asked: list[dict[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append({"path": self.path, **self.headers})
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    Recorder.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Recorder) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_it_speaks_as_the_proxy_in_front_would(server: HTTPServer) -> None:
    assert probe.status("live", port=server.server_port, base_url="https://learn.example.org") == 200
    (asked,) = Recorder.asked
    assert asked["path"] == "/healthz/live"
    assert asked["Host"] == "learn.example.org"
    assert asked["X-Forwarded-Proto"] == "https"


def test_the_exit_status_says_whether_all_is_well(
    server: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(server.server_port))
    assert probe.main(["ready"]) == 0
    monkeypatch.setenv("PORT", str(free_port()))
    assert probe.main(["ready"]) == 1


def test_nobody_there_is_no_status() -> None:
    assert probe.status("live", port=free_port(), base_url="http://localhost") is None


def test_another_page_is_refused() -> None:
    with pytest.raises(SystemExit):
        probe.main(["metrics"])

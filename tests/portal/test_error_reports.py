"""Errors that a Sentry server is told of: where in the code, never about whom, and never waited for."""

import gzip
import json
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest

from portal import error_reports
from tests.portal.running import ROOT

CANARY = "ada@example.org"
PROGRAM = """
import logging.config, sys
from portal import error_reports, logs
logging.config.dictConfig(logs.config("json"))
error_reports.start(sys.argv[1])
log = logging.getLogger("learning.views")
for _ in range(20):
    try:
        address = sys.argv[2]
        raise ValueError(f"Key (email)=({address}) already exists")
    except ValueError:
        log.exception("a lesson of %s was not kept", address)
log.error("mail to %s failed", sys.argv[2])
"""


class Collector(HTTPServer):
    """A Sentry server that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[str] = []


class Taking(BaseHTTPRequestHandler):
    """Take a report."""

    server: Collector

    def do_POST(self) -> None:
        """Keep what was sent."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        opened = {"br": brotli.decompress, "gzip": gzip.decompress}[self.headers["Content-Encoding"]](body)
        self.server.taken.append(opened.decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A Sentry server that answers."""
    server = Collector()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(dsn: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Be a process in which errors happen to somebody."""
    program = folder / "program.py"
    program.write_text(PROGRAM)
    return subprocess.run(
        [sys.executable, program, dsn, CANARY],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_an_error_is_told_with_its_place_and_without_whom_it_happened_to(
    collector: Collector, tmp_path: Path
) -> None:
    done = run(f"http://key@127.0.0.1:{collector.server_port}/1", tmp_path)
    assert done.returncode == 0, done.stderr
    assert CANARY in done.stderr, "the log has it"
    told = "\n".join(collector.taken)
    assert CANARY not in told
    event = json.loads(collector.taken[0].splitlines()[2])
    (found,) = event["exception"]["values"]
    assert found["type"] == "ValueError"
    assert found["stacktrace"]["frames"][-1]["lineno"] > 1
    assert "mail to %s failed" in told


def test_a_server_that_hangs_holds_nobody_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        done = run(f"http://key@127.0.0.1:{hanging.getsockname()[1]}/1", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("Traceback") == 20, "all of it was said where it happened"


def test_nothing_else_of_a_report_leaves() -> None:
    record = logging.LogRecord("portal", logging.ERROR, "/srv/x.py", 7, "at %s", (CANARY,), None)
    event = {
        name: {"anything": CANARY} for name in ("request", "user", "extra", "contexts", "breadcrumbs", "tags")
    }
    passed = error_reports.without_people(
        {**event, "logger": "portal", "transaction": CANARY, "message": CANARY},  # type: ignore[typeddict-item]
        {"log_record": record},
    )
    assert passed == {
        "logger": "portal",
        "message": "at %s",
        "tags": {"request_id": "", "task": "", "place": "x:7"},
    }


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="SENTRY_DSN"):
        error_reports.start("nonsense")

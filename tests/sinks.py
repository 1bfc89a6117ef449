"""The mail server that tests send to: the product's own sink, the referee of what arrived."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from portal.mail_sink import LOG, MODE
from tests.servers import free_port, wait_until


class MailSink:
    """A running mail sink: how it behaves and what it has received."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.mail_sink", "--port", str(self.port), "--folder", str(folder)]
        )
        wait_until(self._answers, meaning="the mail sink answers")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def behave(self, mode: str) -> None:
        """Change the mode: see portal.mail_sink."""
        (self.folder / MODE).write_text(mode)

    def reset(self) -> None:
        """Forget everything and behave well."""
        for path in self.folder.iterdir():
            path.unlink()

    def received(self) -> list[dict[str, Any]]:
        """Return one line for each recipient of each accepted message, in order."""
        log = self.folder / LOG
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def count(self) -> int:
        """Return how many lines `received` would have; cheap enough to ask again and again."""
        log = self.folder / LOG
        return log.read_bytes().count(b"\n") if log.exists() else 0

    def recipients(self) -> list[str]:
        """Return the addresses of everything accepted, in order."""
        return [line["to"] for line in self.received()]

    def messages(self) -> list[EmailMessage]:
        """Return the accepted messages, parsed."""
        files = [self.folder / line["file"] for line in self.received()]
        parsed = [message_from_bytes(file.read_bytes(), policy=modern) for file in files]
        return [one for one in parsed if isinstance(one, EmailMessage)]

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=10)


@pytest.fixture(scope="session")
def running_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailSink]:
    """One sink for all tests of this process."""
    sink = MailSink(tmp_path_factory.mktemp("mail"))
    yield sink
    sink.stop()


@pytest.fixture
def sink(running_sink: MailSink, settings: Settings) -> MailSink:
    """A well-behaved, empty mail sink that the settings point to."""
    running_sink.reset()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running_sink.port
    return running_sink

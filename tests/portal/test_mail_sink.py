"""The mail sink keeps what it is sent, and misbehaves on demand."""

import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.servers import free_port, wait_until


class RunningSink:
    """A mail sink in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.mail_sink", "--port", str(self.port), "--folder", str(folder)]
        )
        wait_until(self.answers, meaning="the mail sink answers")

    def answers(self) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self.port, timeout=2) as client:
                return client.noop()[0] == 250
        except OSError:
            return False

    def behave(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)

    def send(self, *recipients: str, timeout: float = 5) -> None:
        message = EmailMessage()
        message["To"] = ", ".join(recipients)
        message["Subject"] = "Grüße"
        message["Message-ID"] = "<42@crossroads>"
        message.set_content("Guten Tag")
        with smtplib.SMTP("127.0.0.1", self.port, timeout=timeout) as client:
            client.send_message(message, "from@example.org", list(recipients))

    def received(self) -> list[dict[str, str]]:
        log = self.folder / "received.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[RunningSink]:
    running = RunningSink(tmp_path / "mail")
    yield running
    running.process.terminate()
    assert running.process.wait(timeout=10) == 0


def test_an_accepted_message_is_kept_whole(sink: RunningSink) -> None:
    sink.send("ada@example.org")
    (kept,) = sink.folder.glob("*.eml")
    assert b"Guten Tag" in kept.read_bytes()


def test_the_log_names_every_recipient_with_the_message_id(sink: RunningSink) -> None:
    sink.send("ada@example.org", "bob@example.org")
    assert [(line["to"], line["message_id"]) for line in sink.received()] == [
        ("ada@example.org", "<42@crossroads>"),
        ("bob@example.org", "<42@crossroads>"),
    ]


def test_nobody_else_may_read_the_kept_mail(sink: RunningSink) -> None:
    sink.send("ada@example.org")
    assert sink.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("code", [421, 450, 451, 550])
def test_it_answers_recipients_with_the_code_it_is_told(sink: RunningSink, code: int) -> None:
    sink.behave(str(code))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        sink.send("ada@example.org")
    assert refused.value.recipients["ada@example.org"][0] == code
    assert sink.received() == []


def test_one_recipient_in_so_many_is_bad(sink: RunningSink) -> None:
    sink.behave("bad 2")
    sink.send("ada@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        sink.send("bob@example.org")
    assert [line["to"] for line in sink.received()] == ["ada@example.org"]


def test_it_drops_the_connection_after_it_has_accepted(sink: RunningSink) -> None:
    sink.behave("drop")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        sink.send("ada@example.org")
    assert [line["to"] for line in sink.received()] == ["ada@example.org"]


def test_it_answers_late(sink: RunningSink) -> None:
    sink.behave("delay 200")
    begun = time.monotonic()
    sink.send("ada@example.org")
    assert time.monotonic() - begun >= 0.2


def test_it_never_answers(sink: RunningSink) -> None:
    sink.behave("hang")
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        sink.send("ada@example.org", timeout=0.3)
    assert sink.received() == []


def test_it_refuses_connections(sink: RunningSink) -> None:
    sink.behave("refuse")
    with pytest.raises((ConnectionError, smtplib.SMTPServerDisconnected)):
        sink.send("ada@example.org")
    sink.behave("ok")

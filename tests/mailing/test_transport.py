"""Talking to mail servers that answer oddly to commands said in one go."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from mailing.transport import Outcome, Result, Transport


@contextmanager
def server(settings: Settings, *answers: bytes) -> Iterator[list[bytes]]:
    """A mail server with one answer a command, the last one for all that follow; yields what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", listening.getsockname()[1]

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 here\r\n")
                for number, line in enumerate(lines):
                    heard.append(line.strip())
                    connection.sendall(answers[min(number, len(answers) - 1)] + b"\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard
    thread.join(timeout=10)


HELLO = b"250-here\r\n250 PIPELINING"


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        (
            (b"250 sender", b"550 5.1.1 nobody", b"354 go on"),
            Result(Outcome.REFUSED, "550 at RCPT", dead_address=True),
        ),
        ((b"250 sender", b"550 5.7.1 a rule", b"503 no"), Result(Outcome.REFUSED, "550 at RCPT")),
        ((b"550 not you", b"503 no", b"503 no"), Result(Outcome.DEFERRED, "550 at MAIL")),
        ((b"250 sender", b"250 fine", b"451 later"), Result(Outcome.DEFERRED, "451 at DATA")),
    ],
)
def test_the_first_no_to_commands_said_in_one_go_is_the_answer_and_no_content_is_sent(
    settings: Settings, answers: tuple[bytes, ...], result: Result
) -> None:
    with server(settings, HELLO, *answers, b"250 fine") as heard, Transport() as transport:
        assert transport.send("ann@example.org", b"Subject: secret\r\n\r\nsecret\r\n") == result
    assert b"secret" not in b" ".join(heard)

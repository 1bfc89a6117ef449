"""Talking to mail servers that answer oddly to commands said in one go."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat

import pytest
from pytest_django import Settings

from mailing.transport import Outcome, Result, Transport


@contextmanager
def server(settings: Settings, *connections: tuple[bytes, ...], stays: bool = True) -> Iterator[list[bytes]]:
    """A mail server with one answer a command, connection by connection; yields what it heard.

    After the last answer it hangs up; on the last connection it goes on with that answer if it `stays`.
    """
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", listening.getsockname()[1]

        def talk(answers: Iterator[bytes]) -> None:
            connection, _ = listening.accept()
            answer = b"220 here"
            with connection, connection.makefile("rb") as lines:
                connection.sendall(answer + b"\r\n")
                for line in lines:
                    heard.append(line.strip())
                    if answer == CONTENT and line != b".\r\n":
                        continue
                    if not (answer := next(answers, b"")):
                        return
                    connection.sendall(answer + b"\r\n")

        def serve() -> None:
            for answers in connections[:-1]:
                talk(iter(answers))
            talk(chain(connections[-1], repeat(connections[-1][-1]) if stays else ()))

        thread = threading.Thread(target=serve)
        thread.start()
        yield heard
    thread.join(timeout=10)


CONTENT = b"354 go on"
HELLO = b"250-here\r\n250 PIPELINING"


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        (
            (b"250 sender", b"550 5.1.1 nobody", CONTENT),
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
    with server(settings, (HELLO, *answers, b"250 fine")) as heard, Transport() as transport:
        assert transport.send("ann@example.org", b"Subject: secret\r\n\r\nsecret\r\n") == result
    assert b"secret" not in b" ".join(heard)


MAIL = ("ann@example.org", b"Subject: secret\r\n\r\nsecret\r\n")
SENDER, RECIPIENT, NOBODY = b"250 sender", b"250 recipient", b"550 5.1.1 nobody"
TAKES = (HELLO, SENDER, RECIPIENT, CONTENT, b"250 thanks")


def test_a_connection_that_died_while_nobody_used_it_is_opened_again_and_the_mail_arrives(
    settings: Settings,
) -> None:
    with server(settings, TAKES, TAKES) as heard, Transport() as transport:
        assert transport.send(*MAIL) == Result(Outcome.ACCEPTED)
        assert transport.send(*MAIL) == Result(Outcome.ACCEPTED)
    assert heard.count(b"secret") == 2


@pytest.mark.parametrize("hello", [HELLO, b"250 here"], ids=["in one go", "one by one"])
def test_a_server_that_hangs_up_before_the_content_gets_the_mail_later(
    settings: Settings, hello: bytes
) -> None:
    lost = Result(Outcome.DEFERRED, "connection lost (SMTPServerDisconnected)")
    with server(settings, (hello, SENDER), stays=False) as heard, Transport() as transport:
        assert transport.send(*MAIL) == lost
    assert b"secret" not in heard


@pytest.mark.parametrize(
    "refuses",
    [
        pytest.param((HELLO, SENDER, NOBODY), id="hangs up"),
        pytest.param((b"250 here", SENDER, NOBODY), id="hangs up one by one"),
        pytest.param((b"250 here", SENDER, NOBODY, b"421 goodbye"), id="says goodbye"),
    ],
)
def test_a_no_counts_although_the_server_ends_after_it_and_the_next_mail_calls_again(
    settings: Settings, refuses: tuple[bytes, ...]
) -> None:
    with server(settings, refuses, TAKES) as heard, Transport() as transport:
        assert transport.send(*MAIL) == Result(Outcome.REFUSED, "550 at RCPT", dead_address=True)
        assert transport.send(*MAIL) == Result(Outcome.ACCEPTED)
    assert heard.count(b"secret") == 1


def test_a_mail_whose_content_is_refused_says_nothing_of_its_address(settings: Settings) -> None:
    refuses = (HELLO, SENDER, RECIPIENT, CONTENT, b"554 5.6.0 not this", b"250 fine")
    with server(settings, refuses), Transport() as transport:
        assert transport.send(*MAIL) == Result(Outcome.REFUSED, "554 at the end of DATA")

"""One SMTP connection, driven step by step, so that we know how far a mail came when something breaks."""

import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto
from typing import cast

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from mailing.message import compose

# smtplib's errors are OSErrors, as are refused and timed-out connections.
BROKEN = (OSError, smtplib.SMTPException)
OK, CLOSING = 250, 421
STARTS_WITH_DOT = re.compile(rb"(?m)^\.")
Command = tuple[str, str, tuple[int, ...]]
"""A step's name, the words to say, and the codes that mean yes."""


class Outcome(Enum):
    """What became of one try."""

    ACCEPTED = auto()
    DEFERRED = auto()
    REFUSED = auto()
    UNREACHABLE = auto()
    AMBIGUOUS = auto()


@dataclass(frozen=True)
class Result:
    """The outcome, a reason without addresses ("550 at RCPT"), and whether the address itself is dead."""

    outcome: Outcome
    reason: str = ""
    dead_address: bool = False


class UnreachableError(Exception):
    """The mail server does not take a connection. The message never contains an address of a person."""


class _AnsweredError(Exception):
    """The server said no at a step."""

    def __init__(self, step: str, code: int, words: bytes) -> None:
        self.step, self.code, self.words = step, code, words
        super().__init__(f"{code} at {step}")

    def result(self) -> Result:
        if not 500 <= self.code <= 599:
            return Result(Outcome.DEFERRED, str(self))
        if self.step == "MAIL":  # the server minds us, not this recipient: worth more tries
            return Result(Outcome.DEFERRED, str(self))
        policy = re.match(rb"5\.7\.", self.words)  # RFC 3463: a rule or a lock, not a missing mailbox
        return Result(Outcome.REFUSED, str(self), dead_address=self.step == "RCPT" and not policy)


class Transport:
    """Sends mails over one connection, opened when the first mail needs it. Use as a context manager."""

    def __init__(self) -> None:
        self._backend = EmailBackend()
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def __enter__(self) -> "Transport":
        return self

    form = staticmethod(compose)
    """What it sends of a letter: the whole mail as bytes."""

    def __exit__(self, *_: object) -> None:
        self._backend.fail_silently = True
        self._backend.close()

    def send(self, recipient: str, content: bytes) -> Result:
        """Try to hand over one mail. `recipient` is the envelope address, `content` has CRLF line ends."""
        handed_over = False
        try:
            server = self._ready_server(recipient)
            handed_over = True
            server.send(STARTS_WITH_DOT.sub(b"..", content.removesuffix(b"\r\n")) + b"\r\n.\r\n")
            _expect(server.getreply(), 250, step="the end of DATA")
        except UnreachableError as error:
            return Result(Outcome.UNREACHABLE, str(error))
        except _AnsweredError as answer:
            self._reset(answer)
            return answer.result()
        except BROKEN as error:
            self._drop()
            outcome = Outcome.AMBIGUOUS if handed_over else Outcome.DEFERRED
            return Result(outcome, f"connection lost ({type(error).__name__})")
        return Result(Outcome.ACCEPTED)

    def _ready_server(self, recipient: str) -> smtplib.SMTP:
        """Return the server, waiting for content. A connection that died while idle is opened again, once."""
        reused = self._backend.connection is not None
        try:
            return self._addressed_server(recipient)
        except BROKEN:
            self._drop()
            if not reused:
                raise
        return self._addressed_server(recipient)

    def _addressed_server(self, recipient: str) -> smtplib.SMTP:
        try:
            self._backend.open()
            server = cast("smtplib.SMTP", self._backend.connection)
            server.ehlo_or_helo_if_needed()
        except BROKEN as error:
            self._drop()
            raise UnreachableError(f"no connection ({type(error).__name__})") from error
        commands = (
            ("MAIL", f"MAIL FROM:<{self._sender}>", (250,)),
            ("RCPT", f"RCPT TO:<{recipient}>", (250, 251)),
            ("DATA", "DATA", (354,)),
        )
        if server.has_extn("pipelining"):
            self._say_at_once(server, commands)
        else:
            for step, words, good in commands:
                _expect(server.docmd(words), *good, step=step)
        return server

    def _say_at_once(self, server: smtplib.SMTP, commands: Sequence[Command]) -> None:
        """Say all that leads up to the content in one go and hear the answers (RFC 2920)."""
        server.send("".join(f"{words}\r\n" for _, words, _ in commands))
        refusal: _AnsweredError | None = None
        for step, _, good in commands:
            try:
                code, said = server.getreply()
            except BROKEN:
                self._drop()
                if refusal is None:
                    raise
                break
            if refusal is None and code not in good:
                refusal = _AnsweredError(step, code, said)
            elif refusal is not None and step == "DATA" and code in good:
                self._drop()  # it waits for the content of a mail that it refused
        if refusal is not None:
            raise refusal

    def _reset(self, answer: _AnsweredError) -> None:
        server = self._backend.connection
        if server is None:
            return
        try:
            if answer.code == CLOSING or server.rset()[0] != OK:
                self._drop()
        except BROKEN:
            self._drop()

    def _drop(self) -> None:
        """Let go of the connection without a farewell that a hanging server would not answer."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None


def _expect(reply: tuple[int, bytes], *codes: int, step: str) -> None:
    if reply[0] not in codes:
        raise _AnsweredError(step, *reply)

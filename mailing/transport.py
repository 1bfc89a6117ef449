"""One SMTP connection, driven step by step, so that we know how far a mail came when something breaks."""

import re
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto
from typing import cast

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

# smtplib's errors are OSErrors, as are refused and timed-out connections.
BROKEN = (OSError, smtplib.SMTPException)
OK, CLOSING = 250, 421


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

    def __exit__(self, *_: object) -> None:
        self._backend.fail_silently = True
        self._backend.close()

    def send(self, recipient: str, content: bytes) -> Result:
        """Try to hand over one mail. `recipient` is the envelope address, `content` has CRLF line ends."""
        handed_over = False
        try:
            server = self._ready_server()
            _expect(server.rcpt(recipient), 250, 251, step="RCPT")
            _expect(server.docmd("DATA"), 354, step="DATA")
            handed_over = True
            server.send(re.sub(rb"(?m)^\.", b"..", content.removesuffix(b"\r\n")) + b"\r\n.\r\n")
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

    def _ready_server(self) -> smtplib.SMTP:
        """Return the server with MAIL said. A connection that died while idle is opened again, once."""
        reused = self._backend.connection is not None
        try:
            return self._greeted_server()
        except BROKEN:
            self._drop()
            if not reused:
                raise
        return self._greeted_server()

    def _greeted_server(self) -> smtplib.SMTP:
        try:
            self._backend.open()
            server = cast("smtplib.SMTP", self._backend.connection)
            server.ehlo_or_helo_if_needed()
        except BROKEN as error:
            self._drop()
            raise UnreachableError(f"no connection ({type(error).__name__})") from error
        _expect(server.mail(self._sender), 250, step="MAIL")
        return server

    def _reset(self, answer: _AnsweredError) -> None:
        server = self._backend.connection
        try:
            if server is None or answer.code == CLOSING or server.rset()[0] != OK:
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

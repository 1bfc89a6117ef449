"""From a rendered mail to what goes over the wire, with nobody's name able to break a header.

Written by hand, since Python's generator and Django's classes took longer than all else that a mail needs.
"""

import re
import unicodedata
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mailing.kinds import Message

LONGEST_ADDRESS_HEADER = 320  # bytes; beyond it the display name is dropped
LONGEST_SUBJECT = 200  # characters
LINE_END = re.compile(r"\r\n|\r|\n")
INVISIBLE = ("Cf",)
SPACES = ("Cc", "Zl", "Zp")


class ImpossibleAddressError(Exception):
    """No mail can ever reach this address. The message never contains it."""


def message_id(mail_id: UUID) -> str:
    """Return the Message-ID of a mail: the same on every try."""
    return f"<{mail_id}@{_own_domain()}>"


def _own_domain() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return domain or urlsplit(settings.BASE_URL).hostname or "localhost"


def one_line(text: str) -> str:
    """Return text that is safe in a header: no control or direction characters, single spaces only."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(
        " " if unicodedata.category(letter) in SPACES else letter
        for letter in text
        if unicodedata.category(letter) not in INVISIBLE
    )
    return " ".join(visible.encode("utf-8", "ignore").decode().split())


def envelope_address(address: str) -> str:
    """Return an address as SMTP takes it (ASCII). Raises ImpossibleAddressError where that cannot be."""
    local, _, domain = address.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode('ascii')}"
        validate_email(plain)
        plain.encode("ascii")
    except (ValidationError, UnicodeError) as error:
        raise ImpossibleAddressError from error
    return plain


def _name(name: str, address: str) -> str:
    """Return a display name that is safe, and short enough beside its address; empty if it is not."""
    safe = one_line(name)
    return safe if len(formataddr((safe, address))) <= LONGEST_ADDRESS_HEADER else ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail whose every part is safe to send, whoever carries it.

    `recipient` is an address in ASCII; `headers` are those besides From, To and Subject. `key` is the same on
    a further try after no answer, and another one after an answer.
    """

    id: UUID
    key: UUID
    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]


def letter(message: Message, *, mail_id: UUID, now: datetime, tries: int = 0) -> Letter:
    """Return a rendered mail with its headers. `tries`: how many ended with an answer.

    Raises ImpossibleAddressError if nothing can be delivered to the address.
    """
    recipient = envelope_address(message.to_address)
    sender_name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Letter(
        id=mail_id,
        key=uuid5(mail_id, str(tries)),
        sender_name=_name(sender_name, sender),
        sender=sender,
        recipient_name=_name(message.to_name, recipient),
        recipient=recipient,
        subject=one_line(message.subject)[:LONGEST_SUBJECT],
        text=message.text,
        html=message.html,
        headers={
            "Date": format_datetime(now),
            "Message-ID": message_id(mail_id),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **({"Content-Language": one_line(message.locale)} if message.locale else {}),
            **{name: one_line(value) for name, value in message.headers.items()},
        },
    )


def compose(letter: Letter) -> bytes:
    """Return the whole mail with CRLF line ends, text and HTML, no line longer than 998 bytes.

    A header is one line unless it must be encoded: some programs misread a folded one. Bodies are in seven
    bits and short lines, which every mail server takes.
    """
    boundary = f"=_{letter.id.hex}"  # no quoted-printable line holds "=_"
    headers = {
        "From": formataddr((letter.sender_name, letter.sender)),
        "To": formataddr((letter.recipient_name, letter.recipient)),
        "Subject": letter.subject,
        **letter.headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = "".join(f"{name}: {_encoded(name, value)}\r\n" for name, value in headers.items())
    parts = (
        b'\r\n--%b\r\nContent-Type: text/%b; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%b" % (boundary.encode(), subtype, _quoted(body))
        for subtype, body in ((b"plain", letter.text), (b"html", letter.html))
    )
    return b"%b%b\r\n--%b--\r\n" % (head.encode("ascii"), b"".join(parts), boundary.encode())


def _encoded(name: str, value: str) -> str:
    if value.isascii():
        return value
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def _quoted(body: str) -> bytes:
    lines = LINE_END.sub("\r\n", body).encode("utf-8", "replace")
    quoted = b2a_qp(lines, istext=True)
    # Its soft line ends follow the first line end of what it got, and there may be none.
    return quoted if b"\r\n" in lines else quoted.replace(b"\n", b"\r\n")

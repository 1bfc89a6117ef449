"""From a rendered mail to the bytes that go over the wire, with nobody's name able to break a header."""

import unicodedata
from datetime import datetime
from email.charset import QP, Charset
from email.generator import BytesGenerator
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr
from io import BytesIO
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from mailing.kinds import Message

LONGEST_ADDRESS_HEADER = 320  # bytes; beyond it the display name is dropped
LONGEST_SUBJECT = 200  # characters
QUOTED = Charset("utf-8")  # in seven bits and short lines: every mail server takes that
QUOTED.body_encoding = QP
ON_THE_WIRE = compat32.clone(linesep="\r\n", max_line_length=900)  # some programs misread a folded header


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
    visible = (
        "" if unicodedata.category(letter) == "Cf" else letter for letter in text if letter != "\u00ad"
    )
    spaced = (
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in visible if letter
    )
    return " ".join("".join(spaced).encode("utf-8", "ignore").decode().split())


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


def _mailbox(name: str, address: str) -> str:
    box = formataddr((one_line(name), address))
    return box if len(box) <= LONGEST_ADDRESS_HEADER else address


def compose(message: Message, *, mail_id: UUID, now: datetime) -> bytes:
    """Return the whole mail with CRLF line ends, text and HTML, no line longer than 998 bytes.

    Raises ImpossibleAddressError if nothing can be delivered to the address.
    """
    sender_name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    headers = {
        "Date": format_datetime(now),
        "Message-ID": message_id(mail_id),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **({"Content-Language": one_line(message.locale)} if message.locale else {}),
        **{name: one_line(value) for name, value in message.headers.items()},
    }
    mail = EmailMultiAlternatives(
        subject=one_line(message.subject)[:LONGEST_SUBJECT],
        body=message.text,
        from_email=_mailbox(sender_name, sender),
        to=[_mailbox(message.to_name, envelope_address(message.to_address))],
        headers=headers,
    )
    mail.encoding = QUOTED
    mail.attach_alternative(message.html, "text/html")
    content = BytesIO()
    BytesGenerator(content, mangle_from_=False, policy=ON_THE_WIRE).flatten(mail.message())
    return content.getvalue()

"""From a rendered mail to the bytes that go over the wire, with nobody's name able to break a header."""

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mailing.kinds import Message

LONGEST_ADDRESS_HEADER = 320  # bytes; beyond it the display name is dropped
LONGEST_SUBJECT = 200  # characters


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


def _mailbox(name: str, address: str) -> Address:
    box = Address(display_name=one_line(name), addr_spec=address)
    if len(str(box).encode()) > LONGEST_ADDRESS_HEADER:
        return Address(addr_spec=address)
    return box


def compose(message: Message, *, mail_id: UUID, now: datetime) -> bytes:
    """Return the whole mail with CRLF line ends, text and HTML, no line longer than 998 bytes.

    Raises ImpossibleAddressError if nothing can be delivered to the address.
    """
    mail = EmailMessage(policy=SMTP)
    sender_name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail["From"] = _mailbox(sender_name, sender)
    mail["To"] = _mailbox(message.to_name, envelope_address(message.to_address))
    mail["Subject"] = one_line(message.subject)[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(mail_id)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.locale:
        mail["Content-Language"] = one_line(message.locale)
    for name, value in message.headers.items():
        mail[name] = one_line(value)
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()

"""The mails that the embedded mail sink has kept, for reading them at /dev/mail/."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

NEWEST = 200


@dataclass(frozen=True)
class Mail:
    """One kept mail: the file's name, when it came (UTC), and the message."""

    name: str
    arrived: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject line, or a word in its place."""
        return str(self.message.get("Subject", "")) or _("(no subject)")

    @property
    def sender(self) -> str:
        """Who sent it."""
        return str(self.message.get("From", ""))

    @property
    def recipient(self) -> str:
        """Whom it is for."""
        return str(self.message.get("To", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The text part; empty if there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty if there is none."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


def is_open() -> bool:
    """Say whether mail goes to the embedded sink, and nobody else can come and read the codes in it."""
    return "mail" in settings.EMBEDDED and settings.LOCAL


def newest() -> Iterator[Mail]:
    """Yield the last NEWEST mails, the newest first."""
    for path in sorted(_folder().glob("[0-9]*.eml"), reverse=True)[:NEWEST]:
        yield _read(path)


def find(name: str) -> Mail | None:
    """Return the mail in the file of that name, or None. A name from outside reaches no other file."""
    path = _folder() / name
    known = path.parent == _folder() and path.suffix == ".eml" and not name.startswith(".")
    return _read(path) if known and path.is_file() else None


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=modern)
    return Mail(path.name, datetime.fromtimestamp(int(path.name.split("-")[0]) / 1e9, UTC), message)

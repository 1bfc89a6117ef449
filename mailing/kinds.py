"""What a kind of mail must know. The rooms above implement it and are named in settings.MAIL_KINDS.

How each mail reads, for whoever wants to look at it, is named in settings.MAIL_EXAMPLES.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from mailing.models import OutboxMail

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from accounts.models import User


@dataclass(frozen=True)
class Message:
    """A rendered mail. `headers` are those that only this kind needs, such as List-Unsubscribe.

    `about`: one word for what it says, kept as the sent row's reason.
    """

    to_address: str
    locale: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    to_name: str = ""
    about: str = ""


class Kind(Protocol):
    """Decides at the moment of sending whether a mail is still wanted, and writes it.

    An instance serves one batch: `recheck` comes first, and `render` may use what it loaded. A kind that
    reads only the part of the slot behind its first colon may say `can_go_again = True` (mailing.resending).
    """

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return for each mail's id why it must not be sent, or None. In a constant number of queries."""

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the mail's words as they are true now."""


def of(name: str) -> Kind:
    """Return a new instance of the kind. Raises KeyError if settings.MAIL_KINDS does not know the name."""
    kind: Kind = import_string(settings.MAIL_KINDS[name])()
    return kind


# --- To be looked at ---------------------------------------------------------------------------------------


class Writer(Protocol):
    """Writes a mail as one person would get it, in each of its wordings."""

    def __call__(self, *, user: "User", now: datetime) -> Sequence[Message]:
        """Return the wordings. What is not true of this person is made up, links act for nobody.

        It must store nothing.
        """


@dataclass(frozen=True, slots=True)
class Example:
    """One mail of a kind, for staff to look at. `name` is its own within the kind, for its address."""

    group: "StrPromise | str"
    kind: str
    name: str
    words: "StrPromise | str"
    write: Writer


def examples() -> list[Example]:
    """Return every mail that there is, those of a group one after the other."""
    return [example for path in settings.MAIL_EXAMPLES for example in import_string(path)]

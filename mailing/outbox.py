"""Putting mails into the outbox. It is a row in the caller's transaction; delivery finds it there."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mailing import control, encryption
from mailing.identifiers import uuid7
from mailing.models import OutboxMail

if TYPE_CHECKING:
    from accounts.models import User


def put(
    *,
    user: "User | None",
    kind: str,
    slot: str,
    priority: int,
    due_at: datetime,
    now: datetime,
    not_after: datetime | None = None,
    to_address: str | None = None,
    locale: str | None = None,
    payload: dict[str, Any] | None = None,
) -> OutboxMail:
    """Put one mail into the outbox and return it, or the one that this user already has for this slot.

    `kind` is a key of settings.MAIL_KINDS; `slot` says what makes this mail one. It is sent from `due_at` on
    and not after `not_after`. `payload` (JSON) is stored encrypted and forgotten in every final state.
    """
    mail = prepare(
        user_id=user.pk if user else None,
        kind=kind,
        slot=slot,
        priority=priority,
        due_at=due_at,
        not_after=not_after,
        epoch=control.current().epoch,
        now=now,
    )
    mail.to_address = to_address
    mail.locale = locale
    mail.payload = encryption.close(payload) if payload is not None else None
    put_all([mail])
    return OutboxMail.objects.get(user=user, slot=slot) if user else mail


def prepare(
    *,
    user_id: int | None,
    kind: str,
    slot: str,
    priority: int,
    due_at: datetime,
    now: datetime,
    epoch: int,
    not_after: datetime | None = None,
) -> OutboxMail:
    """Return a mail that is not in the outbox yet, for `put_all`. `epoch` is `control.current().epoch`."""
    return OutboxMail(
        id=uuid7(),
        user_id=user_id,
        kind=kind,
        slot=slot,
        priority=priority,
        due_at=due_at,
        next_try_at=due_at,
        not_after=not_after,
        epoch=epoch,
        created_at=now,
    )


def put_all(mails: Sequence[OutboxMail]) -> None:
    """Insert mails in one statement. One whose user already has a mail for its slot is left out."""
    OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)


def decrypt(mail: OutboxMail) -> dict[str, Any]:
    """Return the payload of a mail that has no final state yet; empty if it carries none."""
    return encryption.open_payload(bytes(mail.payload)) if mail.payload is not None else {}

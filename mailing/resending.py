"""Sending again what failed: a new row with a slot of its own, so the first one keeps its story."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from mailing import control, outbox
from mailing.models import OutboxMail

FAILED = (OutboxMail.State.FAILED, OutboxMail.State.UNKNOWN)


def can_go_again(mail: OutboxMail) -> bool:
    """Whether a mail that failed, or may have, can be written anew from what is stored.

    Codes cannot: what they carried is forgotten, and whoever needs one asks for another. Nor can reminders:
    their hour is over. A kind says so itself with `can_go_again = True`.
    """
    if mail.state not in FAILED or mail.user_id is None or mail.kind not in settings.MAIL_KINDS:
        return False
    return bool(getattr(import_string(settings.MAIL_KINDS[mail.kind]), "can_go_again", False))


def resend(mails: Iterable[OutboxMail], *, now: datetime) -> list[OutboxMail]:
    """Put a mail again for each that can go again, due now, and return the new rows.

    It is asked once more whether each is wanted. One whose successor is under way or has arrived is left out.
    """
    fresh = []
    for mail in mails:
        head, _, rest = mail.slot.partition(":")
        head = head.partition("~")[0]
        earlier = OutboxMail.objects.filter(user=mail.user_id, kind=mail.kind, slot__endswith=f":{rest}")
        if not can_go_again(mail) or earlier.exclude(state__in=FAILED).exists():
            continue
        fresh.append(
            outbox.prepare(
                user_id=mail.user_id,
                kind=mail.kind,
                slot=f"{head}~{earlier.count() + 1}:{rest}",
                priority=mail.priority,
                due_at=now,
                epoch=control.current().epoch,
                now=now,
            )
        )
    outbox.put_all(fresh)
    return fresh

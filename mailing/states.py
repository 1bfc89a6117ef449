"""The arrows between a mail's states: conditional updates, so a late worker writes over no newer claim."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from mailing.identifiers import uuid7
from mailing.models import OutboxMail, Suppression

State = OutboxMail.State
FEWEST, MOST = 25, 100  # mails in a claim
MOST_LOST_CLAIMS = 5
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
BACKOFF_TRANSACTIONAL = [timedelta(seconds=seconds) for seconds in (15, 60, 180)]
SPREAD = 0.2

NO_CLAIM: dict[str, Any] = {"claim_token": None, "lease_until": None, "smtp_started_at": None}
NO_PERSON: dict[str, Any] = {"to_address": None, "locale": None, "payload": None}
LOST_TWICE = "the connection or the worker was lost twice after the mail was handed over"
LOST_DROPPED = "lost after the mail was handed over; not sent again (REMINDER_AMBIGUOUS=drop)"


def claim(*, epoch: int, now: datetime, most: int = FEWEST, codes_only: bool = False) -> list[OutboxMail]:
    """Take up to `most` mails that are due, by priority and time, under one new token and lease.

    A mail whose last worker ended without a word is taken alone: if it is the one that kills workers, it
    takes nobody with it.
    """
    lease_until = now + settings.MAIL_LEASE
    with transaction.atomic():
        due = (
            OutboxMail.objects.select_for_update(skip_locked=True)
            .filter(Q(not_after__isnull=True) | Q(not_after__gt=now))
            .filter(state=State.PENDING, next_try_at__lte=now, epoch=epoch)
            .filter(Q(priority=OutboxMail.Priority.CODE) if codes_only else Q())
            .order_by("priority", "next_try_at")[:most]
        )
        mails = list(due)
        alone = bool(mails) and mails[0].lost > 0
        mails = mails[:1] if alone else [mail for mail in mails if not mail.lost]
        token = uuid7()
        OutboxMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(
            state=State.SENDING, claim_token=token, lease_until=lease_until, smtp_started_at=None
        )
    for mail in mails:
        mail.state, mail.claim_token, mail.lease_until = State.SENDING, token, lease_until
    return mails


def _claimed(mail: OutboxMail) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(pk=mail.pk, state=State.SENDING, claim_token=mail.claim_token)


def renew(token: UUID | None, *, now: datetime) -> None:
    """Lengthen the lease of everything that is still claimed under this token."""
    OutboxMail.objects.filter(state=State.SENDING, claim_token=token).update(
        lease_until=now + settings.MAIL_LEASE
    )


STARTED = """UPDATE mailing_outboxmail SET smtp_started_at = %(now)s, lease_until = %(lease_until)s
WHERE id = %(next)s AND state = 'sending' AND claim_token = %(token)s"""
SENT = """UPDATE mailing_outboxmail SET state = 'sent', sent_at = %(now)s, attempts = attempts + 1,
    reason = %(reason)s, claim_token = NULL, lease_until = NULL, smtp_started_at = NULL,
    to_address = NULL, locale = NULL, payload = NULL
WHERE id = %(mail)s AND state = 'sending' AND claim_token = %(token)s"""
SENT_AND_STARTED = f"WITH sent AS ({SENT}) {STARTED}"
"""Written out, since every mail waits for them: one statement is one way to the server and one commit."""


def start(mail: OutboxMail, *, now: datetime) -> bool:
    """Note that the mail is about to be handed over. False if the claim is not ours any more: do not send."""
    return _execute(STARTED, next=mail.pk, token=mail.claim_token, **_times(now))


def sent(mail: OutboxMail, *, now: datetime) -> None:
    """Note that the mail server accepted the mail; its reason is what it was about."""
    _execute(SENT, mail=mail.pk, token=mail.claim_token, reason=mail.reason, **_times(now))


def sent_and_start(mail: OutboxMail, following: OutboxMail, *, now: datetime) -> bool:
    """Do `sent` for a mail and `start` for another one of the same claim, as one commit.

    False if the claim on the second is not ours any more: do not send it.
    """
    return _execute(
        SENT_AND_STARTED,
        mail=mail.pk,
        reason=mail.reason,
        next=following.pk,
        token=mail.claim_token,
        **_times(now),
    )


def _times(now: datetime) -> dict[str, datetime]:
    return {"now": now, "lease_until": now + settings.MAIL_LEASE}


def _execute(statement: str, **values: str | UUID | datetime | None) -> bool:
    """Execute a conditional update and say whether it changed its row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        changed: int = cursor.rowcount
    return changed == 1


def skipped(mail: OutboxMail, *, reason: str) -> None:
    """Note that the mail is not wanted any more."""
    _claimed(mail).update(state=State.SKIPPED, reason=reason, **NO_CLAIM, **NO_PERSON)


def failed(mail: OutboxMail, *, reason: str) -> None:
    """Note that the mail can never be sent."""
    _claimed(mail).update(
        state=State.FAILED, attempts=F("attempts") + 1, reason=reason, **NO_CLAIM, **NO_PERSON
    )


def deferred(mail: OutboxMail, *, reason: str, now: datetime) -> None:
    """Try again later, or give up after the fifth try (the fourth for transactional mail)."""
    wait = backoff(mail)
    if wait is None:
        failed(mail, reason=reason)
    else:
        _claimed(mail).update(
            state=State.PENDING, attempts=F("attempts") + 1, next_try_at=now + wait, reason=reason, **NO_CLAIM
        )


def backoff(mail: OutboxMail) -> timedelta | None:
    """Return how long to wait after one more try without success, or None to give up.

    Up to a fifth more or less, by the mail's own id, so that what failed together does not return together.
    """
    transactional = mail.priority <= OutboxMail.Priority.TRANSACTIONAL
    steps = BACKOFF_TRANSACTIONAL if transactional else BACKOFF
    if mail.attempts >= len(steps):
        return None
    share = (mail.pk.int >> 7 * mail.attempts) % 1001 / 1000
    return steps[mail.attempts] * (1 - SPREAD + 2 * SPREAD * share)


def release(mails: Iterable[OutboxMail]) -> None:
    """Give back claimed mails that were not handed over, as if they had never been claimed."""
    for mail in mails:
        _claimed(mail).update(state=State.PENDING, **NO_CLAIM)


def held(mail: OutboxMail, *, until: datetime) -> None:
    """Let a mail wait for its turn, since its domain had enough for now. That is no try."""
    _claimed(mail).update(state=State.PENDING, next_try_at=until, **NO_CLAIM)


def ambiguous(mails: QuerySet[OutboxMail], *, now: datetime) -> int:
    """Settle mails that were handed over without an answer, and return how many: once more, else unknown.

    With REMINDER_AMBIGUOUS=drop a reminder is not sent again. The Message-ID stays the same.
    """
    unknown: dict[str, Any] = {
        "state": State.UNKNOWN,
        "ambiguous": F("ambiguous") + 1,
        **NO_CLAIM,
        **NO_PERSON,
    }
    count = mails.filter(ambiguous__gte=1).update(**unknown, reason=LOST_TWICE)
    if settings.REMINDER_AMBIGUOUS == "drop":
        reminders = mails.filter(state=State.SENDING, priority__gte=OutboxMail.Priority.REMINDER)
        count += reminders.update(**unknown, reason=LOST_DROPPED)
    return count + mails.filter(state=State.SENDING).update(
        state=State.PENDING, ambiguous=F("ambiguous") + 1, next_try_at=now, reason="", **NO_CLAIM
    )


def unanswered(mail: OutboxMail, *, now: datetime) -> None:
    """Settle one claimed mail whose connection broke after it was handed over."""
    ambiguous(_claimed(mail), now=now)


def suppress(address_hash: str, *, now: datetime) -> None:
    """Send no further reminders to an address that bounced. Codes that its owner asks for still go out."""
    Suppression.objects.bulk_create(
        [
            Suppression(
                address_hmac=address_hash,
                scope=Suppression.Scope.REMINDERS,
                source=Suppression.Source.BOUNCE,
                created_at=now,
            )
        ],
        update_conflicts=True,
        unique_fields=["address_hmac"],
        update_fields=["until"],
    )

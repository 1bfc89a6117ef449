"""What keeps the outbox true when workers die and time passes: sweeping, purging, the heartbeat."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q

from mailing import control, events, states, throttle
from mailing.models import Heartbeat, MailEvent, OutboxMail, Suppression

logger = logging.getLogger(__name__)

KEPT = timedelta(days=400)
CHUNK = 1000
BEAT = "beat"


def sweep(*, now: datetime) -> dict[str, int]:
    """Settle what dead workers had claimed, and close what is too late. Returns how many of each."""
    expired = {"state": states.State.EXPIRED, **states.NO_CLAIM, **states.NO_PERSON}
    pending = OutboxMail.objects.filter(state=states.State.PENDING)
    lost = OutboxMail.objects.filter(state=states.State.SENDING, lease_until__lt=now)
    begun_before = Q(epoch__lt=control.current().epoch)
    counts = {
        "of an older epoch": (pending.filter(begun_before) | lost.filter(begun_before)).update(
            **expired, reason="put before a restore"
        ),
        "ambiguous": states.ambiguous(lost.filter(smtp_started_at__isnull=False), now=now),
        "failed": lost.filter(smtp_started_at__isnull=True, lost__gte=states.MOST_LOST_CLAIMS - 1).update(
            state=states.State.FAILED,
            lost=F("lost") + 1,
            reason="its worker ended without a word, five times",
            **states.NO_CLAIM,
            **states.NO_PERSON,
        ),
        "given back": lost.filter(smtp_started_at__isnull=True).update(
            state=states.State.PENDING, lost=F("lost") + 1, **states.NO_CLAIM
        ),
        "expired": pending.filter(not_after__lte=now).update(**expired, reason="too late"),
    }
    if any(counts.values()):
        logger.info("sweep: %s", ", ".join(f"{count} {what}" for what, count in counts.items() if count))
    return counts


def purge(*, now: datetime) -> int:
    """Forget mails after 400 days, what providers told after 30, and suppressions and rates that are over.

    Returns how many mails.
    """
    Suppression.objects.filter(until__lt=now).delete()
    MailEvent.objects.filter(received_at__lt=now - events.KEPT).delete()
    throttle.forget(now=now)
    gone = 0
    while ids := list(
        OutboxMail.objects.filter(created_at__lt=now - KEPT).values_list("pk", flat=True)[:CHUNK]
    ):
        gone += OutboxMail.objects.filter(pk__in=ids).delete()[0]
    return gone


def beat(*, now: datetime) -> None:
    """Note that beat and the planning worker live."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": now})

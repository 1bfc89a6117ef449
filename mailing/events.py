"""What a mail provider tells of mails that it took: bounces and complaints. Only keyed hashes are kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from mailing import encryption, locks
from mailing.models import MailEvent, Suppression

SOFT_LIMIT = 3
SOFT_WITHIN = timedelta(days=7)
SOFT_REST = timedelta(days=14)
KEPT = timedelta(days=30)
LOCK_SPACE = 0x4D455654
"""Calls are taken one after the other: of two at once neither would see the other's bounces."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event. `id` is the provider's own for it; `at` is when it happened."""

    id: str
    kind: MailEvent.Kind
    address: str
    at: datetime


@transaction.atomic
def take(events: Iterable[Told], *, now: datetime) -> int:
    """Keep what is new and suppress what follows from it; return how many were new.

    It may come twice and in any order: each event counts once, and what is suppressed follows from all that
    are kept. A hard bounce or a complaint ends reminders to the address for good, three soft bounces within
    seven days for 14 days. Codes that its owner asks for still go out.
    """
    locks.in_turn(space=LOCK_SPACE)
    rows = [
        MailEvent(
            provider_id=told.id,
            kind=told.kind,
            address_hmac=encryption.address_hashes(told.address)[0],
            at=told.at,
            received_at=now,
        )
        for told in events
    ]
    known = set(
        MailEvent.objects.filter(provider_id__in=[row.provider_id for row in rows]).values_list(
            "provider_id", flat=True
        )
    )
    fresh = {row.provider_id: row for row in rows if row.provider_id not in known}
    MailEvent.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    for address in sorted({row.address_hmac for row in fresh.values()}):
        _suppress(address, now=now)
    return len(fresh)


def _suppress(address: str, *, now: datetime) -> None:
    told = list(MailEvent.objects.filter(address_hmac=address).order_by("at"))
    kinds = {event.kind for event in told}
    source = Suppression.Source.BOUNCE
    until: datetime | None = None
    if MailEvent.Kind.COMPLAINT in kinds:
        source = Suppression.Source.COMPLAINT
    elif MailEvent.Kind.HARD not in kinds:
        soft = [event.at for event in told if event.kind == MailEvent.Kind.SOFT]
        until = rest_until(soft)
        if until is None or until <= now:
            return
    fields = {"scope": Suppression.Scope.REMINDERS, "source": source, "until": until}
    row, made = Suppression.objects.select_for_update().get_or_create(
        address_hmac=address, defaults={**fields, "created_at": now}
    )
    if not made and row.until is not None and (until is None or until > row.until):
        row.until, row.source = until, source
        row.save(update_fields=["until", "source"])


def rest_until(soft: Sequence[datetime]) -> datetime | None:
    """Return until when an address rests after these soft bounces (earliest first); None: it need not."""
    found = None
    for first, last in zip(soft, soft[SOFT_LIMIT - 1 :], strict=False):
        if last - first <= SOFT_WITHIN:
            found = last + SOFT_REST
    return found

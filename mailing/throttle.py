"""How many mails may leave in a minute: in all, and to one domain. Counted in PostgreSQL, for all workers.

A tenth of each limit, and at least one mail, is kept for codes that somebody waits for at a screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction

from mailing.models import MailRate

ALL = ""
WINDOW = 61
"""Seconds a mail counts for: a minute, and the part of a second in which it left."""
UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """How many mails may still leave now: codes, and others."""

    codes: int
    others: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a mail may leave now; if not, when to ask again. No instant: the limit for all is reached."""

    now: bool
    later: datetime | None = None


def room(*, now: datetime) -> Room:
    """Return how many mails the limit for all leaves room for. Nothing is asked where there is no limit."""
    limit: int = settings.MAIL_PER_MINUTE
    if not limit:
        return Room(UNLIMITED, UNLIMITED)
    row = MailRate.objects.filter(name=ALL).first() or MailRate(name=ALL)
    used = _used(row.taken, now=now)
    return Room(limit - used, limit - _reserve(limit) - used)


def take(domain: str, *, code: bool, waited: bool, now: datetime) -> Turn:
    """Count a mail to a domain as leaving now, if both limits have room for it.

    `waited`: it was held back before, and this is its turn. Others queue behind those, codes do not.
    """
    limits = {ALL: settings.MAIL_PER_MINUTE, domain: settings.MAIL_PER_DOMAIN}
    if not any(limits.values()):
        return Turn(now=True)
    with transaction.atomic():
        rows = _locked(sorted(name for name, limit in limits.items() if limit))
        for name, row in rows.items():
            row.taken = [[at, count] for at, count in row.taken if at > _second(now) - WINDOW]
            allowed = limits[name] if code else limits[name] - _reserve(limits[name])
            queue = row.held_until is not None and row.held_until > now and not code and not waited
            if queue or _used(row.taken, now=now) >= allowed:
                return Turn(now=False, later=_hold(row, allowed, code=code, now=now) if name else None)
        for row in rows.values():
            row.taken = _with_one_more(row.taken, now=now)
        MailRate.objects.bulk_update(rows.values(), ["taken"])
    return Turn(now=True)


def forget(*, now: datetime) -> None:
    """Forget what was counted, where nothing left in the last minute and nothing waits."""
    for row in MailRate.objects.exclude(held_until__gt=now):
        if not _used(row.taken, now=now):
            MailRate.objects.filter(name=row.name, taken=row.taken).delete()


def _locked(names: Sequence[str]) -> dict[str, MailRate]:
    """Return the rows, locked in one order by all workers, that for all mails first."""
    rows = MailRate.objects.select_for_update().filter(name__in=names).order_by("name")
    found = {row.name: row for row in rows}
    if len(found) < len(names):
        MailRate.objects.bulk_create([MailRate(name=name) for name in names], ignore_conflicts=True)
        found = {row.name: row for row in rows.all()}
    return found


def _hold(row: MailRate, allowed: int, *, code: bool, now: datetime) -> datetime:
    """Return when a mail has its turn: at the end of its domain's queue, or, for a code, at the next room.

    The queue is spaced as the limit allows, so that a mail is looked at again about once.
    """
    used, free_at = _used(row.taken, now=now), now
    for at, count in row.taken:
        if used < allowed:
            break
        used -= count
        free_at = datetime.fromtimestamp(at + WINDOW, UTC)
    if code:
        return free_at
    turn = max(free_at, row.held_until or now)
    row.held_until = turn + timedelta(seconds=WINDOW / allowed)
    row.save(update_fields=["held_until"])
    return turn


def _reserve(limit: int) -> int:
    """Return how many mails of a limit only codes may take. A limit of one has no part to keep."""
    return max(limit // 10, 1) if limit > 1 else 0


def _used(taken: Sequence[Sequence[int]], *, now: datetime) -> int:
    return sum(count for at, count in taken if at > _second(now) - WINDOW)


def _with_one_more(taken: list[list[int]], *, now: datetime) -> list[list[int]]:
    second = _second(now)
    same = sum(count for at, count in taken if at == second)
    return [*([at, count] for at, count in taken if at != second), [second, same + 1]]


def _second(now: datetime) -> int:
    return int(now.timestamp())

"""What a learner asked for, and the changes they can make to it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db import connection, transaction

from accounts.models import User
from learning import activity
from learning.models import ReminderContract, ReminderKind
from learning.reminders.local_time import Slot, slots
from learning.reminders.reasons import SWITCHES

PAUSE = timedelta(days=14)
AWAY = timedelta(days=30)


class Change(StrEnum):
    """What can be changed by one press of a button, here or from a mail. Twice is the same as once."""

    FEWER = "fewer"  # at most one mail a week
    PAUSE = "pause"  # none for two weeks, or until a date
    GO_ON = "go_on"  # the pause is over
    STOP = "stop"  # none at all


@transaction.atomic
def save(
    *,
    user: User,
    weekdays: Collection[int],
    local_time: time,
    ceiling_per_week: int,
    kinds: Collection[str] | None = None,
    always_send: bool | None = None,
    now: datetime,
) -> ReminderContract:
    """Switch reminders on as asked for, and compute the next one. An earlier pause ends.

    `kinds` are those of `reasons.SWITCHES` that the learner wants; None leaves the switches as they are.
    `always_send`: that no digest of theirs is left out in a hold-out; None leaves it as it is.
    """
    contract, _ = ReminderContract.objects.select_for_update().update_or_create(
        user=user,
        defaults={
            "weekdays": sorted(weekdays),
            "local_time": local_time,
            "ceiling_per_week": ceiling_per_week,
            "enabled": True,
            "paused_until": None,
            "unanswered": 0,
            **({} if always_send is None else {"always_send": always_send}),
        },
    )
    if kinds is not None:
        _switch(user, kinds)
    activity.was_here(user, now=now)
    contract.user = user
    schedule(contract, now=now)
    contract.save(update_fields=SCHEDULED)
    return contract


def _switch(user: User, kinds: Collection[str]) -> None:
    """Store for every kind whether the learner wants it."""
    ReminderKind.objects.bulk_create(
        [ReminderKind(user=user, kind=kind, enabled=kind in kinds) for kind in SWITCHES],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["enabled"],
    )


@transaction.atomic
def change(
    *, user_id: int, change: Change, now: datetime, until: date | None = None
) -> ReminderContract | None:
    """Make a change; return None, and do nothing, if this person never asked for reminders or is gone.

    `until`: of a pause, the learner's local date of the first day with mails again; two weeks without it.
    """
    contract = (
        ReminderContract.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(user_id=user_id)
        .first()
    )
    if contract is None:
        return None
    if change is Change.FEWER:
        contract.ceiling_per_week = 1
    elif change is Change.PAUSE:
        contract.paused_until = until or now.astimezone(contract.user.zone).date() + PAUSE
    elif change is Change.GO_ON:
        contract.paused_until = None
    else:
        contract.enabled = False
    schedule(contract, now=now)
    contract.save(update_fields=["ceiling_per_week", "paused_until", "enabled", *SCHEDULED])
    return contract


SCHEDULED = ["next_due_at", "next_local_date", "computed_zone"]


def schedule(contract: ReminderContract, *, now: datetime, said_goodbye: bool = False) -> None:
    """Set when the next reminder is due (not saved).

    None while off, and while the learner is long away and had the last mail that says so.
    """
    slot = None
    if contract.enabled and not (said_goodbye and is_away(contract.user, now=now)):
        slot = next(coming(contract, now=now), None)
    contract.next_due_at = slot.due_at if slot else None
    contract.next_local_date = slot.day if slot else None
    contract.computed_zone = contract.user.zone.key


STORED = """UPDATE learning_remindercontract AS contract SET unanswered = fresh.unanswered,
    next_due_at = fresh.next_due_at, next_local_date = fresh.next_local_date,
    computed_zone = fresh.computed_zone
FROM unnest(%s::bigint[], %s::smallint[], %s::timestamptz[], %s::date[], %s::text[])
    AS fresh (id, unanswered, next_due_at, next_local_date, computed_zone)
WHERE contract.id = fresh.id"""


def store(rows: Sequence[ReminderContract]) -> None:
    """Save what `schedule` set, and `unanswered`, of many contracts that are locked. One short statement."""
    names = ("pk", "unanswered", *SCHEDULED)
    with connection.cursor() as cursor:
        cursor.execute(STORED, [[getattr(row, name) for row in rows] for name in names])


def coming(contract: ReminderContract, *, now: datetime) -> Iterator[Slot]:
    """Give the coming reminders by the calendar alone, pause included."""
    return slots(
        weekdays=contract.weekdays,
        wall_time=contract.local_time,
        zone=contract.user.zone,
        now=now,
        from_day=contract.paused_until,
    )


def is_away(user: User, *, now: datetime) -> bool:
    """Whether the learner has done nothing here for 30 days. After one last mail reminders rest."""
    last: date = user.last_seen_on or user.created_at.date()
    return now.date() - last >= AWAY


def is_paused(contract: ReminderContract, *, now: datetime) -> bool:
    """Whether the learner's pause still lasts, by their own calendar."""
    today = now.astimezone(contract.user.zone).date()
    return contract.paused_until is not None and today < contract.paused_until

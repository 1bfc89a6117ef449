"""The planner: a row in the outbox for every learner whose reminder is due, and the time of the next one."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Coalesce, TruncDate

from learning.models import ReminderContract
from learning.reminders import contract as contracts
from learning.reminders import farewell
from learning.reminders.local_time import resolve
from learning.reminders.standing import KIND
from mailing import control, outbox
from mailing.clock import Watch
from mailing.models import OutboxMail

logger = logging.getLogger(__name__)

BATCH = 500
CHUNK = 1000
PLAN_SECONDS = 45.0
WINDOW = timedelta(hours=3)
BEGIN_ANEW = "UPDATE public.learning_remindercontract SET computed_zone = '';"
"""What a restore ends with, in its own transaction: the next run computes every contract from its own `now`.
What fell due between backup and restore is left out, since it may have been sent."""


def plan(*, now: datetime) -> int:
    """Plan every reminder that is due, for at most 45 seconds, and return how many contracts were looked at.

    It may run twice or in parallel: a learner has one reminder per local date, whoever inserts it.
    """
    watch, planned = Watch(now), 0
    _follow_moves(now=now)
    while watch.seconds() < PLAN_SECONDS and (count := _plan_batch(now=now)):
        planned += count
    if planned:
        logger.info("reminders: %d planned", planned)
    return planned


@transaction.atomic
def _plan_batch(*, now: datetime) -> int:
    due = list(
        ReminderContract.objects.due(now)
        .select_related("user")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_due_at")[:BATCH]
    )
    if not due:
        return 0
    epoch = control.current().epoch
    outbox.put_all([mail for one in due if (mail := reminder(one, epoch=epoch, now=now)) is not None])
    counts = unanswered(one.user_id for one in due)
    gone = farewell.said_to([one.user_id for one in due])
    for one in due:
        one.unanswered = counts[one.user_id]
        contracts.schedule(one, now=now, said_goodbye=one.user_id in gone)
    contracts.store(due)
    return len(due)


def reminder(contract: ReminderContract, *, epoch: int, now: datetime) -> OutboxMail | None:
    """Return the mail for the contract's due date, to be put into the outbox; None if it is not due yet.

    It goes out within three hours of the chosen time or not at all.
    """
    day = contract.next_local_date
    due_at = resolve(day, contract.local_time, contract.user.zone) if day else None
    if day is None or due_at is None or due_at > now:
        return None
    return outbox.prepare(
        user_id=contract.user_id,
        kind=KIND,
        slot=f"{KIND}:{day.isoformat()}",
        priority=OutboxMail.Priority.REMINDER,
        due_at=due_at,
        not_after=due_at + WINDOW,
        epoch=epoch,
        now=now,
    )


def unanswered(user_ids: Iterable[int]) -> Counter[int]:
    """Count by learner the reminders sent on days (UTC) after they were last here. One query."""
    last_here = Coalesce("user__last_seen_on", TruncDate("user__created_at", tzinfo=UTC))
    return Counter(
        dict(
            OutboxMail.objects.filter(user__in=list(user_ids), kind=KIND, state=OutboxMail.State.SENT)
            .annotate(sent_on=TruncDate("sent_at", tzinfo=UTC))
            .filter(sent_on__gt=last_here)
            .values_list("user")
            .annotate(Count("pk"))
        )
    )


def _follow_moves(*, now: datetime) -> None:
    """Compute anew for learners who changed their time zone."""
    while ids := list(ReminderContract.objects.moved().values_list("pk", flat=True)[:CHUNK]):
        _recompute_chunk(ids, now=now)


def recompute(*, now: datetime) -> int:
    """Compute the next reminder of every contract anew, and return how many have moved.

    For new time-zone data, and for learners who are back after a long time. What is due is left to `plan`.
    """
    moved, last = 0, 0
    contracts_on = ReminderContract.objects.filter(enabled=True).order_by("pk")
    while ids := list(contracts_on.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        moved += _recompute_chunk(ids, now=now)
        last = ids[-1]
    return moved


@transaction.atomic
def _recompute_chunk(ids: Sequence[int], *, now: datetime) -> int:
    rows = list(
        ReminderContract.objects.filter(pk__in=ids, enabled=True)
        .select_related("user")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    gone = farewell.said_to([row.user_id for row in rows])
    moved = []
    for row in rows:
        before = (row.next_due_at, row.computed_zone)
        is_due = row.next_due_at is not None and row.next_due_at <= now
        if is_due and row.computed_zone == row.user.zone.key:
            continue
        contracts.schedule(row, now=now, said_goodbye=row.user_id in gone)
        if (row.next_due_at, row.computed_zone) != before:
            moved.append(row)
    contracts.store(moved)
    return len(moved)

"""From "Tuesdays at 18:00 where I live" to instants. Pure; knows gaps, folds and days that do not exist."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=400)
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One day's reminder: the learner's local date, and the instant (UTC) that the chosen hour is on it."""

    day: date
    due_at: datetime


def resolve(day: date, wall_time: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant (UTC) when clocks in `zone` show `wall_time` on `day`; None if there is no such day.

    Where the clocks jump over that time, it is shifted forward by the length of the jump (02:30 becomes
    03:30); if that would leave the day, it is the last second before the jump. Where the clocks show it
    twice, it is the first time.
    """
    wall = datetime.combine(day, wall_time)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).date() == day:
        return instant
    before_jump = _last_second_before_jump(wall, zone)
    return before_jump if before_jump.astimezone(zone).date() == day else None


def _last_second_before_jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the last second (UTC) before the jump that leaves out `wall`."""
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # by the offset after the jump: before it
    late = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)  # by the offset before the jump: after it
    offset = early.astimezone(zone).utcoffset()
    while late - early > ONE_SECOND:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return early.replace(microsecond=0)


def slots(
    *, weekdays: Collection[int], wall_time: time, zone: ZoneInfo, now: datetime, from_day: date | None = None
) -> Iterator[Slot]:
    """Give the reminders that lie after `now`, in order, for about a year.

    `weekdays` are ISO numbers (1 = Monday). `from_day`: the first local date that may have one.
    """
    today = now.astimezone(zone).date()
    day = max(today, from_day or today)
    while day <= today + HORIZON:
        if day.isoweekday() in weekdays:
            due_at = resolve(day, wall_time, zone)
            if due_at is not None and due_at > now:
                yield Slot(day, due_at)
        day += timedelta(days=1)

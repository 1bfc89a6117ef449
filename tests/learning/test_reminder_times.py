"""Which instant "Tuesdays at 18:00 where I live" is, in every zone and through every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.reminders.local_time import resolve, slots

ZONES = sorted(available_timezones())
HARD_ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Santiago",
    "America/Asuncion",
    "Asia/Beirut",
    "America/Nuuk",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "UTC",
)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@cache
def offsets(day: date, zone: ZoneInfo) -> set[timedelta]:
    """Every offset that the zone has within two days of a date."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    instants = (noon + timedelta(hours=hours) for hours in range(-48, 49))
    return {offset for one in instants if (offset := one.astimezone(zone).utcoffset()) is not None}


def instants_of(day: date, wall_time: time, zone: ZoneInfo) -> list[datetime]:
    """Every instant at which the zone's clocks show this date and time, by trying all offsets."""
    wall = datetime.combine(day, wall_time)
    tries = ((wall - offset).replace(tzinfo=UTC) for offset in offsets(day, zone))
    return sorted(one for one in tries if one.astimezone(zone).replace(tzinfo=None) == wall)


def check(day: date, wall_time: time, zone: ZoneInfo) -> None:
    """A due instant is on the date asked for, at the time asked for, or shifted over a jump."""
    due_at, exact = resolve(day, wall_time, zone), instants_of(day, wall_time, zone)
    assert due_at is not None
    local = due_at.astimezone(zone).replace(tzinfo=None)
    assert local.date() == day
    if exact:
        assert due_at == exact[0]  # the first, where the clocks show it twice
    else:
        jump = max(offsets(day, zone)) - min(offsets(day, zone))
        shifted = datetime.combine(day, wall_time) + jump
        assert local == shifted or (shifted.date() != day and local < datetime.combine(day, wall_time))


@settings(max_examples=400, deadline=None)
@given(DAYS, TIMES, st.sampled_from(ZONES))
def test_every_date_has_one_instant_at_the_time_asked_for(day: date, wall_time: time, name: str) -> None:
    check(day, wall_time, ZoneInfo(name))


@pytest.mark.parametrize("name", HARD_ZONES)
def test_the_days_of_every_change_of_the_clocks_until_2032_have_one_instant_each(name: str) -> None:
    zone = ZoneInfo(name)
    instants = [datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(9 * 366)]
    changes = [
        late.astimezone(zone).date()
        for early, late in pairwise(instants)
        if early.astimezone(zone).utcoffset() != late.astimezone(zone).utcoffset()
    ]
    for change in changes:
        for day in (change - timedelta(days=1), change, change + timedelta(days=1)):
            for quarter in range(96):
                check(day, time(quarter // 4, quarter % 4 * 15), zone)


@pytest.mark.parametrize(
    ("zone", "day", "asked", "gets"),
    [
        ("America/New_York", date(2026, 3, 8), "02:30", "03:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "02:45"),
        ("America/Santiago", date(2026, 9, 6), "00:15", "01:15"),
        ("America/New_York", date(2026, 11, 1), "01:30", "01:30"),
    ],
)
def test_a_time_that_the_clocks_jump_over_is_shifted_by_the_jump(
    zone: str, day: date, asked: str, gets: str
) -> None:
    due_at = resolve(day, time.fromisoformat(asked), ZoneInfo(zone))
    assert due_at is not None
    assert f"{due_at.astimezone(ZoneInfo(zone)):%H:%M}" == gets


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    assert resolve(date(2026, 10, 25), time(1, 30), ZoneInfo("Europe/London")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_jump_that_would_leave_the_day_gives_the_last_second_before_it() -> None:
    zone = ZoneInfo("America/Nuuk")  # on 28 March 2026, 22:59:59 was followed by the 29th, 00:00:00
    due_at = resolve(date(2026, 3, 28), time(23, 30), zone)
    assert due_at is not None
    assert due_at.astimezone(zone).replace(tzinfo=None) == datetime(2026, 3, 28, 22, 59, 59)


def test_a_date_that_does_not_exist_has_no_instant() -> None:
    assert resolve(date(2011, 12, 30), time(18), ZoneInfo("Pacific/Apia")) is None


@settings(deadline=None)
@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    weekdays=st.sets(st.integers(1, 7)),
    wall_time=TIMES,
    name=st.sampled_from(ZONES),
)
def test_coming_reminders_lie_ahead_in_order_one_a_date_on_the_chosen_weekdays(
    now: datetime, weekdays: set[int], wall_time: time, name: str
) -> None:
    coming = slots(weekdays=weekdays, wall_time=wall_time, zone=ZoneInfo(name), now=now)
    found = [slot for slot, _ in zip(coming, range(10), strict=False)]
    assert len(found) == (10 if weekdays else 0)
    assert all(now < early.due_at < late.due_at and early.day < late.day for early, late in pairwise(found))
    assert {slot.day.isoweekday() for slot in found} <= weekdays


def test_a_pause_moves_the_first_reminder_behind_it() -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    first = next(
        slots(weekdays={6}, wall_time=time(18), zone=ZoneInfo("UTC"), now=now, from_day=date(2026, 12, 5))
    )
    assert first.day == date(2026, 12, 5)

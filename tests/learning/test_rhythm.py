"""How often somebody is asked and how much at a time, as rules over dates."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import rhythm
from learning.rhythm import CEILING, SET, Plan, Rhythm, Window

DAY = timedelta(days=1)
TODAY = date(2026, 11, 21)
"""A Saturday."""
MONDAY = date(2026, 11, 23)
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
due_lists = st.lists(st.integers(-40, 400).map(lambda n: TODAY + n * DAY), max_size=80)
plans = st.builds(
    Plan, st.sampled_from(Rhythm), st.none() | st.integers(-10, 40).map(lambda n: TODAY + n * DAY)
)


@pytest.mark.parametrize(
    ("chosen", "window"),
    [
        (Rhythm.DAILY, Window(TODAY, TODAY, CEILING)),
        (Rhythm.WEEKLY, Window(date(2026, 11, 16), date(2026, 11, 22), SET)),
        (Rhythm.MONTHLY, Window(date(2026, 11, 1), date(2026, 11, 30), SET)),
        (Rhythm.STOPPED, Window(TODAY, TODAY, 0)),
    ],
)
def test_a_set_is_of_a_day_a_week_a_month_or_nothing(chosen: Rhythm, window: Window) -> None:
    assert rhythm.window(chosen, TODAY) == window


def test_a_month_ends_on_its_last_day() -> None:
    assert rhythm.window(Rhythm.MONTHLY, date(2028, 2, 10)).until == date(2028, 2, 29)
    assert rhythm.window(Rhythm.MONTHLY, date(2026, 12, 31)).until == date(2026, 12, 31)


@given(st.sampled_from(Rhythm), dates)
def test_a_day_lies_in_its_window_and_the_next_window_follows_at_once(chosen: Rhythm, day: date) -> None:
    window = rhythm.window(chosen, day)
    assert window.since <= day <= window.until
    assert rhythm.window(chosen, window.until + DAY).since == window.until + DAY


def test_whoever_was_asked_nothing_for_two_months_is_back_and_begins_with_a_small_set() -> None:
    assert rhythm.is_back([TODAY - 200 * DAY, TODAY - 60 * DAY], today=TODAY)
    assert not rhythm.is_back([TODAY - 200 * DAY, TODAY - 59 * DAY], today=TODAY)
    assert not rhythm.is_back([], today=TODAY)
    assert rhythm.window(Rhythm.DAILY, TODAY, back=True).most == SET


def test_whoever_is_back_stays_so_until_the_day_is_over() -> None:
    assert rhythm.is_back([TODAY - 80 * DAY, TODAY], today=TODAY)
    assert not rhythm.is_back([TODAY - 80 * DAY, TODAY], today=TODAY + DAY)


def test_before_an_interview_it_is_every_day() -> None:
    plan = Plan(Rhythm.STOPPED, TODAY + 2 * DAY)
    assert [plan.on(TODAY + n * DAY) for n in range(3)] == [Rhythm.DAILY, Rhythm.DAILY, Rhythm.STOPPED]


def test_the_next_set_opens_when_something_is_due_but_not_within_the_open_window() -> None:
    week, late = Plan(Rhythm.WEEKLY), TODAY + 30 * DAY
    assert rhythm.next_set([TODAY, late], Plan(), today=TODAY) == TODAY + DAY
    assert rhythm.next_set([late], Plan(), today=TODAY) == late
    assert rhythm.next_set([TODAY, late], week, today=TODAY) == MONDAY
    assert rhythm.next_set([date(2026, 12, 3)], week, today=TODAY) == date(2026, 11, 30)
    assert rhythm.next_set([TODAY], Plan(Rhythm.MONTHLY), today=TODAY) == date(2026, 12, 1)
    assert rhythm.next_set([TODAY], Plan(Rhythm.STOPPED), today=TODAY) is None
    assert rhythm.next_set([], Plan(), today=TODAY) is None


def test_the_forecast_puts_each_card_to_its_day() -> None:
    due = [TODAY + 2 * DAY, TODAY + 40 * DAY]
    ahead = rhythm.forecast(due, Plan(), today=TODAY, first=2, days=14)
    assert len(ahead) == 14
    assert ahead[:3] == [(TODAY, 2), (TODAY + DAY, 0), (TODAY + 2 * DAY, 1)]
    assert sum(count for _, count in ahead) == 3


def test_what_does_not_fit_below_a_days_ceiling_waits_for_the_next() -> None:
    ahead = rhythm.forecast([TODAY - DAY] * 35, Plan(), today=TODAY, first=15, days=4)
    assert [count for _, count in ahead] == [15, 20, 15, 0]


def test_a_weekly_forecast_asks_on_mondays_what_falls_due_in_the_week() -> None:
    due = [MONDAY, MONDAY + 6 * DAY, MONDAY + 7 * DAY]
    ahead = rhythm.forecast(due, Plan(Rhythm.WEEKLY), today=TODAY, first=3, days=14)
    assert {day: count for day, count in ahead if count} == {TODAY: 3, MONDAY: 2, MONDAY + 7 * DAY: 1}


@given(due_lists, plans)
def test_no_forecast_shows_more_than_a_set_or_than_there_is(due: list[date], plan: Plan) -> None:
    ahead = rhythm.forecast(due, plan, today=TODAY, first=0, days=60)
    assert all(0 <= count <= plan.window(day).most for day, count in ahead)
    for n in range(60):
        until = TODAY + 31 * DAY + n * DAY
        assert sum(count for _, count in ahead[: n + 1]) <= sum(day <= until for day in due)


@given(due_lists, plans)
def test_the_next_set_is_the_first_of_the_forecast(due: list[date], plan: Plan) -> None:
    ahead = rhythm.forecast(due, plan, today=TODAY, first=0, days=500)
    first = next((day for day, count in ahead if count), None)
    assert rhythm.next_set(due, plan, today=TODAY) == first


@given(st.integers(0, 900), st.integers(-3, 40))
def test_before_an_interview_all_is_spread_evenly_within_the_ceiling(cards: int, days: int) -> None:
    found = rhythm.spread(cards, first=TODAY, before=TODAY + days * DAY)
    a_day = Counter(found)
    assert found == sorted(found)
    assert all(TODAY <= day < TODAY + days * DAY for day in found)
    assert len(found) == min(cards, max(0, days) * CEILING)
    assert max(a_day.values(), default=0) <= CEILING
    assert max(a_day.values(), default=0) <= -(-len(found) // max(1, days))

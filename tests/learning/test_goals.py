"""The week goal: local dates only, weeks from Monday, rows of weeks that count what really held."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from learning import goals
from learning.models import WeekGoal

DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))
MONDAY = date(2026, 11, 16)


def week(*weekdays: int, weeks_ago: int = 0) -> list[date]:
    """Study days of one week; 0 is Monday."""
    return [MONDAY - weeks_ago * goals.WEEK + timedelta(days=day) for day in weekdays]


def test_days_of_this_week_count_towards_the_goal() -> None:
    found = goals.week_of(MONDAY + timedelta(days=4), study_days=week(0, 3), goals={MONDAY: 3})
    assert (found.days, found.goal, found.missing, found.sunday) == (2, 3, 1, date(2026, 11, 22))


def test_the_week_begins_on_monday() -> None:
    sunday = MONDAY - timedelta(days=1)
    assert goals.week_of(MONDAY, study_days=[sunday], goals={}).days == 0
    assert goals.week_of(sunday, study_days=[sunday], goals={}).days == 1


def test_weeks_in_a_row_count_back_from_last_week() -> None:
    days = week(0, 1, weeks_ago=1) + week(2, 6, weeks_ago=2) + week(1, weeks_ago=3)
    found = goals.week_of(MONDAY, study_days=days, goals={date(2026, 1, 5): 2})
    assert found.in_a_row == 2


def test_this_week_joins_the_row_as_soon_as_it_is_met() -> None:
    days = week(0, 1) + week(0, 1, weeks_ago=1)
    assert (
        goals.week_of(MONDAY + timedelta(days=1), study_days=days, goals={date(2026, 1, 5): 2}).in_a_row == 2
    )


def test_a_missed_week_breaks_the_row() -> None:
    days = week(0, 1, weeks_ago=2)
    assert goals.week_of(MONDAY, study_days=days, goals={date(2026, 1, 5): 2}).in_a_row == 0


def test_weeks_before_the_first_goal_do_not_count() -> None:
    days = week(0, weeks_ago=1) + week(0, weeks_ago=2)
    assert goals.week_of(MONDAY, study_days=days, goals={MONDAY - goals.WEEK: 1}).in_a_row == 1


def test_a_new_goal_leaves_past_weeks_as_they_were() -> None:
    days = week(0, weeks_ago=1) + week(0, weeks_ago=2)
    found = goals.week_of(MONDAY, study_days=days, goals={date(2026, 1, 5): 1, MONDAY: 7})
    assert (found.goal, found.in_a_row) == (7, 2)


@given(today=DATES)
def test_every_date_lies_in_the_week_of_its_monday(today: date) -> None:
    monday = goals.monday_of(today)
    assert monday.weekday() == 0
    assert monday <= today < monday + goals.WEEK


@given(
    today=DATES,
    back=st.lists(st.integers(0, 500), max_size=200),
    goal=st.integers(1, 7),
    since=st.integers(0, 80),
)
def test_a_row_is_exactly_the_met_weeks_before_the_first_unmet_one(
    today: date, back: list[int], goal: int, since: int
) -> None:
    monday = goals.monday_of(today)
    days = {today - timedelta(days=n) for n in back}
    first = monday - since * goals.WEEK
    found = goals.week_of(today, study_days=days, goals={first: goal})

    def met(start: date) -> bool:
        return start >= first and sum(start <= day < start + goals.WEEK for day in days) >= goal

    assert found.days == sum(day >= monday for day in days) <= 7
    assert found.in_a_row <= goals.ROW_LIMIT
    last = 0 if met(monday) else 1
    assert all(met(monday - n * goals.WEEK) for n in range(last, last + found.in_a_row))
    assert found.in_a_row == goals.ROW_LIMIT or not met(monday - (last + found.in_a_row) * goals.WEEK)


@given(today=DATES, back=st.lists(st.integers(0, 100), max_size=60), moved=st.integers(-50, 50))
def test_moving_everything_by_whole_weeks_changes_nothing(today: date, back: list[int], moved: int) -> None:
    days = [today - timedelta(days=n) for n in back]
    start = goals.monday_of(today) - 20 * goals.WEEK
    shift = moved * goals.WEEK
    here = goals.week_of(today, study_days=days, goals={start: 2})
    there = goals.week_of(today + shift, study_days=[day + shift for day in days], goals={start + shift: 2})
    assert (here.days, here.in_a_row) == (there.days, there.in_a_row)


@pytest.mark.django_db
def test_a_goal_holds_from_the_monday_of_the_learners_own_calendar() -> None:
    # Sunday 22:00 in UTC is Monday morning in Auckland and still Sunday in New York.
    now = datetime(2026, 11, 15, 22, 0, tzinfo=UTC)
    east = User.objects.create_user("east@example.org", time_zone="Pacific/Auckland")
    west = User.objects.create_user("west@example.org", time_zone="America/New_York")
    assert goals.set_goal(user=east, days=3, now=now).from_monday == date(2026, 11, 16)
    assert goals.set_goal(user=west, days=3, now=now).from_monday == date(2026, 11, 9)


@pytest.mark.django_db
def test_setting_a_goal_twice_in_a_week_keeps_the_later() -> None:
    user = User.objects.create_user("learner@example.org")
    now = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
    goals.set_goal(user=user, days=3, now=now)
    goals.set_goal(user=user, days=5, now=now + timedelta(days=1))
    assert dict(user.week_goals.values_list("from_monday", "days")) == {MONDAY: 5}


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 8])
def test_the_database_refuses_goals_that_no_week_has(days: int) -> None:
    user = User.objects.create_user("learner@example.org")
    with pytest.raises(IntegrityError, match="goal_is_one_to_seven_days"):
        WeekGoal.objects.create(user=user, from_monday=MONDAY, days=days)

"""When the lessons left will be done: a span from one's own last weeks; nothing where they say nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import overview, pace
from learning.looking_back import Day

TODAY = date(2026, 11, 21)


def test_an_even_pace_is_a_single_day() -> None:
    found = pace.forecast([2, 2, 2, 2], left=4, today=TODAY)
    assert found == pace.Pace(4, 4, 2, 2, TODAY + timedelta(14), TODAY + timedelta(14))


def test_the_span_is_one_standard_error_to_both_sides() -> None:
    found = pace.forecast([1, 3], left=6, today=TODAY)  # mean 2, deviation 1.414, error 1
    assert found
    assert (found.slow, found.fast) == pytest.approx((1, 3))
    assert (found.early, found.late) == (TODAY + timedelta(14), TODAY + timedelta(42))


def test_where_the_slow_end_never_comes_there_is_no_last_day() -> None:
    found = pace.forecast([0, 4, 0, 0, 0, 0, 0, 0], left=2, today=TODAY)
    assert found
    assert found.late is None


@pytest.mark.parametrize("weeks", [[], [5], [0, 0, 0]])
def test_too_short_or_idle_a_past_says_nothing(weeks: list[int]) -> None:
    assert pace.forecast(weeks, left=5, today=TODAY) is None


def test_nobody_is_told_of_a_day_years_ahead() -> None:
    assert pace.forecast([1, 1], left=104, today=TODAY) is not None
    assert pace.forecast([1, 1], left=105, today=TODAY) is None


def test_with_nothing_left_there_is_nothing_to_say() -> None:
    assert pace.forecast([2, 2], left=0, today=TODAY) is None


def test_only_the_last_eight_weeks_count() -> None:
    assert pace.forecast([50, *[1] * 8], left=3, today=TODAY) == pace.forecast([1] * 8, left=3, today=TODAY)


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 200))
def test_the_span_holds_the_mean_and_more_lessons_take_longer(weeks: list[int], left: int) -> None:
    found, more = (
        pace.forecast(weeks, left=left, today=TODAY),
        pace.forecast(weeks, left=left + 1, today=TODAY),
    )
    if found is None:
        assert more is None
        return
    looked_at = weeks[-pace.LOOK_BACK :]
    assert found.slow <= sum(looked_at) / len(looked_at) <= found.fast
    assert TODAY < found.early <= (found.late or date.max)
    assert more is None or more.early >= found.early


def test_weeks_run_from_the_first_day_of_study_and_leave_out_the_one_under_way() -> None:
    monday = TODAY - timedelta(days=TODAY.weekday())
    days = [
        Day(monday - timedelta(days=20), lessons=3),
        Day(monday - timedelta(days=1), lessons=1),
        Day(TODAY, lessons=9),
    ]
    assert overview.lessons_a_week(days, today=TODAY) == [3, 0, 1]
    assert overview.lessons_a_week([], today=TODAY) == []


def test_one_is_compared_with_ones_own_past_only() -> None:
    ago = [Day(TODAY - timedelta(days=n), lessons=1, seconds=600) for n in (60, 55, 30, 27, 0)]
    assert overview.lately(ago, today=TODAY) == overview.Lately(days=2, before=2, minutes=20)

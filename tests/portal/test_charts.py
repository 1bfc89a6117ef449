"""Where the marks of the charts stand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import overview
from learning.looking_back import Day, Score
from portal import charts


def score(credit: str, questions: int = 4) -> Score:
    """A quiz handed in, with its pass mark at 70 %."""
    at = datetime(2026, 11, 18, tzinfo=UTC)
    return Score(
        "1",
        "Quiz",
        1,
        at,
        Decimal(credit),
        questions,
        70,
        passed=Decimal(credit) / questions >= Decimal("0.7"),
    )


@given(today=st.dates(date(2000, 1, 1), date(2100, 1, 1)), back=st.integers(0, 300))
def test_every_day_has_a_place_of_its_own_inside_the_chart(today: date, back: int) -> None:
    weeks = overview.calendar([Day(today - timedelta(days=back), answers=3)], today=today)
    chart = charts.calendar(weeks)
    assert len({(cell.x, cell.y) for cell in chart.cells}) == len(chart.cells)
    assert all(cell.x + 16 <= chart.width and cell.y + 16 <= chart.height for cell in chart.cells)


@given(today=st.dates(date(2000, 1, 1), date(2100, 1, 1)), back=st.integers(0, 300))
def test_names_of_months_never_touch(today: date, back: int) -> None:
    weeks = overview.calendar([Day(today - timedelta(days=back), answers=3)], today=today)
    chart = charts.calendar(weeks)
    places = [x for x, _ in chart.months]
    assert places[-1] + 28 <= chart.width
    assert all(after - before >= 3 * charts.PITCH for before, after in pairwise(places))


@pytest.mark.parametrize(("amount", "level"), [(0, 0), (1, 1), (4, 1), (5, 2), (12, 2), (13, 3), (500, 3)])
def test_a_day_is_darker_the_more_was_done(amount: int, level: int) -> None:
    assert charts.level(amount) == level


def test_a_bar_is_as_high_as_its_score() -> None:
    chart = charts.scores([score("4"), score("2"), score("0")])
    assert [bar.height for bar in chart.bars] == [120, 60, 1]
    assert all(bar.y + bar.height == chart.bottom for bar in chart.bars)
    assert chart.bars[0].mark_y == chart.bottom - 84


def test_a_score_just_below_the_mark_is_not_rounded_up_to_it() -> None:
    assert score("6.999", questions=10).per_cent == 69


def test_one_bar_stays_a_bar() -> None:
    assert charts.scores([score("4")]).width == charts.scores([score("4")] * 6).width

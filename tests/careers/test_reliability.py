"""How statements hang together over people: worked examples and bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careers import reliability
from careers.agreement import ScaleAgreement
from careers.models import Scale

tables = st.integers(2, 6).flatmap(
    lambda items: st.lists(
        st.lists(st.integers(0, 4).map(lambda step: step * 25), min_size=items, max_size=items),
        min_size=2,
        max_size=30,
    )
)


def test_items_that_say_the_same_have_an_alpha_of_one() -> None:
    rows = [[points] * 4 for points in (0, 25, 50, 100)]
    assert reliability.alpha(rows) == pytest.approx(1)
    assert reliability.rest_correlations(rows) == [pytest.approx(1)] * 4


def test_a_worked_example_of_alpha() -> None:
    rows = [[2, 3], [4, 4], [3, 5], [5, 4]]  # variances 5/3 and 2/3, of the sums 3: 2 * (1 - 7/9)
    assert reliability.alpha(rows) == pytest.approx(4 / 9)


def test_an_alpha_below_zero_is_told_with_a_minus_sign() -> None:
    told = str(ScaleAgreement(Scale(name="Product"), 40, -0.25, []))
    assert "alpha \N{MINUS SIGN}0.25, n = 40" in told


def test_an_item_that_runs_against_the_others_stands_out() -> None:
    rows = [[points, points, 100 - points] for points in (0, 25, 75, 100)]
    *_, odd = reliability.rest_correlations(rows)
    assert odd is not None
    assert odd < reliability.LEAST_CORRELATION


@given(tables)
def test_alpha_is_at_most_one_and_correlations_lie_between_minus_one_and_one(rows: list[list[int]]) -> None:
    found = reliability.alpha(rows)
    assert found is None or found <= 1 + 1e-9
    assert all(each is None or -1 <= each <= 1 for each in reliability.rest_correlations(rows))


def test_where_nobody_differs_nothing_is_said() -> None:
    assert reliability.alpha([[50, 50], [50, 50]]) is None
    assert reliability.alpha([[50]]) is None
    assert reliability.rest_correlations([[50, 50], [50, 50]]) == [None, None]
    assert reliability.rest_correlations([]) == []

"""What answers say about a question: bounds and symmetries that hold for any answers, and known examples."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import item_statistics
from learning.item_statistics import LEAST, Observation, report

shares = st.floats(0, 1, allow_nan=False)
observations = st.builds(
    Observation,
    credit=shares,
    rest=st.none() | shares,
    chosen=st.frozensets(st.sampled_from("abc"), max_size=2),
    seconds=st.none() | st.floats(0, 3600),
)
many = st.lists(observations, min_size=LEAST, max_size=40)
OPTIONS = [("a", True), ("b", False), ("c", False)]


def people(right: int, wrong: int, *, rest: tuple[float, float] = (0.8, 0.4)) -> list[Observation]:
    """So many who were right, and so many who picked b, with how well each group does elsewhere."""
    known = [Observation(1, rest[0] + at / 1000, frozenset("a"), 20 + at) for at in range(right)]
    return known + [Observation(0, rest[1] + at / 1000, frozenset("b"), 60) for at in range(wrong)]


@given(many)
def test_shares_lie_between_none_and_all_and_correlations_between_minus_one_and_one(
    seen: list[Observation],
) -> None:
    found = report(seen, OPTIONS)
    assert found.facility is not None
    assert 0 <= found.facility <= 1
    assert found.discrimination is None or -1 <= found.discrimination <= 1
    assert all(0 <= option.share <= 1 for option in found.options)


@given(many)
def test_the_order_of_the_answers_says_nothing(seen: list[Observation]) -> None:
    assert report(seen[::-1], OPTIONS) == report(seen, OPTIONS), "sums are exact (fsum)"


@given(many)
def test_a_key_turned_around_turns_the_discrimination_around(seen: list[Observation]) -> None:
    turned = [replace(each, credit=1 - each.credit) for each in seen]
    before, after = item_statistics.discrimination(seen), item_statistics.discrimination(turned)
    if before is not None and after is not None and abs(before) > 1e-6:
        assert after == pytest.approx(-before, abs=1e-6)


@given(st.lists(observations, max_size=LEAST - 1))
def test_below_thirty_people_nothing_is_said(seen: list[Observation]) -> None:
    found = report(seen, OPTIONS)
    assert found.silent
    assert (found.facility, found.discrimination, found.finding, found.options) == (None, None, "", ())


def test_the_point_biserial_of_a_known_example() -> None:
    """Three right (rest 0.9, 0.8, 0.7), two wrong (0.5, 0.4): (0.8 - 0.45) / 0.18547 * sqrt(0.24)"""
    known = [Observation(1, rest) for rest in (0.9, 0.8, 0.7)] + [Observation(0, rest) for rest in (0.5, 0.4)]
    assert item_statistics.discrimination(known) == pytest.approx(0.92447, abs=1e-4)


@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        (people(20, 12), "dead_option"),
        (people(20, 12, rest=(0.4, 0.8)), "key"),
        (people(5, 30), "too_hard"),
        (people(20, 20, rest=(0.5, 0.5)), "tells_little"),
        (people(40, 1), "too_easy"),
    ],
)
def test_the_worst_thing_is_named_and_nothing_else(seen: list[Observation], finding: str) -> None:
    assert report(seen, OPTIONS).finding == finding


def test_an_item_that_works_has_no_finding() -> None:
    working: Sequence[Observation] = [
        *people(20, 12),
        *(Observation(0, 0.3, frozenset("c")) for _ in range(8)),
    ]
    found = report(working, OPTIONS)
    assert found.finding == ""
    assert found.median_seconds == pytest.approx(35.5)


def test_the_option_whose_pickers_do_best_is_suspected_to_be_right() -> None:
    assert report(people(20, 12, rest=(0.4, 0.8)), OPTIONS).suspect == "b"
    assert report(people(20, 12), OPTIONS).suspect == ""


def test_where_all_answer_alike_there_is_no_correlation() -> None:
    assert item_statistics.discrimination([Observation(1, 0.5)] * 40) is None
    assert item_statistics.discrimination([Observation(at % 2, None) for at in range(40)]) is None

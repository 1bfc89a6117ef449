"""Shown and remembered, how sure against how right, and mistaken ideas: rules without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning import calibration, mastery, misconceptions
from learning.calibration import Bin
from learning.mastery import Graded
from learning.misconceptions import Said, Standing

NOW = datetime(2026, 11, 21, tzinfo=UTC)
graded = st.builds(Graded, st.integers(1, 4), st.integers(0, 1000).map(lambda n: n / 1000))
ideas = st.frozensets(st.sampled_from("abc"))


def answers(*credits: float, questions: tuple[int, ...] = (1, 2, 3)) -> list[Graded]:
    return [Graded(question, credit) for question, credit in zip(questions, credits, strict=False)]


@pytest.mark.parametrize("credits", [(1, 1, 1), (1, 0.4, 1), (0.8, 0.8, 0.8)])
def test_three_good_answers_show_an_objective(credits: tuple[float, ...]) -> None:
    assert mastery.mastered(answers(*credits))


@pytest.mark.parametrize("credits", [(), (1,), (1, 1), (1, 0.399, 1), (0, 1, 1), (0.799, 0.8, 0.8)])
def test_too_few_or_too_weak_answers_do_not(credits: tuple[float, ...]) -> None:
    assert not mastery.mastered(answers(*credits))


def test_one_question_three_times_is_not_enough() -> None:
    assert not mastery.mastered(answers(1, 1, 1, questions=(7, 7, 7)))
    assert mastery.mastered(answers(1, 1, 1, questions=(7, 8, 7)))


def test_it_may_fall_again() -> None:
    assert not mastery.mastered([Graded(1, 0.0), *answers(1, 1, 1)])


@given(st.lists(graded, max_size=8), st.lists(graded, max_size=8))
def test_only_the_last_three_count(last: list[Graded], before: list[Graded]) -> None:
    newest = last[:3]
    if len(newest) == 3:
        assert mastery.mastered([*newest, *before]) == mastery.mastered(newest)


@given(st.lists(graded, min_size=3, max_size=3), st.integers(0, 2))
def test_a_better_answer_never_takes_it_away(newest: list[Graded], at: int) -> None:
    better = [Graded(each.question, 1.0) if n == at else each for n, each in enumerate(newest)]
    assert mastery.mastered(better) >= mastery.mastered(newest)


@given(st.lists(st.floats(0, 1), max_size=60))
def test_nobody_remembers_more_than_they_met(recalls: list[float]) -> None:
    assert 0 <= mastery.remembered(recalls) <= len(recalls)


def test_remembered_is_the_sum_of_predicted_recall() -> None:
    assert mastery.remembered([0.9, 0.9, 0.5, 0.3]) == 3
    assert mastery.remembered([]) == 0


def test_bins_count_answers_and_those_all_right() -> None:
    given_answers = [("sure", 1.0), ("sure", 0.667), ("guess", 0.0), ("", 1.0), ("sure", 1.0)]
    assert calibration.bins(given_answers) == [Bin("guess", 1, 0), Bin("think_so", 0, 0), Bin("sure", 3, 2)]
    assert [each.per_cent for each in calibration.bins(given_answers)] == [0, None, 66]


@given(st.lists(st.tuples(st.sampled_from(["", "guess", "think_so", "sure"]), st.floats(0, 1))))
def test_every_answer_that_says_how_sure_is_in_one_bin(pairs: list[tuple[str, float]]) -> None:
    found = calibration.bins(pairs)
    assert sum(each.answers for each in found) == sum(bool(sureness) for sureness, _ in pairs)
    assert all(0 <= each.right <= each.answers for each in found)
    assert calibration.bins(reversed(pairs)) == found


def said(day: int, offered: str, fallen_for: str = "") -> Said:
    return Said(NOW + timedelta(days=day), list(offered), list(fallen_for))


def test_an_idea_is_open_until_it_is_met_without_falling_for_it() -> None:
    assert misconceptions.standing([said(1, "ab", "a")]) == Standing(["a"], [])
    assert misconceptions.standing([said(1, "ab", "a"), said(2, "b")]) == Standing(["a"], [])
    assert misconceptions.standing([said(1, "ab", "a"), said(2, "a")]) == Standing([], ["a"])
    again = [said(1, "a", "a"), said(2, "a"), said(3, "a", "a")]
    assert misconceptions.standing(again) == Standing(["a"], [])


def test_an_idea_never_fallen_for_is_not_spoken_of() -> None:
    assert misconceptions.standing([said(1, "abc")]) == Standing([], [])


@given(st.lists(st.tuples(st.integers(1, 9), ideas, ideas), unique_by=lambda each: each[0]))
def test_open_and_cleared_share_out_what_was_fallen_for(
    history: list[tuple[int, frozenset[str], frozenset[str]]],
) -> None:
    told = [Said(NOW + timedelta(days=day), offered, fallen & offered) for day, offered, fallen in history]
    found = misconceptions.standing(told)
    assert not set(found.open) & set(found.cleared)
    assert set(found.open) | set(found.cleared) == {key for each in told for key in each.fallen_for}
    assert misconceptions.standing(reversed(told)) == found

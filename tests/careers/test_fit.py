"""The pure scoring of the fit check: ranges, verdicts, doubts, evidence; held for any answers."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careers import fit
from careers.fit import Answer, Question, Range

values = st.integers(1, 5)
scales = st.sampled_from(fit.SCALES)


def statement(scale: str, value: int, *, reverse: bool = False, key: str = "") -> Answer:
    """An answered statement."""
    points = fit.statement_points(value, reverse=reverse)
    product, project = (points, None) if scale == "product" else (None, points)
    return Answer(key or f"{scale}-{value}-{reverse}", product, project, value, reverse)


def scenario(product: int, project: int, key: str = "case") -> Answer:
    """An answered scenario."""
    return Answer(key, fit.option_points(product), fit.option_points(project))


answers = st.lists(
    st.one_of(
        st.builds(statement, scales, values, reverse=st.booleans()),
        st.builds(scenario, st.integers(0, 2), st.integers(0, 2)),
    ),
    max_size=40,
)


def mirrored(answer: Answer) -> Answer:
    """The same answer with product and project changed over."""
    return Answer(answer.key, answer.project, answer.product, answer.value, answer.reverse)


@given(answers)
def test_ranges_stay_between_0_and_100_and_are_never_narrower_than_5(given_: list[Answer]) -> None:
    found = fit.score(given_)
    for one in (found.product, found.project) if found else ():
        assert 0 <= one.low <= one.score <= one.high <= 100
        assert one.error >= fit.LEAST_ERROR


@given(answers)
def test_changing_the_roles_over_changes_the_result_over(given_: list[Answer]) -> None:
    found, other = fit.score(given_), fit.score(map(mirrored, given_))
    if found is None or other is None:
        assert found is other
    else:
        assert (found.product, found.project, found.verdict) == (other.project, other.product, other.verdict)
        assert {found.side, other.side} in ({"product", "project"}, {""})


@given(answers, st.randoms())
def test_the_order_of_answers_does_not_matter(given_: list[Answer], random: object) -> None:
    shuffled = list(given_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    found, other = fit.score(given_), fit.score(shuffled)
    assert (found is None) is (other is None)
    if found and other:
        assert found.product.score == pytest.approx(other.product.score)
        assert found.project.error == pytest.approx(other.project.error)


@given(values, scales)
def test_a_reversed_statement_is_worth_the_opposite(value: int, scale: str) -> None:
    plain, turned = statement(scale, value), statement(scale, 6 - value, reverse=True)
    assert (plain.product, plain.project) == (turned.product, turned.project)


@given(answers)
def test_more_agreement_with_product_never_lowers_it(given_: list[Answer]) -> None:
    found = fit.score(given_)
    more = fit.score([*given_, statement("product", 5)])
    if found and more:
        assert more.product.score >= found.product.score
        assert more.project == found.project


@given(answers)
def test_the_same_answers_twice_narrow_the_range_or_leave_it_at_the_least(given_: list[Answer]) -> None:
    found, twice = fit.score(given_), fit.score([*given_, *given_])
    if found and twice:
        assert twice.product.error <= found.product.error
        assert twice.product.score == pytest.approx(found.product.score)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(5, 60), st.floats(5, 60))
def test_the_verdict_follows_the_rule(product: float, project: float, one: float, other: float) -> None:
    verdict, side = fit.decide(Range(product, one), Range(project, other))
    ratio = abs(product - project) / (one**2 + other**2) ** 0.5
    if verdict == "clear":
        assert ratio > 1.96 - 1e-9
    elif verdict == "leaning":
        assert 1 - 1e-9 < ratio <= 1.96 + 1e-9
    else:
        assert ratio <= 1 + 1e-9
        assert (verdict == "neither") is (product < 50 and project < 50)
    assert side == (
        "" if verdict in ("balanced", "neither") else "product" if product > project else "project"
    )


def test_a_worked_example() -> None:
    given_ = [statement("product", value) for value in (5, 5, 4, 4)] + [
        statement("project", value) for value in (2, 1, 2, 1)
    ]
    found = fit.score(given_)
    assert found is not None
    assert (found.product.score, found.project.score) == (87.5, 12.5)
    assert found.product.error == pytest.approx(7.217, abs=0.001)  # 14.43 / sqrt(4)
    assert (found.verdict, found.side) == ("clear", "product")


def test_two_answers_on_each_scale_are_the_least() -> None:
    assert fit.score([statement("product", 5), scenario(2, 0)]) is None
    assert fit.score([scenario(2, 0), scenario(2, 0)]) is not None


def test_neither_is_both_low_and_close_balanced_is_not_low() -> None:
    low = [statement(scale, 2) for scale in fit.SCALES for _ in range(6)]
    high = [statement(scale, 4) for scale in fit.SCALES for _ in range(6)]
    assert [getattr(fit.score(each), "verdict", "") for each in (low, high)] == ["neither", "balanced"]


@given(values)
def test_one_word_for_all_is_doubted(value: int) -> None:
    same = [statement(scale, value, reverse=turned) for scale in fit.SCALES for turned in (False, True)] * 3
    assert fit.doubts(same) == [fit.Doubt("same")]


def test_agreeing_with_opposites_is_doubted_on_that_scale_alone() -> None:
    torn = [statement("product", 5, reverse=turned) for turned in (False, True)] * 3
    steady = [statement("project", 5 if not turned else 1, reverse=turned) for turned in (False, True)] * 3
    assert fit.doubts([*torn, *steady]) == [fit.Doubt("opposed", "product")]


@given(st.lists(st.integers(0, 1), min_size=12, max_size=12), st.booleans())
def test_who_answers_in_line_is_not_doubted(wobble: list[int], product: bool) -> None:
    kinds = [(scale, turned) for scale in fit.SCALES for turned in (False, True)] * 3
    agrees = [((scale == "product") is product) is not turned for scale, turned in kinds]
    steady = [
        statement(scale, (4 if agree else 1) + more, reverse=turned)
        for (scale, turned), agree, more in zip(kinds, agrees, wobble, strict=True)
    ]
    assert fit.doubts(steady) == []


@given(answers, scales)
def test_evidence_stands_on_its_own_side_the_strongest_first(given_: list[Answer], scale: fit.Scale) -> None:
    speaks_for, against = fit.strongest(given_, scale)
    assert len(speaks_for) <= 3
    assert len(against) <= 3
    alone = [each.on(scale) or 0 for each in speaks_for if each.value]
    assert alone == sorted(alone, reverse=True)
    assert all(each.on(scale) != 50 for each in [*speaks_for, *against] if each.value)


def test_a_scenario_that_speaks_for_both_is_evidence_for_neither() -> None:
    assert fit.strongest([scenario(1, 1), scenario(2, 2), scenario(0, 0)], "product") == ([], [])
    one = scenario(0, 2)
    assert fit.strongest([one], "project") == ([one], [])
    assert fit.strongest([one], "product") == ([], [one])


@given(
    st.permutations(
        [(scale, turned) for scale in fit.SCALES for turned in (False, True)] * 6 + [(None, False)] * 6
    )
)
def test_the_first_fourteen_are_balanced_in_whatever_order_they_were_written(
    kinds: list[tuple[fit.Scale | None, bool]],
) -> None:
    questions = [Question(str(number), scale, turned) for number, (scale, turned) in enumerate(kinds)]
    asked = fit.in_order(questions)
    assert sorted(each.key for each in asked) == sorted(each.key for each in questions)
    assert fit.first_part(questions) == 14
    first = asked[:12]
    for scale in fit.SCALES:
        assert sum(each.scale == scale and each.reverse for each in first) == 3
        assert sum(each.scale == scale and not each.reverse for each in first) == 3
    assert [each.scale for each in asked[12:14]] == [None, None]
    assert max(len(list(run)) for _, run in groupby(asked[:12], key=lambda each: each.scale)) == 1


@given(st.integers(0, 9))
def test_what_is_asked_again_is_half_of_the_first_twelve_in_turn(times: int) -> None:
    kinds = [(scale, turned) for scale in fit.SCALES for turned in (False, True)] * 6
    questions = [Question(str(number), scale, turned) for number, (scale, turned) in enumerate(kinds)]
    first = [each.key for each in fit.in_order(questions)[:12]]
    asked = fit.asked_again(questions, times=times)
    assert asked == (first[6:] if times % 2 else first[:6])
    sides = {each.key: each.scale for each in questions}
    assert sorted(str(sides[key]) for key in asked) == ["product"] * 3 + ["project"] * 3


def test_few_questions_make_a_short_first_part() -> None:
    assert fit.first_part([Question("a", "product"), Question("b", None)]) == 2


@pytest.mark.parametrize("value", [0, 6, -1])
def test_answers_that_do_not_exist_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        fit.statement_points(value, reverse=False)


@pytest.mark.parametrize("weight", [3, -1])
def test_weights_that_do_not_exist_are_refused(weight: int) -> None:
    with pytest.raises(ValueError, match="0 to 2"):
        fit.option_points(weight)

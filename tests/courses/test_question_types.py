"""Question types: every answer has a grade from nothing to all, and a better answer never earns less."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import question_types
from courses.grading import InvalidResponse

KEYS = ["a", "b", "c", "d", "e"]
BUCKETS = ["product", "project", "both"]
OPTIONS = [["x1", "a"], ["x2", "b"], ["x3", "c"]]


def body(type_: str, keys: list[str]) -> dict[str, Any]:
    """Return the body of a question with these choices."""
    choices = [{"key": key, "text": key.upper()} for key in keys]
    return {"type": type_, "choices": choices, "buckets": BUCKETS if type_ == "classify" else []}


def answer_key(truth: dict[str, Any]) -> dict[str, Any]:
    """Return a key in which a choice is right (True), wrong (False) or belongs to a bucket."""
    return {
        "choices": {
            key: {
                "correct": value is True,
                "bucket": value if isinstance(value, str) else None,
                "feedback": "",
                "misconception": {"key": f"wrong-{key}", "name": "", "correction": ""},
            }
            for key, value in truth.items()
        },
        "explanation": "",
    }


truths = st.dictionaries(st.sampled_from(KEYS), st.booleans(), min_size=2).filter(lambda t: any(t.values()))
sortings = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(BUCKETS), min_size=2)


@given(truths, st.sets(st.sampled_from([*KEYS, "foreign"])))
def test_multiple_is_worth_between_nothing_and_all(truth: dict[str, bool], chosen: set[str]) -> None:
    kind = question_types.get("multiple")
    grade = kind.grade(body("multiple", list(truth)), answer_key(truth), {"choices": sorted(chosen)})
    right = {key for key, value in truth.items() if value}
    assert 0 <= grade.credit <= 1
    assert (grade.credit == 1) == (chosen & truth.keys() == right)


@given(truths, st.sets(st.sampled_from(KEYS)))
def test_multiple_rises_with_each_right_choice_and_falls_with_each_wrong_one(
    truth: dict[str, bool], chosen: set[str]
) -> None:
    kind, key = question_types.get("multiple"), answer_key(truth)

    def credit(picked: set[str]) -> float:
        return kind.grade(body("multiple", list(truth)), key, {"choices": sorted(picked)}).credit

    for choice, right in truth.items():
        with_it, without = credit(chosen | {choice}), credit(chosen - {choice})
        assert with_it >= without if right else with_it <= without


@given(truths.filter(lambda truth: not all(truth.values())))
def test_ticking_everything_earns_nothing(truth: dict[str, bool]) -> None:
    kind = question_types.get("multiple")
    assert (
        kind.grade(body("multiple", list(truth)), answer_key(truth), {"choices": sorted(truth)}).credit == 0
    )


@given(truths, st.sets(st.sampled_from(KEYS)), st.randoms(use_true_random=False))
def test_the_order_of_choices_and_of_the_answer_does_not_matter(
    truth: dict[str, bool], chosen: set[str], random: Any
) -> None:
    kind, shuffled, keys = question_types.get("multiple"), sorted(chosen), list(truth)
    before = kind.grade(body("multiple", keys), answer_key(truth), {"choices": sorted(chosen)})
    random.shuffle(shuffled)
    random.shuffle(keys)
    mixed = {key: truth[key] for key in keys}
    assert kind.grade(body("multiple", keys), answer_key(mixed), {"choices": shuffled}) == before


@given(sortings, st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*BUCKETS, "nowhere"])))
def test_classify_is_the_share_of_items_in_their_bucket(
    truth: dict[str, str], given_: dict[str, str]
) -> None:
    kind = question_types.get("classify")
    grade = kind.grade(body("classify", list(truth)), answer_key(truth), {"buckets": given_})
    right = sum(given_.get(key) == bucket for key, bucket in truth.items())
    assert grade.credit == round(right / len(truth), 3)
    assert grade.misconceptions == sorted(
        f"wrong-{k}" for k in truth if k in given_ and given_[k] != truth[k]
    )


@given(st.sampled_from(["single", "true_false"]), st.sampled_from(KEYS), st.sampled_from([*KEYS, "foreign"]))
def test_one_choice_is_all_or_nothing(type_: str, right: str, chosen: str) -> None:
    truth = {key: key == right for key in KEYS}
    grade = question_types.get(type_).grade(body(type_, KEYS), answer_key(truth), {"choice": chosen})
    assert grade.credit == float(chosen == right)
    assert grade.misconceptions == ([] if chosen in (right, "foreign") else [f"wrong-{chosen}"])


@given(st.sampled_from(sorted(question_types.TYPES)), st.integers(0, 2**31), st.booleans())
def test_an_order_holds_every_choice_once_and_is_the_seeds(type_: str, seed: int, shuffle: bool) -> None:
    kind = question_types.get(type_)
    order = kind.order(body(type_, KEYS), seed, shuffle)
    assert sorted(order) == KEYS
    assert kind.order(body(type_, KEYS), seed, shuffle) == order
    if not shuffle or type_ == "true_false":
        assert order == KEYS


def test_shuffling_reaches_every_order() -> None:
    kind = question_types.get("single")
    assert len({tuple(kind.order(body("single", KEYS[:3]), seed, True)) for seed in range(200)}) == 6


@pytest.mark.parametrize(
    ("type_", "form", "response"),
    [
        ("single", {"option": ["x2"]}, {"choice": "b"}),
        ("true_false", {"option": ["x1"]}, {"choice": "a"}),
        ("multiple", {"option": ["x3", "x1"]}, {"choices": ["a", "c"]}),
        (
            "classify",
            {"bucket-x1": ["product"], "bucket-x2": ["both"], "bucket-x3": ["product"]},
            {"buckets": {"a": "product", "b": "both", "c": "product"}},
        ),
    ],
)
def test_a_form_is_read_by_public_ids(
    type_: str, form: dict[str, list[str]], response: dict[str, Any]
) -> None:
    assert question_types.get(type_).parse(form, body(type_, KEYS[:3]), OPTIONS) == response


@pytest.mark.parametrize(
    ("type_", "form", "words"),
    [
        ("single", {}, "Choose one answer."),
        ("single", {"option": ["x1", "x2"]}, "Choose one answer only."),
        ("single", {"option": ["a"]}, "belongs to another question"),
        ("true_false", {"option": ["gone"]}, "belongs to another question"),
        ("multiple", {}, "Choose at least one"),
        ("multiple", {"option": ["x1", "gone"]}, "belongs to another question"),
        ("classify", {"bucket-x1": ["product"]}, "Choose where each line belongs"),
        ("classify", {f"bucket-x{n}": ["nowhere"] for n in (1, 2, 3)}, "belongs to another question"),
    ],
)
def test_a_form_that_is_no_answer_is_refused_in_plain_words(
    type_: str, form: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(InvalidResponse, match=words):
        question_types.get(type_).parse(form, body(type_, KEYS[:3]), OPTIONS)

"""What keeps a question of each type from being published: where it is wrong, and how."""

from dataclasses import dataclass
from typing import Any

import pytest

from courses import question_types
from courses.question_types.shape import Draft, setting_faults


@dataclass(frozen=True)
class Choice:
    """A choice that is being written."""

    key: str
    text: str = "A text"
    correct: bool = False
    bucket: str = ""
    credit: float | None = None


RIGHT, WRONG = Choice("a", correct=True), Choice("b")
TWO = "a question has at least two choices"
TWICE = "says nothing that another form does not"
NUMBER: dict[str, Any] = {"answer": 40, "tolerance": 2, "unit": "EUR"}
NEAR_NUMBER = {"value": 43, "feedback": "Look."}
NEAR_TEXT = {"text": "cost", "feedback": "Look."}


def faults(type_: str, *choices: Choice, buckets: tuple[str, ...] = (), **settings: Any) -> list[Any]:
    """Return what is wrong with a question."""
    draft = Draft(choices, buckets, settings)
    return [(where, str(words)) for where, words in question_types.get(type_).faults(draft)]


def sort(key: str, bucket: str) -> Choice:
    return Choice(key, bucket=bucket)


def worth(key: str, credit: float | None) -> Choice:
    return Choice(key, credit=credit)


@pytest.mark.parametrize(
    ("type_", "choices", "buckets", "settings"),
    [
        ("single", (RIGHT, WRONG), (), {}),
        ("multiple", (RIGHT, WRONG), (), {}),
        ("multiple", (RIGHT, Choice("b", correct=True)), (), {}),
        ("true_false", (Choice("true", correct=True), Choice("false")), (), {}),
        ("classify", (sort("a", "x"), sort("b", "y")), ("x", "y"), {}),
        ("classify", (sort("a", "x"), sort("b", "x")), ("x", "y"), {}),
        ("match", (sort("a", "x"), sort("b", "y")), (), {}),
        ("match", (sort("a", "x"), sort("b", "x")), ("y",), {}),
        ("order", (RIGHT, WRONG), (), {}),
        ("scenario", (worth("a", 1.0), worth("b", 0.0)), (), {}),
        ("scenario", (worth("a", 1), worth("b", 1)), (), {}),
        ("numeric", (), (), NUMBER),
        ("numeric", (), (), {**NUMBER, "tolerance": 0, "near": [{**NEAR_NUMBER, "value": 40.1}]}),
        ("short_text", (), (), {"accept": ["scope", "extent"], "near": [NEAR_TEXT]}),
        ("short_text", (), (), {"accept": ["x" * 120]}),
    ],
)  # fmt: skip
def test_a_question_that_can_be_asked_has_no_fault(
    type_: str, choices: tuple[Choice, ...], buckets: tuple[str, ...], settings: dict[str, Any]
) -> None:
    assert faults(type_, *choices, buckets=buckets, **settings) == []


@pytest.mark.parametrize(
    ("type_", "choices", "buckets", "expected"),
    [
        ("single", (RIGHT,), (), [(("choices",), TWO)]),
        ("single", (WRONG, Choice("c")), (), [(("choices",), "exactly one choice is correct, not 0")]),
        ("single", (RIGHT, RIGHT), (), [(("choices",), "exactly one choice is correct, not 2")]),
        ("multiple", (RIGHT,), (), [(("choices",), TWO)]),
        ("multiple", (WRONG, Choice("c")), (), [(("choices",), "at least one choice is correct")]),
        (
            "true_false",
            (Choice("false"), Choice("true", correct=True)),
            (),
            [(("choices",), "the choices of true_false are true and false, in this order")],
        ),
        (
            "true_false",
            (Choice("true"), Choice("false")),
            (),
            [(("choices",), "exactly one choice is correct, not 0")],
        ),
        ("classify", (sort("a", "x"),), ("x", "y"), [(("choices",), TWO)]),
        (
            "classify",
            (sort("a", "x"), sort("b", "x")),
            ("x",),
            [(("buckets",), "classify has at least two buckets, each once")],
        ),
        (
            "classify",
            (sort("a", "x"), sort("b", "y")),
            ("x", "y", "x"),
            [(("buckets",), "classify has at least two buckets, each once")],
        ),
        (
            "classify",
            (sort("a", "x"), sort("b", "z")),
            ("x", "y"),
            [(("choices", "b"), "unknown bucket 'z'")],
        ),
        ("match", (sort("a", "x"),), ("y",), [(("choices",), TWO)]),
        (
            "match",
            (sort("a", "x"), sort("b", "")),
            ("y",),
            [(("choices", "b"), "the right side is missing")],
        ),
        (
            "match",
            (sort("a", "x"), sort("b", "x")),
            (),
            [(("choices",), "there are at least two right sides to choose from")],
        ),
        ("match", (sort("a", "x"), sort("b", "y")), ("y",), [(("extra",), "'y' is there twice")]),
        ("match", (sort("a", "x"), sort("b", "y")), ("z", "z"), [(("extra",), "'z' is there twice")] * 2),
        ("order", (RIGHT,), (), [(("choices",), TWO)]),
        ("scenario", (worth("a", 1),), (), [(("choices",), TWO)]),
        (
            "scenario",
            (worth("a", 1), worth("b", None)),
            (),
            [(("choices", "b"), "the credit is a number from 0 to 1")],
        ),
        (
            "scenario",
            (worth("a", 1), worth("b", -0.1), worth("c", 1.1)),
            (),
            [(("choices", key), "the credit is a number from 0 to 1") for key in "bc"],
        ),
        ("scenario", (worth("a", 0.9), worth("b", 0)), (), [(("choices",), "one choice has the credit 1.0")]),
    ],
)
def test_a_choice_that_is_wrong_is_named(
    type_: str, choices: tuple[Choice, ...], buckets: tuple[str, ...], expected: list[Any]
) -> None:
    assert faults(type_, *choices, buckets=buckets) == expected


@pytest.mark.parametrize(
    ("type_", "settings", "expected"),
    [
        ("numeric", {**NUMBER, "tolerance": -0.5}, [(("tolerance",), "the tolerance is not below zero")]),
        (
            "numeric",
            {**NUMBER, "near": [{**NEAR_NUMBER, "value": 42}, NEAR_NUMBER]},
            [(("near",), "42 is right, not nearly right")],
        ),
        (
            "short_text",
            {"accept": ["Scope", "scope!", "cost"]},
            [(("accept",), f"{text!r} {TWICE}") for text in ("Scope", "scope!")],
        ),
        (
            "short_text",
            {"accept": ["scope", "…"]},
            [(("accept",), f"'…' {TWICE}")],
        ),
        (
            "short_text",
            {"accept": ["x" * 121]},
            [(("accept",), f"'{'x' * 20}'… is longer than 120 characters")],
        ),
        (
            "short_text",
            {"accept": ["scope"], "near": [{**NEAR_TEXT, "text": "SCOPE"}]},
            [(("near",), "'SCOPE' is right, not nearly right")],
        ),
    ],
)  # fmt: skip
def test_a_setting_that_contradicts_another_is_named(
    type_: str, settings: dict[str, Any], expected: list[Any]
) -> None:
    assert faults(type_, **settings) == expected


VALUES = "near must be a list of values, each with feedback"
TEXTS = "near must be a list of texts, each with feedback"


@pytest.mark.parametrize(
    ("type_", "settings"),
    [
        ("single", {}),
        ("numeric", NUMBER),
        ("numeric", {**NUMBER, "unit": "", "answer": 0.5, "near": [NEAR_NUMBER]}),
        ("short_text", {"accept": ["scope"], "near": []}),
        ("short_text", {"accept": ["scope"], "near": [NEAR_TEXT]}),
        ("numeric", {**NUMBER, "answer": 10**12 - 1}),
        ("order", {"feedback": "Look again."}),
    ],
)
def test_settings_of_their_kind_have_no_fault(type_: str, settings: dict[str, Any]) -> None:
    assert list(setting_faults(question_types.get(type_).SHAPE, settings)) == []


@pytest.mark.parametrize(
    ("type_", "settings", "where", "words"),
    [
        ("single", {"unit": "EUR"}, "unit", "this type of question has no field 'unit'"),
        ("numeric", {"answer": 1, "unit": ""}, "tolerance", "the field 'tolerance' is missing"),
        ("numeric", {**NUMBER, "answer": "40"}, "answer", "answer must be a number"),
        ("numeric", {**NUMBER, "answer": True}, "answer", "answer must be a number"),
        ("numeric", {**NUMBER, "answer": 10**12}, "answer", "answer must be a number"),
        ("numeric", {**NUMBER, "answer": -(10**12)}, "answer", "answer must be a number"),
        ("numeric", {**NUMBER, "unit": 5}, "unit", "unit must be a text"),
        ("order", {"feedback": "  "}, "feedback", "feedback must be a text"),
        *(
            ("numeric", {**NUMBER, "near": near}, "near", VALUES)
            for near in (
                NEAR_NUMBER,
                [43],
                [{"value": 43}],
                [{**NEAR_NUMBER, "value": "43"}],
                [NEAR_NUMBER, {**NEAR_NUMBER, "feedback": " "}],
                [NEAR_NUMBER, {**NEAR_NUMBER, "more": 1}],
            )
        ),
        *(
            ("short_text", {"accept": accept}, "accept", "accept must be a list of texts")
            for accept in ("scope", [], ["scope", ""], ["scope", 5])
        ),
        *(
            ("short_text", {"accept": ["a"], "near": near}, "near", TEXTS)
            for near in (NEAR_TEXT, ["cost"], [NEAR_NUMBER], [NEAR_TEXT, {**NEAR_TEXT, "text": " "}])
        ),
    ],
)  # fmt: skip
def test_a_setting_of_another_kind_is_named(
    type_: str, settings: dict[str, Any], where: str, words: str
) -> None:
    found = setting_faults(question_types.get(type_).SHAPE, settings)
    assert [(place, str(said)) for place, said in found] == [((where,), words)]

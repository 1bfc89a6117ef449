"""Forms that no page of ours sends, for every type of question: read as an answer or refused, never half."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from courses import question_types
from courses.grading import AnswerKey, Body, Form, Grade, InvalidResponse, Options, Response

TYPES = sorted(question_types.TYPES)
KEYS = ["a", "b", "c", "d"]
IDS = ["x1", "x2", "x3", "x4"]
OPTIONS: Options = [[public_id, key] for public_id, key in zip(IDS, KEYS, strict=True)]
BUCKETS = ["project", "product", "both"]
NO_OPTIONS = ("numeric", "short_text")
FIELDS = {
    **dict.fromkeys(("single", "true_false", "multiple", "scenario"), "option"),
    **dict.fromkeys(("classify", "match"), "bucket"),
    **dict.fromkeys(NO_OPTIONS, "answer"),
    "order": "place",
}
"""What the fields of a type are called."""
FORGED = {
    "score": ["100"],
    "credit": ["1"],
    "correct": ["true"],
    "passed": ["true"],
    "attempt": ["7"],
    "number": ["1"],
    "user": ["1"],
    "elapsed": ["0"],
    "option-a": ["on"],
    "bucket-a": ["project"],
    "place-a": ["1"],
    "answers": ["a", "b"],
    "choice": ["a"],
    "csrfmiddlewaretoken": ["x" * 64],
}
"""What somebody may add in the hope that it counts."""


def body_of(type_: str) -> Body:
    """The public part of a question of a type."""
    choices = [] if type_ in NO_OPTIONS else [{"key": key, "text": key.upper()} for key in KEYS]
    buckets = BUCKETS if type_ in ("classify", "match") else []
    return {"type": type_, "choices": choices, "buckets": buckets, "unit": "EUR"}


def key_of(type_: str) -> AnswerKey:
    """What is right: the first choice, or the first two of several; the order of the alphabet; 12."""
    choices = {
        key: {
            "correct": number < (2 if type_ == "multiple" else 1),
            "bucket": BUCKETS[number % 3],
            "credit": [1.0, 0.6, 0.2, 0.0][number],
            "place": number + 1,
            "feedback": "",
            "misconception": {"key": f"wrong-{key}", "name": "", "correction": ""},
        }
        for number, key in enumerate(KEYS)
    }
    written = {"answer": 12, "tolerance": 1, "accept": ["scope", "Straße"], "near": [], "feedback": "Again."}
    return {
        "choices": {} if type_ in NO_OPTIONS else choices,
        "explanation": "",
        "misconception": None,
        **written,
    }


def options_of(type_: str) -> Options:
    """The options as they are shown."""
    return [] if type_ in NO_OPTIONS else OPTIONS


def read(type_: str, form: Form) -> Response | None:
    """The answer in a form; None where it is refused, in words."""
    try:
        return question_types.get(type_).parse(form, body_of(type_), options_of(type_))
    except InvalidResponse as refusal:
        if not str(refusal).endswith("."):
            raise
        return None


def graded(type_: str, response: Response) -> Grade:
    """The grade of an answer."""
    return question_types.get(type_).grade(body_of(type_), key_of(type_), response)


anything = st.text(st.characters(), max_size=60)
"""Any characters: NUL, lone halves of pairs, marks of direction, figures of other scripts."""

fields = st.sampled_from(
    ["option", "answer", *(f"{name}-{one}" for name in ("bucket", "place") for one in [*IDS, "x9", ""])]
)
values = st.one_of(
    st.sampled_from([*IDS, *KEYS, *BUCKETS, "x9", "", "on", "1.0", "scope", "12", "1", "2", "3", "4", "5"]),
    anything,
)
wild = st.dictionaries(st.one_of(fields, anything), st.lists(values, max_size=4), max_size=10)
near = st.fixed_dictionaries(
    {},
    optional={
        "option": st.lists(st.sampled_from([*IDS, "x9"]), max_size=5),
        "answer": st.lists(
            st.one_of(st.sampled_from(["12", "1,1", "sope", "Strasse"]), anything), max_size=2
        ),
        **{f"bucket-{one}": st.lists(st.sampled_from([*BUCKETS, "x"]), max_size=2) for one in IDS},
        **{
            f"place-{one}": st.lists(st.sampled_from(["1", "2", "3", "4", "0", ""]), max_size=2)
            for one in IDS
        },
    },
)
orders = st.permutations(["1", "2", "3", "4"]).map(
    lambda places: {f"place-{one}": [place] for one, place in zip(IDS, places, strict=True)}
)
sorted_out = st.fixed_dictionaries(
    {f"bucket-{one}": st.sampled_from(BUCKETS).map(lambda each: [each]) for one in IDS}
)
forms = st.one_of(wild, near, orders, sorted_out)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(form=forms)
@example(form={"answer": ["sc\0o\u202epe\x85"]})
@example(form={"answer": ["\ud800scope"]})
@example(form={"option": ["x1", "x1"], "answer": ["\u0661\u0662"]})
def test_any_form_is_an_answer_that_can_be_kept_or_is_refused_in_words(type_: str, form: Form) -> None:
    response = read(type_, form)
    if response is None:
        return
    kept = json.dumps(response, ensure_ascii=False).encode()
    assert b"\\u0000" not in kept
    assert len(kept) < 1000
    grade = graded(type_, response)
    assert 0 <= grade.credit <= 1
    assert grade.credit == round(grade.credit, 3)
    assert set(grade.by_choice) <= set(KEYS)
    assert graded(type_, json.loads(kept)) == grade, "it is worth the same after it was stored"


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(form=forms, more=st.dictionaries(st.sampled_from(sorted(FORGED)), st.lists(anything, max_size=2)))
def test_what_somebody_adds_to_a_form_changes_nothing(type_: str, form: Form, more: Form) -> None:
    assert read(type_, {**form, **FORGED, **more}) == read(type_, form)


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(form=near)
def test_an_option_of_another_question_or_attempt_is_never_counted(type_: str, form: Form) -> None:
    other = {
        name.replace("-x", "-y"): [value.replace("x", "y") for value in given_]
        for name, given_ in form.items()
    }
    response = read(type_, other)
    if type_ not in NO_OPTIONS:
        assert response is None


@pytest.mark.parametrize("type_", [name for name in TYPES if "option" in FIELDS[name]])
@pytest.mark.parametrize("foreign", ["y1", "a", "", "x1 ", "X1"])
def test_a_foreign_option_beside_an_own_one_spoils_the_form(type_: str, foreign: str) -> None:
    assert read(type_, {"option": ["x1"]})
    assert read(type_, {"option": ["x1", foreign]}) is None


MILLION = 1_000_000
FLOODS: dict[str, Callable[[Sequence[str]], dict[str, list[str]]]] = {
    "values": lambda names: {name: ["x1"] * MILLION for name in names},
    "fields": lambda names: {key: ["x1"] for key in (f"{names[0]}{number}" for number in range(MILLION))},
    "characters": lambda names: {name: ["1" * MILLION] for name in names},
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_refused_or_read_as_the_one_answer_in_it(flood: str) -> None:
    form = FLOODS[flood](("option", "answer", "bucket-x1", "place-x1"))
    for type_ in TYPES:
        assert read(type_, form) in (None, {"choice": "a"}, {"choices": ["a"]}), type_


def merged(type_: str, response: Response, right: Response, part: str) -> Response:
    """An answer with one part made right."""
    match type_:
        case "multiple":
            chosen = set(response["choices"])
            fits = part in right["choices"]
            return {"choices": sorted(chosen | {part} if fits else chosen - {part})}
        case "classify" | "match":
            return {"buckets": {**response["buckets"], part: right["buckets"][part]}}
        case "order":
            # Made right: a step that must move goes behind those that may stay and come before it.
            stays = [key for key, right_there in graded(type_, response).by_choice.items() if right_there]
            if part in stays:
                return response
            rest = [key for key in response["order"] if key != part]
            earlier = [key for key in stays if right["order"].index(key) < right["order"].index(part)]
            after = max((rest.index(key) + 1 for key in earlier), default=0)
            return {"order": [*rest[:after], part, *rest[after:]]}
        case _:
            return right


RIGHT: dict[str, Response] = {
    "single": {"choice": "a"},
    "true_false": {"choice": "a"},
    "multiple": {"choices": ["a", "b"]},
    "classify": {"buckets": {"a": "project", "b": "product", "c": "both", "d": "project"}},
    "match": {"buckets": {"a": "project", "b": "product", "c": "both", "d": "project"}},
    "order": {"order": KEYS},
    "numeric": {"text": "12"},
    "short_text": {"text": "scope"},
    "scenario": {"choice": "a"},
}


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(form=st.one_of(near, orders, sorted_out), part=st.sampled_from(KEYS))
def test_making_a_part_right_never_costs_anything(type_: str, form: Form, part: str) -> None:
    response = read(type_, form)
    if response is None:
        return
    better = merged(type_, response, RIGHT[type_], part)
    assert graded(type_, better).credit >= graded(type_, response).credit
    assert graded(type_, RIGHT[type_]).credit == 1


@pytest.mark.parametrize("type_", TYPES)
@settings(max_examples=40)
@given(form=st.one_of(near, orders, sorted_out), random=st.randoms(use_true_random=False))
def test_the_order_of_fields_of_options_and_of_the_key_does_not_matter(
    type_: str, form: Form, random: Any
) -> None:
    def mixed(some: dict[str, Any]) -> dict[str, Any]:
        pairs = list(some.items())
        random.shuffle(pairs)
        return dict(pairs)

    kind, options = question_types.get(type_), list(options_of(type_))
    response = read(type_, form)
    random.shuffle(options)
    key = {**key_of(type_), "choices": mixed(dict(key_of(type_)["choices"]))}
    body = {
        **body_of(type_),
        "choices": random.sample(body_of(type_)["choices"], len(body_of(type_)["choices"])),
    }
    if response is None:
        with pytest.raises(InvalidResponse):
            kind.parse(mixed(dict(form)), body, options)
        return
    again = kind.parse(mixed(dict(form)), body, options)
    assert again == response
    assert kind.grade(body, key, again).credit == graded(type_, response).credit

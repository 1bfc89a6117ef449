"""Question types: every answer has a grade from nothing to all, and a better answer never earns less."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses import grading, question_types
from courses.grading import Grade, InvalidResponse
from courses.question_types import short_text

KEYS = ["a", "b", "c", "d", "e"]
BUCKETS = ["product", "project", "both"]
OPTIONS = [["x1", "a"], ["x2", "b"], ["x3", "c"]]


def body(type_: str, keys: list[str]) -> dict[str, Any]:
    """Return the body of a question with these choices."""
    choices = [{"key": key, "text": key.upper()} for key in keys]
    return {"type": type_, "choices": choices, "buckets": BUCKETS if type_ in ("classify", "match") else []}


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
    keys = KEYS if kind.SHAPE.listed_as else []
    order = kind.order(body(type_, KEYS), seed, shuffle)
    assert sorted(order) == keys
    assert kind.order(body(type_, KEYS), seed, shuffle) == order
    if type_ == "true_false" or (not shuffle and type_ != "order"):
        assert order == keys


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
        (
            "match",
            {"bucket-x1": ["both", ""], "bucket-x2": ["project"], "bucket-x3": ["both"]},
            {"buckets": {"a": "both", "b": "project", "c": "both"}},
        ),
        ("order", {"place-x1": ["3"], "place-x2": ["1", ""], "place-x3": ["2"]}, {"order": ["b", "c", "a"]}),
        ("scenario", {"option": ["x3"]}, {"choice": "c"}),
        ("short_text", {"answer": ["x" * 120]}, {"text": "x" * 120}),
        ("short_text", {"answer": ["  two \n words\u200b "]}, {"text": "two words"}),
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
        ("classify", {f"bucket-x{n}": ["both", "both"] for n in (1, 2, 3)}, "Choose where each line belongs"),
        ("match", {"bucket-x1": ["both"], "bucket-x2": [""]}, "Choose a match for each line"),
        ("match", {}, "Choose a match for each line"),
        ("order", {}, "Give each line a number"),
        ("numeric", {"answer": [" "]}, "Write your answer."),
        ("match", {f"bucket-x{n}": ["nowhere"] for n in (1, 2, 3)}, "belongs to another question"),
        ("order", {"place-x1": ["1"], "place-x2": [""]}, "Give each line a number"),
        ("order", {f"place-x{n}": [str(n + 1)] for n in (1, 2, 3)}, "belongs to another question"),
        ("order", {f"place-x{n}": [str(n - 1)] for n in (1, 2, 3)}, "belongs to another question"),
        ("order", {"place-x1": ["1"], "place-x2": ["1"], "place-x3": ["3"]}, "Two lines have the same"),
        ("short_text", {}, "Write your answer."),
        ("short_text", {"answer": [" \u200b "]}, "Write your answer."),
        ("short_text", {"answer": ["?!"]}, "Write your answer."),
        ("short_text", {"answer": ["one", "two"]}, "belongs to another question"),
        ("short_text", {"answer": ["x" * 121]}, "longer than 120 characters"),
        ("numeric", {"answer": ["1" * 41]}, "longer than 40 characters"),
        ("numeric", {"answer": ["twelve"]}, "Write a number, such as 12"),
    ],
)
def test_a_form_that_is_no_answer_is_refused_in_plain_words(
    type_: str, form: dict[str, list[str]], words: str
) -> None:
    with pytest.raises(InvalidResponse, match=re.escape(words)):
        question_types.get(type_).parse(form, body(type_, KEYS[:3]) | {"unit": ""}, OPTIONS)


def test_a_later_key_is_asked_about_the_choices_of_the_question_alone() -> None:
    later = answer_key({"a": True, "b": False, "new": False})
    assert grading.key_for(body("single", ["b", "a"]), later) == answer_key({"b": False, "a": True})
    assert grading.key_for({"choices": []}, {"answer": 5}) == {"answer": 5, "choices": {}}
    with pytest.raises(KeyError):
        grading.key_for(body("single", ["a", "gone"]), later)


def test_what_cannot_be_seen_is_no_part_of_an_answer() -> None:
    assert grading.visible(" a\0b\u202e c\t\nd ") == "a b c d"


def places_key(keys: list[str]) -> dict[str, Any]:
    """Return a key in which the choices stand in this order."""
    key = answer_key(dict.fromkeys(keys, False)) | {"feedback": "Look again."}
    for place, choice in enumerate(keys, start=1):
        key["choices"][choice]["place"] = place
    return key


def order_credit(right: list[str], given_: list[str]) -> float:
    """Return what an order is worth."""
    return (
        question_types.get("order")
        .grade(body("order", sorted(right)), places_key(right), {"order": given_})
        .credit
    )


orders = st.permutations(KEYS)


@given(orders, orders)
def test_an_order_is_worth_all_only_if_right_and_nothing_if_turned_around(
    right: list[str], given_: list[str]
) -> None:
    credit = order_credit(right, given_)
    assert 0 <= credit <= 1
    assert (credit == 1) == (given_ == right)
    assert order_credit(right, right[::-1]) == 0


@given(orders, orders)
def test_turning_two_neighbours_right_never_costs_anything(right: list[str], given_: list[str]) -> None:
    for at in range(len(given_) - 1):
        one, other = given_[at : at + 2]
        better = [*given_[:at], other, one, *given_[at + 2 :]]
        if right.index(one) > right.index(other):
            assert order_credit(right, better) >= order_credit(right, given_)


@given(orders, st.lists(st.sampled_from([*KEYS, "foreign"])))
def test_an_order_of_foreign_or_missing_steps_earns_no_more_than_its_part(
    right: list[str], given_: list[str]
) -> None:
    assert 0 <= order_credit(right, given_) <= 1


@given(orders, st.randoms(use_true_random=False))
def test_one_step_out_of_place_costs_one_move(right: list[str], random: Any) -> None:
    step = random.choice(right)
    rest = [key for key in right if key != step]
    rest.insert(random.randrange(len(right)), step)
    assert order_credit(right, rest) in (1.0, 0.75)


numbers = st.decimals(min_value=-10000, max_value=10000, places=2)


def number_key(answer: Any, tolerance: Any) -> dict[str, Any]:
    """Return the key of a number."""
    return {
        "choices": {},
        "answer": float(answer),
        "tolerance": float(tolerance),
        "near": [],
        "misconception": None,
    }


@given(numbers, st.decimals(min_value=0, max_value=50, places=2), numbers, numbers)
def test_a_number_nearer_to_the_right_one_never_earns_less(
    answer: Any, tolerance: Any, one: Any, other: Any
) -> None:
    kind, key = question_types.get("numeric"), number_key(answer, tolerance)
    near, far = sorted((one, other), key=lambda value: abs(value - answer))
    credits = [kind.grade({}, key, {"text": str(value)}).credit for value in (near, far)]
    assert credits == sorted(credits, reverse=True)
    assert kind.grade({}, key, {"text": str(answer + tolerance)}).credit == 1
    assert set(credits) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3000", "3000"),
        ("3,000", "3000"),
        ("-3,000", "-3000"),
        ("+1.234,5", "1234.5"),
        ("0.000001", "0.000001"),
        ("1" + "0" * 11, "1" + "0" * 11),
        ("3 000", "3000"),
        ("3\u202f000.50", "3000.5"),
        ("1.234,5", "1234.5"),
        ("0,5", "0.5"),
        ("\u22125", "-5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("12.0", "12"),
        ("40 EUR", "40"),
        ("EUR 40", "40"),
        ("0", "0"),
        ("-0", "0"),
    ],
)
def test_a_number_may_be_written_as_people_write_it(text: str, number: str) -> None:
    assert question_types.get("numeric").parse({"answer": [text]}, {"unit": "EUR"}, []) == {"text": number}


@pytest.mark.parametrize(
    "text", ["", "three", "1e9", "NaN", "inf", "1,2,3", "0x10", "\u0663", "1/2", "--1", "9" * 41, "\0"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidResponse):
        question_types.get("numeric").parse({"answer": [text]}, {"unit": ""}, [])


WORDS_KEY: dict[str, Any] = {
    "choices": {},
    "accept": ["Straße", "scope"],
    "near": [{"text": "Gasse", "feedback": "Narrower."}],
    "misconception": None,
}


@pytest.mark.parametrize("text", ["strasse", "STRASSE", " Straße. ", "\uff53cope", "Scópe", "scope!"])
def test_case_accents_spaces_and_points_never_matter(text: str) -> None:
    assert question_types.get("short_text").grade({}, WORDS_KEY, {"text": text}).credit == 1


@pytest.mark.parametrize(
    ("text", "credit", "words"),
    [
        ("scoep", 0.5, "spelling"),
        ("scop", 0.5, "spelling"),
        ("gasse", 0, "Narrower."),
        ("slope", 0.5, "spelling"),
        ("cost", 0, ""),
    ],
)
def test_a_slip_earns_half_and_a_near_miss_its_feedback(text: str, credit: float, words: str) -> None:
    grade = question_types.get("short_text").grade({}, WORDS_KEY, {"text": text})
    assert (grade.credit, words in grade.feedback) == (credit, True)


@given(st.text(max_size=200))
def test_any_text_is_an_answer_or_is_refused_and_never_worth_more_than_all(text: str) -> None:
    kind = question_types.get("short_text")
    try:
        response = kind.parse({"answer": [text]}, {}, [])
    except InvalidResponse:
        return
    assert "\0" not in response["text"]
    assert 0 <= kind.grade({}, WORDS_KEY, response).credit <= 1


@given(
    st.dictionaries(st.sampled_from(KEYS), st.floats(0, 1), min_size=2), st.sampled_from([*KEYS, "foreign"])
)
def test_a_scenario_is_worth_what_the_experts_say(credits: dict[str, float], chosen: str) -> None:
    key = answer_key(dict.fromkeys(credits, False))
    for choice, credit in credits.items():
        key["choices"][choice]["credit"] = credit
    grade = question_types.get("scenario").grade(body("scenario", list(credits)), key, {"choice": chosen})
    assert grade.credit == round(credits.get(chosen, 0), 3)


@given(sortings, st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*BUCKETS, "nowhere"])))
def test_one_more_right_pair_never_earns_less(truth: dict[str, str], given_: dict[str, str]) -> None:
    kind, key = question_types.get("match"), answer_key(truth)
    before = kind.grade(body("match", list(truth)), key, {"buckets": given_}).credit
    for choice, right in truth.items():
        assert (
            kind.grade(body("match", list(truth)), key, {"buckets": {**given_, choice: right}}).credit
            >= before
        )


IDEA = {"key": "bigger-is-better", "name": "", "correction": ""}
NEAR_NUMBERS = [{"value": 400, "feedback": "A zero too many."}, {"value": 4, "feedback": "A zero too few."}]
NUMBER = number_key(40, 2) | {"near": NEAR_NUMBERS, "misconception": IDEA}
WORDS = WORDS_KEY | {"misconception": IDEA}
SCENARIO = answer_key({"a": False, "b": False, "c": False})
for worth, one in zip((1, 0.3336, 0), "abc", strict=True):
    SCENARIO["choices"][one]["credit"] = worth
ONE, SEVERAL = answer_key({"a": True, "b": False}), answer_key({"a": True, "b": True, "c": False, "d": False})
SORTED = answer_key({"a": "product", "b": "project", "c": "product"})


@pytest.mark.parametrize(
    ("type_", "key", "response", "grade"),
    [
        ("single", ONE, {"choice": "a"}, Grade(1.0, {"a": True})),
        ("single", ONE, {"choice": "b"}, Grade(0.0, {"b": False}, ["wrong-b"])),
        ("single", ONE, {}, Grade(0.0)),
        (
            "multiple",
            SEVERAL,
            {"choices": ["a", "b"]},
            Grade(1.0, dict.fromkeys("abcd", True)),
        ),
        (
            "multiple",
            SEVERAL,
            {"choices": ["a", "b", "c"]},
            Grade(0.5, {"a": True, "b": True, "c": False, "d": True}, ["wrong-c"]),
        ),
        (
            "multiple",
            SEVERAL,
            {"choices": ["d", "c", "a"]},
            Grade(0.0, {"a": True, "b": False, "c": False, "d": False}, ["wrong-c", "wrong-d"]),
        ),
        ("multiple", SEVERAL, {}, Grade(0.0, {"a": False, "b": False, "c": True, "d": True})),
        (
            "classify",
            SORTED,
            {"buckets": {"a": "product", "b": "product", "c": "product"}},
            Grade(0.667, {"a": True, "b": False, "c": True}, ["wrong-b"]),
        ),
        ("match", SORTED, {"buckets": {"a": "product"}}, Grade(0.333, {"a": True, "b": False, "c": False})),
        ("classify", SORTED, {}, Grade(0.0, dict.fromkeys("abc", False))),
        ("order", places_key(["b", "a"]), {"order": ["b", "a"]}, Grade(1.0, {"b": True, "a": True})),
        (
            "order",
            places_key(["c", "a", "b"]),
            {"order": ["a", "b", "c"]},
            Grade(0.5, {"a": True, "b": True, "c": False}, ["wrong-c"], "Look again."),
        ),
        ("order", places_key(["a", "b"]), {}, Grade(0.0, {}, [], "Look again.")),
        (
            "order",
            places_key(["a", "b", "c", "d"]),
            {"order": ["a", "b", "d", "c"]},
            Grade(0.667, {"a": True, "b": True, "d": False, "c": True}, ["wrong-d"], "Look again."),
        ),
        (
            "multiple",
            answer_key(dict.fromkeys("abc", True)),
            {"choices": ["a", "gone"]},
            Grade(0.333, {"a": True, "b": False, "c": False}),
        ),
        (
            "order",
            places_key(["a", "b", "c"]),
            {"order": ["a", "a", "gone", "b", "c"]},
            Grade(1.0, dict.fromkeys("abc", True)),
        ),
        ("numeric", NUMBER, {"text": "38"}, Grade(1.0)),
        ("numeric", NUMBER, {"text": "42.1"}, Grade(0.0, {}, ["bigger-is-better"])),
        ("numeric", NUMBER, {"text": "5"}, Grade(0.0, {}, ["bigger-is-better"], "A zero too few.")),
        ("numeric", NUMBER, {}, Grade(0.0, {}, ["bigger-is-better"])),
        ("numeric", number_key(40, 0), {"text": "41"}, Grade(0.0)),
        ("numeric", {"answer": 40, "tolerance": 0, "misconception": None}, {"text": "41"}, Grade(0.0)),
        ("short_text", {"accept": ["None", "XX"], "misconception": None}, {}, Grade(0.0)),
        ("short_text", WORDS, {"text": "scope"}, Grade(1.0)),
        ("short_text", WORDS, {"text": "gasse"}, Grade(0.0, {}, ["bigger-is-better"], "Narrower.")),
        (
            "short_text",
            WORDS,
            {"text": "strase"},
            Grade(0.5, {}, [], "Nearly: look at the spelling of “Straße”."),
        ),
        ("short_text", WORDS, {"text": "cost"}, Grade(0.0, {}, ["bigger-is-better"])),
        ("short_text", WORDS, {}, Grade(0.0, {}, ["bigger-is-better"])),
        ("short_text", WORDS_KEY, {"text": "cost"}, Grade(0.0)),
        ("short_text", {"accept": ["cost"], "misconception": None}, {"text": "most"}, Grade(0.0)),
        ("scenario", SCENARIO, {"choice": "a"}, Grade(1.0, {"a": True})),
        ("scenario", SCENARIO, {"choice": "b"}, Grade(0.334, {"b": False}, ["wrong-b"])),
        ("scenario", SCENARIO, {"choice": "c"}, Grade(0.0, {"c": False}, ["wrong-c"])),
        ("scenario", SCENARIO, {}, Grade(0.0)),
    ],
)  # fmt: skip
def test_a_grade_says_what_is_right_which_idea_was_mistaken_and_what_there_is_to_say(
    type_: str, key: dict[str, Any], response: dict[str, Any], grade: Grade
) -> None:
    assert question_types.get(type_).grade({}, key, response) == grade


@pytest.mark.parametrize("word", ["cope", "scpe", "scoope", "escope", "scopes", "csope", "scoep", "scape"])
def test_a_slip_is_one_letter_more_less_or_other_or_two_that_changed_places(word: str) -> None:
    assert question_types.get("short_text").grade({}, WORDS_KEY, {"text": word}).credit == 0.5


@pytest.mark.parametrize("word", ["scopess", "sco", "scaap", "cspoe", "epocs", "ope", "scoppp", "ascopee"])
def test_two_slips_are_another_word(word: str) -> None:
    assert question_types.get("short_text").grade({}, WORDS_KEY, {"text": word}).credit == 0


def test_ideas_are_told_once_each_by_the_alphabet_and_only_where_there_are_some() -> None:
    key = {
        "choices": {
            one: {"misconception": idea and {"key": idea}}
            for one, idea in zip("abcd", ["late", "early", None, "late"], strict=True)
        }
    }
    assert grading.misconceptions_of(key, ["d", "c", "b", "a"]) == ["early", "late"]


def test_a_seed_gives_the_same_order_on_every_machine() -> None:
    assert "".join(grading.shuffled("abcde", 7)) == "ceadb"
    assert "".join(grading.shuffled("abcde", 8)) == "eacdb"


def test_an_option_picked_twice_is_picked_once() -> None:
    assert grading.picked({"option": ["x3", "x1", "x3"]}, OPTIONS) == ["a", "c"]
    assert grading.picked({}, OPTIONS) == []


def test_words_are_parted_by_one_space_whatever_stood_between_them() -> None:
    assert short_text.folded("Café -  Service!") == "cafe service"


def test_steps_to_order_are_mixed_even_where_nothing_else_is() -> None:
    kind = question_types.get("order")
    assert len({tuple(kind.order(body("order", KEYS), seed, False)) for seed in range(20)}) > 10


def settings_of(type_: str) -> dict[str, tuple[str, bool, bool]]:
    """Return of each setting its kind, whether it is required, and whether it is shown."""
    settings = question_types.get(type_).SHAPE.settings
    assert all(len(str(setting.help)) > 10 for setting in settings)
    return {setting.name: (setting.kind, setting.required, setting.public) for setting in settings}


def test_each_type_has_the_fields_that_files_know_it_by() -> None:
    shapes = {name: kind.SHAPE for name, kind in question_types.TYPES.items()}
    assert [question_types.get(name).NAME for name in shapes] == list(shapes)
    fields = {
        name: (shape.listed_as, shape.text_as, shape.truth, shape.buckets_as, shape.explains_choices)
        for name, shape in shapes.items()
    }
    assert fields == {
        "single": ("choices", "text", "correct", "", True),
        "multiple": ("choices", "text", "correct", "", True),
        "true_false": ("feedback", "text", "correct", "", True),
        "classify": ("items", "text", "bucket", "buckets", True),
        "match": ("pairs", "left", "right", "extra", True),
        "order": ("sequence", "text", "place", "", False),
        "numeric": ("", "text", "", "", False),
        "short_text": ("", "text", "", "", False),
        "scenario": ("choices", "text", "credit", "", True),
    }
    assert settings_of("order") == {"feedback": ("text", True, False)}
    assert settings_of("numeric") == {
        "answer": ("number", True, False),
        "tolerance": ("number", True, False),
        "unit": ("text", True, True),
        "near": ("near_numbers", False, False),
    }
    assert settings_of("short_text") == {
        "accept": ("texts", True, False),
        "near": ("near_texts", False, False),
    }
    assert not any(settings_of(name) for name in ("single", "multiple", "match", "classify", "scenario"))

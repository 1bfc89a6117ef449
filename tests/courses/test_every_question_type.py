"""Every type of question, from the form to the feedback: right, partly right, wrong, empty, forged."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.template.loader import render_to_string

from courses import presentation, question_types
from courses.admin.settings_fields import TYPE_NAMES
from courses.grading import Grade, InvalidResponse, Options
from courses.models import Lesson, Question, Version
from courses.question_types import TYPES
from tests.factories import ALL_TYPES, make_bank_of_all_types, make_course

Form = dict[str, list[str]]


@dataclass(frozen=True)
class Case:
    """What people may send to the question of a type, by choice keys, and what must come of it."""

    right: dict[str, str]
    wrong: dict[str, str]
    forged: dict[str, str]
    partly: dict[str, str] = field(default_factory=dict)
    credit: float = 0.0
    """What the partly right answer is worth."""

    says: tuple[str, ...] = ()
    """Words of the page after the wrong answer."""


CASES = {
    "single": Case(
        {"moving-app": "on"}, {"keeping-app": "on"}, {"option": "keeping-app"}, says=("Not quite.",)
    ),
    "multiple": Case(
        {"moving-ward": "on", "building-bridge": "on"},
        {"caring": "on"},
        {"option": "f00"},
        {"moving-ward": "on"},
        0.5,
        ("Feedback on caring", "This one too."),
    ),
    "true_false": Case({"false": "on"}, {"true": "on"}, {"option": "false"}, says=("Feedback on true",)),
    "classify": Case(
        {"users-leave": "product", "slot-lost": "project"},
        {"users-leave": "project", "slot-lost": "product"},
        {"users-leave": "nowhere", "slot-lost": "product"},
        {"users-leave": "product", "slot-lost": "product"},
        0.5,
        ("Not quite: product, not project.",),
    ),
    "match": Case(
        {"add-card": "scope", "before-holidays": "time", "no-contractors": "cost"},
        {"add-card": "quality", "before-holidays": "cost", "no-contractors": "time"},
        {"add-card": "add-card", "before-holidays": "time", "no-contractors": "cost"},
        {"add-card": "scope", "before-holidays": "cost", "no-contractors": "time"},
        0.333,
        ("Not quite: scope, not quality.", "Feedback on add-card"),
    ),
    "order": Case(
        {"find-out": "1", "work-out": "2", "bring-options": "3", "change-plan": "4"},
        {"find-out": "4", "work-out": "3", "bring-options": "2", "change-plan": "1"},
        {"find-out": "0", "work-out": "2", "bring-options": "3", "change-plan": "99"},
        {"find-out": "2", "work-out": "3", "bring-options": "4", "change-plan": "1"},
        0.667,
        ("Feedback on the order.", "Must move", "you gave it number 4"),
    ),
    "numeric": Case(
        {"answer": "3,020 EUR"},
        {"answer": "43000"},
        {"answer": "9" * 1000},
        says=("Feedback on the total.", "3,000"),
    ),
    "short_text": Case(
        {"answer": " CAFE  Service"},
        {"answer": "Project!"},
        {"answer": "x" * 1000},
        {"answer": "prodcut"},
        0.5,
        ("Feedback on project.", "product or café service"),
    ),
    "scenario": Case(
        {"ask-sponsor": "on"},
        {"move-date": "on"},
        {"option": "1.0"},
        {"drop-cards": "on"},
        0.4,
        ("Worth 40%.", "Experts do this.", "Feedback on move-date"),
    ),
}


@pytest.fixture
def versions(db: None) -> dict[str, Version]:
    """The live version of a question of each type."""
    make_course()
    bank = make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    return {row.type: row.live_version for row in bank if row.live_version}


def form_of(version: Version, answer: dict[str, str], options: Options | None = None) -> Form:
    """Return the form that a browser sends for an answer by choice keys."""
    public = {key: public_id for public_id, key in options or presentation.check_options(version)}
    prefix = {"classify": "bucket-", "match": "bucket-", "order": "place-"}.get(version.body["type"], "")
    form: Form = {}
    for name, value in answer.items():
        if name not in public:
            form[name] = [value]
        elif prefix:
            form[prefix + public[name]] = [value]
        else:
            form.setdefault("option", []).append(public[name])
    return form


def grade_of(version: Version, form: Form) -> tuple[dict[str, Any], Grade]:
    """Read and grade a form."""
    kind = question_types.get(version.body["type"])
    response = kind.parse(form, version.body, presentation.check_options(version))
    return response, kind.grade(version.body, version.answer_key or {}, response)


def page_after(version: Version, form: Form) -> str:
    """Return the question as it is shown after an answer."""
    response, grade = grade_of(version, form)
    item = presentation.answered(version, presentation.check_options(version), response, grade)
    return render_to_string(item.template, {"item": item})


def test_every_type_has_a_name_for_editors() -> None:
    assert set(TYPE_NAMES) == set(TYPES)


def test_every_type_has_its_case() -> None:
    assert list(CASES) == ALL_TYPES == sorted(question_types.TYPES, key=ALL_TYPES.index)


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_the_form_has_a_field_for_everything_that_an_answer_needs(
    versions: dict[str, Version], type_: str
) -> None:
    version = versions[type_]
    item = presentation.ask(version, presentation.check_options(version))
    page = render_to_string(item.template, {"item": item})
    assert "<legend>" in page
    for name in form_of(version, CASES[type_].right):
        assert f'name="{name}"' in page


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_a_right_answer_earns_all_and_is_told_so(versions: dict[str, Version], type_: str) -> None:
    form = form_of(versions[type_], CASES[type_].right)
    assert grade_of(versions[type_], form)[1].credit == 1
    page = page_after(versions[type_], form)
    assert '<b class="verdict right">Right.</b>' in page
    assert "A project can be finished." in page


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_a_wrong_answer_earns_nothing_and_is_explained(versions: dict[str, Version], type_: str) -> None:
    form = form_of(versions[type_], CASES[type_].wrong)
    assert grade_of(versions[type_], form)[1].credit == 0
    page = page_after(versions[type_], form)
    for words in ("Not right.", "A project can be finished.", *CASES[type_].says):
        assert words in page


@pytest.mark.parametrize("type_", [name for name, case in CASES.items() if case.partly])
def test_a_partly_right_answer_earns_its_part(versions: dict[str, Version], type_: str) -> None:
    form = form_of(versions[type_], CASES[type_].partly)
    assert grade_of(versions[type_], form)[1].credit == CASES[type_].credit
    assert "Partly right." in page_after(versions[type_], form)


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_no_answer_and_a_forged_one_are_refused_in_words(versions: dict[str, Version], type_: str) -> None:
    for form in ({}, form_of(versions[type_], CASES[type_].forged)):
        with pytest.raises(InvalidResponse) as refusal:
            grade_of(versions[type_], form)
        assert len(str(refusal.value)) > 10


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_an_answer_stands_in_the_form_again(versions: dict[str, Version], type_: str) -> None:
    version = versions[type_]
    form = form_of(version, CASES[type_].right)
    item = presentation.ask(version, presentation.check_options(version), grade_of(version, form)[0])
    page = render_to_string(item.template, {"item": item})
    marks = page.count(" checked") + page.count(" selected")
    assert marks == sum(len(values) for name, values in form.items() if name != "answer")
    if "answer" in form:
        assert item.text in ("3020", "CAFE Service")
        assert f'value="{item.text}"' in page


def test_the_order_is_in_no_body(versions: dict[str, Version]) -> None:
    keys = [choice["key"] for choice in versions["order"].body["choices"]]
    assert keys == sorted(keys)
    key = versions["order"].answer_key or {}
    assert [key["choices"][one]["place"] for one in ("find-out", "work-out")] == [1, 2]


def test_the_sides_of_a_match_are_in_the_order_of_the_alphabet(versions: dict[str, Version]) -> None:
    assert versions["match"].body["buckets"] == ["cost", "quality", "scope", "time"]


def test_a_wrong_number_or_word_names_the_questions_misconception(db: None) -> None:
    make_course()
    lesson = Lesson.objects.get(key="lesson-1")
    make_bank_of_all_types(lesson)
    row = Question.objects.select_related("live_version").get(key="all-numeric")
    version = row.live_version
    assert version is not None
    key = {**(version.answer_key or {}), "misconception": {"key": "m", "name": "M", "correction": "C"}}
    shown = Version(pk=version.pk, kind=version.kind, key=version.key, body=version.body, answer_key=key)
    assert presentation.misconceptions(shown, grade_of(shown, {"answer": ["1"]})[1]) == [key["misconception"]]

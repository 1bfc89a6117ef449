"""Questions on pages: before the answer nothing tells the key, after it everything is explained."""

from copy import deepcopy
from typing import Any

import pytest
from django.template.loader import render_to_string

from courses import presentation, question_types
from courses.grading import Response
from courses.models import Course, Lesson, Question, Version
from courses.presentation import QuestionView
from tests.factories import ALL_TYPES, make_bank_of_all_types, make_course


@pytest.fixture
def course(db: None) -> Course:
    course = make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    return course


def version_of(key: str) -> Version:
    """Return the live version of a question."""
    version = Question.objects.select_related("live_version").get(key=key).live_version
    assert version is not None
    return version


def html(item: QuestionView) -> str:
    """Return the question as its template shows it."""
    return render_to_string(item.template, {"item": item})


def swapped(version: Version) -> Version:
    """Return the same question with everything else right, and every word of the key another one."""
    answer_key: dict[str, Any] = deepcopy(version.answer_key or {})
    answer_key["explanation"] = "Another explanation"
    for choice in answer_key["choices"].values():
        choice.update(correct=not choice["correct"], feedback="Another", misconception=None)
        choice["bucket"] = "product" if choice["bucket"] == "project" else "project"
        choice["credit"] = 0.5
    for place, choice in enumerate(reversed(answer_key["choices"].values()), start=1):
        choice["place"] = place
    answer_key |= {
        "answer": 77,
        "tolerance": 7,
        "accept": ["something else"],
        "near": [],
        "feedback": "Other",
    }
    return Version(
        pk=version.pk, kind=version.kind, key=version.key, body=version.body, answer_key=answer_key
    )


def version_of_type(type_: str) -> Version:
    """Return the live version of the question of a type."""
    return version_of(f"all-{type_.replace('_', '-')}")


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_a_question_looks_the_same_whatever_is_right(course: Course, type_: str) -> None:
    version = version_of_type(type_)
    other = swapped(version)
    assert presentation.check_options(version) == presentation.check_options(other)
    before = html(presentation.ask(version, presentation.check_options(version)))
    kind = question_types.get(type_)
    for seed in range(20):
        keys = kind.order(version.body, seed, True)
        assert keys == kind.order(other.body, seed, True)
        options = [[f"id-{number}", key] for number, key in enumerate(keys)]
        before = html(presentation.ask(version, options))
        assert before == html(presentation.ask(other, options))
    assert "Feedback" not in before
    for secret in ("3000", "3,000", "43000", "caf\u00e9"):
        assert secret not in before
    for choice in version.body["choices"]:
        assert choice["key"] not in before or type_ == "true_false"


def test_asking_reads_no_answer_key(course: Course, django_assert_num_queries: Any) -> None:
    version = Version.objects.for_pages().get(pk=version_of("single-1").pk)
    with django_assert_num_queries(0):
        html(presentation.ask(version, presentation.check_options(version)))


def test_the_ids_of_an_attempt_are_random_and_its_order_is_the_seeds(course: Course) -> None:
    version = version_of("single-1")
    first = presentation.freeze_options(version, seed=7, shuffle=True)
    second = presentation.freeze_options(version, seed=7, shuffle=True)
    assert [key for _, key in first] == [key for _, key in second]
    assert not {public_id for public_id, _ in first} & {public_id for public_id, _ in second}


def answered(key: str, response: Response | None) -> str:
    """Return a question as it is shown after this answer."""
    version = version_of(key)
    kind = question_types.get(version.body["type"])
    grade = kind.grade(version.body, version.answer_key or {}, response) if response else None
    options = presentation.check_options(version)
    return html(presentation.answered(version, options, response, grade))


def test_a_wrong_answer_shows_why_it_tempts_and_what_is_right(course: Course) -> None:
    page = answered("single-1", {"choice": "keeping-app"})
    for words in (
        "Not quite.",
        "Feedback on keeping-app",
        "This one.",
        "Feedback on moving-app",
        "Not right.",
    ):
        assert words in page
    assert "A project can be finished." in page
    assert "Feedback on choosing-firms" not in page


def test_a_right_answer_says_so(course: Course) -> None:
    page = answered("true-false-1", {"choice": "false"})
    assert page.count("Right.") == 2
    assert "Not quite." not in page


def test_a_partly_right_answer_says_which_part(course: Course) -> None:
    page = answered("multiple-1", {"choices": ["moving-ward"]})
    assert "Partly right." in page
    assert "This one too." in page


def test_a_sorted_item_says_where_it_belongs(course: Course) -> None:
    page = answered("classify-1", {"buckets": {"users-leave": "project", "slot-lost": "project"}})
    assert "Not quite: product, not project." in page
    assert "Right: project." in page


RIGHT_IS = {
    "order": "<b>1.</b> Find out how late",
    "numeric": "3,000 EUR",
    "short_text": "product or caf\u00e9",
}


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_an_unanswered_question_shows_what_would_have_been_right(course: Course, type_: str) -> None:
    page = answered(f"all-{type_.replace('_', '-')}", None)
    assert "Not answered." in page
    assert RIGHT_IS.get(type_, "Feedback on") in page


def test_a_given_answer_stays_chosen_while_it_may_change(course: Course) -> None:
    version = version_of("classify-1")
    options = presentation.check_options(version)
    page = html(presentation.ask(version, options, {"buckets": {"users-leave": "product"}}, "Choose all"))
    assert page.count(" checked") == 1
    assert "Choose all" in page


def test_misconceptions_are_named_with_their_correction(course: Course) -> None:
    version = version_of("single-1")
    kind = question_types.get("single")
    grade = kind.grade(version.body, version.answer_key or {}, {"choice": "keeping-app"})
    assert [wrong["name"] for wrong in presentation.misconceptions(version, grade)] == [
        "A deadline makes it a project"
    ]

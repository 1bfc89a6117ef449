"""A quiz of every type of question in a real browser: by keys alone, and without scripts."""

import pytest

from accounts.models import User
from learning.models import AttemptQuestion
from tests.browser import keys
from tests.browser.conftest import Arrive
from tests.browser.quizzes import QUIZ, Form, begin, point_at, rows
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES
from tests.learning.quiz_steps import make_quiz

pytestmark = pytest.mark.django_db(transaction=True)
WRONG = ("multiple", "order", "scenario")
"""The types that are answered wrongly in part, so that both kinds of feedback are seen."""


def answer_to(row: AttemptQuestion) -> Form:
    """What a browser sends for a right answer, or one that is right in part."""
    kind = row.version.body["type"]
    return form_of(row.version, CASES[kind].partly if kind in WRONG else CASES[kind].right, row.options)


def test_every_type_is_answered_by_keys_alone_without_a_barrier(learner: User, arrive: Arrive) -> None:
    make_quiz(feedback="immediate")
    visitor = arrive(learner)
    page = visitor.go(QUIZ)
    keys.skip_to_content(page)
    keys.press_on(page, "main button.primary")
    page.wait_for_url("**/attempts/**")
    for row in rows():
        kind = row.version.body["type"]
        assert visitor.heading() == f"Quiz 1 · question {row.position} of {len(ALL_TYPES)}"
        visitor.barriers(f"{kind} asked")
        keys.skip_to_content(page)
        keys.fill_in(page, answer_to(row))
        keys.press_on(page, "button[value=sure]")
        page.locator(".verdict").first.wait_for()
        assert visitor.says("Partly right." if kind in WRONG else "Right."), kind
        visitor.barriers(f"{kind} answered")
        keys.press_on(page, "main a.primary")
        page.wait_for_url(f"**?question={row.position + 1 if row.position < len(ALL_TYPES) else 'overview'}")
    visitor.barriers("overview")
    keys.press_on(page, "main button.primary")
    page.wait_for_url("**/result/")
    assert visitor.heading() == "7.56 of 9, passed"
    visitor.barriers("result")


def test_every_type_is_answered_without_scripts(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner, java_script_enabled=False)
    begin(visitor)
    for row in rows():
        assert visitor.heading() == f"Quiz 1 · question {row.position} of {len(ALL_TYPES)}"
        point_at(visitor, answer_to(row))
        visitor.page.locator("button[value=think_so]").click()
    assert visitor.heading() == "All 9 questions are answered"
    visitor.page.locator("main button.primary").click()
    assert visitor.heading() == "7.56 of 9, passed"
    assert visitor.page.locator("article.question").count() == len(ALL_TYPES)

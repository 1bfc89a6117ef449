"""A quiz with every type of question, from its first page to its result, as without scripts."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from courses.models import Lesson
from learning.models import Attempt
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, make_bank_of_all_types, make_course
from tests.learning.quiz_steps import make_quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(client: Client) -> Attempt:
    """An attempt at a quiz of nine questions, one of each type, begun through its page."""
    make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    quiz = make_quiz()
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    make_quiz()
    client.force_login(User.objects.create_user("learner@example.org"))
    client.post(reverse("learning:start_attempt", args=["two-pms", "module-1"]))
    return Attempt.objects.get()


def answer_all(client: Client, attempt: Attempt, which: str) -> None:
    """Answer every question as its case says, then hand in."""
    for row in attempt.questions.select_related("version").order_by("position"):
        case = CASES[row.version.body["type"]]
        page = client.get(reverse("learning:attempt", args=[attempt.pk]), {"question": row.position})
        assert "<legend>" in page.content.decode()
        form = form_of(row.version, getattr(case, which) or case.wrong, row.options)
        address = reverse("learning:save_answer", args=[attempt.pk, row.position])
        client.post(address, {**form, "sequence": "1", "sureness": "sure"})
    client.post(reverse("learning:submit_attempt", args=[attempt.pk]))
    attempt.refresh_from_db()


def test_a_quiz_of_every_type_answered_rightly_is_worth_every_point(client: Client, attempt: Attempt) -> None:
    assert {row.version.body["type"] for row in attempt.questions.select_related("version")} == set(ALL_TYPES)
    answer_all(client, attempt, "right")
    assert (attempt.credit, attempt.passed) == (Decimal(9), True)


def test_parts_are_worth_their_credit_and_the_result_says_why(client: Client, attempt: Attempt) -> None:
    answer_all(client, attempt, "partly")
    assert attempt.credit == Decimal(str(sum(case.credit for case in CASES.values())))
    page = client.get(reverse("learning:result", args=[attempt.pk])).content.decode()
    assert "Feedback on the order." in page
    assert "Worth 40%." in page


def test_a_forged_answer_counts_nothing_and_loses_nothing(client: Client, attempt: Attempt) -> None:
    answer_all(client, attempt, "forged")
    assert attempt.credit == 0
    assert not any(hasattr(row, "answer") for row in attempt.questions.select_related("answer"))


def test_a_quiz_of_every_type_answered_wrongly_says_why_of_each(client: Client, attempt: Attempt) -> None:
    answer_all(client, attempt, "wrong")
    assert (attempt.credit, attempt.passed) == (Decimal(0), False)
    page = client.get(reverse("learning:result", args=[attempt.pk])).content.decode()
    assert page.count("Not right.") == page.count("A project can be finished.") == len(ALL_TYPES)
    for words in (each for case in CASES.values() for each in case.says):
        assert words in page


def test_a_quiz_of_every_type_handed_in_empty_shows_what_would_have_been_right(
    client: Client, attempt: Attempt
) -> None:
    client.post(reverse("learning:submit_attempt", args=[attempt.pk]))
    attempt.refresh_from_db()
    assert (attempt.credit, attempt.passed) == (Decimal(0), False)
    page = client.get(reverse("learning:result", args=[attempt.pk])).content.decode()
    assert page.count("<b>Not answered.</b>") == page.count("A project can be finished.") == len(ALL_TYPES)
    for words in ("3,000", "product or café service", "This goes with", "This is product."):
        assert words in page

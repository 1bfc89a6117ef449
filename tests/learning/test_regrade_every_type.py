"""Regrading a question of every type: each fix that an editor can make, and who is told."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from courses import publishing
from courses.models import Choice, Course, Lesson, Question
from learning import checks, quizzes, regrade
from learning.models import AttemptQuestion, RegradeRecord
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, NOW, make_bank_of_all_types
from tests.learning.quiz_steps import make_quiz

pytestmark = pytest.mark.django_db
REASON = "We looked at it again."
LATER = NOW + timedelta(days=1)
LISTED = [name for name in ALL_TYPES if name not in ("numeric", "short_text")]
GROWING = [name for name in LISTED if name != "true_false"]


@pytest.fixture
def taken(course: Course, learner: User) -> dict[str, AttemptQuestion]:
    """A quiz of nine questions, one of each type, answered wrongly throughout; its rows by type."""
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    quiz = make_quiz()
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    attempt = quizzes.start(user=learner, quiz=make_quiz(), now=NOW)
    rows = {row.version.body["type"]: row for row in attempt.questions.select_related("version", "question")}
    for type_, row in rows.items():
        quizzes.save_answer(
            user=learner,
            attempt_id=attempt.pk,
            position=row.position,
            form=form_of(row.version, CASES[type_].wrong, row.options),
            sureness="sure",
            sequence=1,
            now=NOW,
        )
    assert quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW).credit == 0
    return rows


def response_to(row: AttemptQuestion) -> dict[str, Any]:
    found = AttemptQuestion.objects.select_related("answer").get(pk=row.pk)
    response: dict[str, Any] = found.answer.response
    return response


def call_it_right(question: Question, response: dict[str, Any]) -> None:
    """What an editor does who finds that an answer is the right one after all."""
    for choice in question.choices.all():
        picked = choice.key in response.get("choices", [response.get("choice")])
        choice.correct = picked
        choice.credit = None if choice.credit is None else float(picked)
        choice.bucket = response.get("buckets", {}).get(choice.key, choice.bucket)
        choice.order = response["order"].index(choice.key) if "order" in response else choice.order
        choice.misconception = None
        choice.save()
    if question.type == "match":
        question.buckets = ["scope"]  # the one right side that was picked for none
        question.save()
    if "text" in response:
        question.settings["near"] = []
        question.settings |= {"answer": float(response["text"])} if question.type == "numeric" else {}
        question.settings |= {"accept": [response["text"]]} if question.type == "short_text" else {}
        question.save()


def publish_and_regrade(question: Question) -> regrade.Impact:
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    return regrade.regrade(question=live, reason=REASON, now=LATER, actor=None)


def credit_of(row: AttemptQuestion) -> Decimal:
    credit = AttemptQuestion.objects.select_related("answer").get(pk=row.pk).answer.credit
    assert credit is not None
    return credit


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_an_answer_that_was_right_after_all_earns_its_point_and_the_learner_is_told(
    taken: dict[str, AttemptQuestion], browser: Client, monkeypatch: pytest.MonkeyPatch, type_: str
) -> None:
    row = taken[type_]
    call_it_right(row.question, response_to(row))
    done = publish_and_regrade(row.question)
    assert (done.attempts, done.changed, done.unlike) == (1, 1, 0)
    row.attempt.refresh_from_db()
    assert credit_of(row) == row.attempt.credit == Decimal(1)
    assert list(checks.differences()) == []
    monkeypatch.setattr("mailing.clock.now", lambda: LATER)
    for address in ("/dashboard/", f"/attempts/{row.attempt_id}/result/"):
        page = browser.get(address).content.decode()
        assert "Changed for you" in page
        assert REASON in page
    assert page.count('<b class="verdict right">Right.</b>') == 1


@pytest.mark.parametrize("type_", GROWING)
def test_a_new_wrong_choice_changes_nothing_for_those_who_were_not_offered_it(
    taken: dict[str, AttemptQuestion], browser: Client, type_: str
) -> None:
    row = taken[type_]
    call_it_right(row.question, response_to(row))
    bucket = row.question.choices.all()[0].bucket
    Choice.objects.create(
        question=row.question, key="brand-new", text="Brand new", order=99, bucket=bucket, feedback="New."
    )
    if type_ == "scenario":
        Choice.objects.filter(key="brand-new").update(credit=0)
    done = publish_and_regrade(row.question)
    assert (done.changed, done.unlike) == (1, 0)
    assert credit_of(row) == 1
    assert "Brand new" not in browser.get(f"/attempts/{row.attempt_id}/result/").content.decode()


@pytest.mark.parametrize("type_", ["single", "multiple", "scenario"])
def test_where_what_is_right_was_not_on_offer_nobody_is_graded_again(
    taken: dict[str, AttemptQuestion], type_: str
) -> None:
    row = taken[type_]
    row.question.choices.update(correct=False, credit=0 if type_ == "scenario" else None)
    Choice.objects.create(
        question=row.question,
        key="brand-new",
        text="Brand new",
        order=99,
        correct=True,
        credit=1 if type_ == "scenario" else None,
        feedback="New.",
    )
    done = publish_and_regrade(row.question)
    assert (done.attempts, done.unlike) == (0, 1)


@pytest.mark.parametrize("type_", GROWING)
def test_where_another_choice_stands_in_the_place_of_one_the_grade_stays(
    taken: dict[str, AttemptQuestion], browser: Client, type_: str
) -> None:
    row = taken[type_]
    wrong = row.question.choices.filter(correct=False).exclude(credit=1).order_by("order")
    row.question.choices.filter(pk=wrong[0].pk).update(key="another")
    done = publish_and_regrade(row.question)
    assert (done.attempts, done.unlike) == (0, 1)
    assert credit_of(row) == 0
    assert not RegradeRecord.objects.exists()
    assert browser.get(f"/attempts/{row.attempt_id}/result/").status_code == 200


def settings(**changed: object) -> Callable[[Question], None]:
    """A fix of what an editor sets for written answers."""

    def fix(question: Question) -> None:
        question.settings |= {"near": [], **changed}
        question.save()

    return fix


def experts_say(question: Question) -> None:
    question.choices.filter(key="move-date").update(credit=0.4)


def one_more_side(question: Question) -> None:
    question.buckets = [*question.buckets, "risk"]
    question.save()
    question.choices.filter(key="add-card").update(bucket="quality")
    question.buckets.remove("quality")
    question.save()


@pytest.mark.parametrize(
    ("type_", "fix", "credit"),
    [
        ("numeric", settings(tolerance=40_000), "1"),
        ("numeric", settings(tolerance=39_999), "0"),
        ("short_text", settings(accept=["product", "project"]), "1"),
        ("short_text", settings(accept=["projects"]), "0.5"),
        ("scenario", experts_say, "0.4"),
        ("match", one_more_side, "0.333"),
    ],
)
def test_a_wider_tolerance_another_form_and_the_experts_new_credit_count(
    taken: dict[str, AttemptQuestion], type_: str, fix: Callable[[Question], None], credit: str
) -> None:
    row = taken[type_]
    fix(row.question)
    assert publish_and_regrade(row.question).attempts == 1
    assert credit_of(row) == Decimal(credit)
    assert list(checks.differences()) == []


def another_bucket(question: Question) -> None:
    question.buckets = ["product", "project", "both"]
    question.save()
    question.choices.filter(key="users-leave").update(bucket="both")


def a_side_reads_otherwise(question: Question) -> None:
    question.choices.filter(key="add-card").update(bucket="Scope")


@pytest.mark.parametrize(
    ("type_", "fix"),
    [
        ("numeric", settings(unit="USD")),
        ("classify", another_bucket),
        ("match", a_side_reads_otherwise),
    ],
)
def test_another_unit_and_a_bucket_that_was_not_there_fit_no_old_answer(
    taken: dict[str, AttemptQuestion], type_: str, fix: Callable[[Question], None]
) -> None:
    row = taken[type_]
    fix(row.question)
    done = publish_and_regrade(row.question)
    assert (done.attempts, done.unlike) == (0, 1)
    assert credit_of(row) == 0

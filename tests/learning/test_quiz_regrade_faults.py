"""An editor at work while a hundred attempts are open: each keeps its questions, and corrections add up."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import F, ProtectedError
from django.test import Client

from accounts.models import AuditLog, User
from courses import publishing, versions
from courses.models import Course, Lesson, Question, Quiz
from learning import checks, quizzes, regrade
from learning.models import Answer, Attempt, AttemptQuestion, LearningEvent, RegradeRecord
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, NOW, make_bank_of_all_types
from tests.learning.leaks import without_tokens
from tests.learning.quiz_steps import make_quiz

LATER = NOW + timedelta(days=1)


@pytest.fixture
def bank(course: Course) -> dict[str, Question]:
    """A live question of every type."""
    return {row.type: row for row in make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))}


@pytest.fixture
def quiz(bank: dict[str, Question]) -> Quiz:
    """A quiz that asks them all."""
    quiz = make_quiz(pass_mark=60)
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    return make_quiz()


def answered(user: User, quiz: Quiz, which: str) -> Attempt:
    """An attempt under way with every question answered rightly or wrongly."""
    attempt = quizzes.start(user=user, quiz=quiz, now=NOW)
    for row in attempt.questions.select_related("version"):
        quizzes.save_answer(
            user=user,
            attempt_id=attempt.pk,
            position=row.position,
            form=form_of(row.version, getattr(CASES[row.version.body["type"]], which), row.options),
            sureness="sure",
            sequence=1,
            now=NOW,
        )
    return attempt


def rewrite(question: Question) -> None:
    """Change all that an editor can: the words, the order, which is right, the settings; and publish."""
    choices = list(question.choices.order_by("order"))
    truths = [(each.correct, each.bucket, each.credit) for each in choices]
    for number, choice in enumerate(choices):
        choice.correct, choice.bucket, choice.credit = truths[number - 1]
        choice.order = len(choices) - number
        choice.text = f"Another text {number}" if question.type != "true_false" else choice.text
        choice.misconception = None
        if question.type == "true_false":
            choice.order = number
        choice.save()
    settings: dict[str, Any] = dict(question.settings)
    settings |= {
        name: {"answer": 43000, "accept": ["project"], "near": []}[name]
        for name in settings
        if name in ("answer", "accept", "near")
    }
    Question.objects.filter(pk=question.pk).update(
        prompt="Another prompt?", explanation="Another reason.", settings=settings
    )
    publish(question)


def publish(question: Question) -> None:
    """Publish a question's draft."""
    rows = versions.with_draft(Question.objects.filter(pk=question.pk))
    publishing.publish(rows.get(), author=None, now=LATER)


def pages(attempt: Attempt) -> list[object]:
    """What the learner sees of an attempt."""
    browser = Client()
    browser.force_login(attempt.user)
    shown = [*range(1, attempt.question_count + 1), "overview"]
    return [without_tokens(browser.get(f"/attempts/{attempt.pk}/?question={each}")) for each in shown]


def _result_on(day: datetime, attempt: Attempt) -> str:
    """The page of its result, without the frame, which tells what is due on that day."""
    browser = Client()
    with time_machine.travel(day, tick=False):
        browser.force_login(attempt.user)
        page = browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    return page[page.index("<main") : page.index("</main>")]


@pytest.mark.parametrize("count", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_a_hundred_open_attempts_keep_what_they_began_with(
    bank: dict[str, Question], quiz: Quiz, count: int
) -> None:
    people = [User.objects.create_user(f"{number}@example.org") for number in range(count)]
    attempts = [answered(user, quiz, "right" if n % 2 else "wrong") for n, user in enumerate(people)]
    looked_at = [attempts[n] for n in (0, 1, count // 2, count - 1)]
    before = [pages(attempt) for attempt in looked_at]
    for question in bank.values():
        rewrite(question)
    make_quiz(pass_mark=100, shuffle_choices=False, title="Another title")
    publishing.archive(bank["order"], now=LATER)
    assert [pages(attempt) for attempt in looked_at] == before

    for attempt in attempts:
        quizzes.submit(user=attempt.user, attempt_id=attempt.pk, now=LATER)
    outcomes = list(Attempt.objects.order_by("user_id").values_list("credit", "passed"))
    assert outcomes == [(Decimal(0), False), (Decimal(9), True)] * (count // 2)

    first, months_later = [
        [_result_on(day, attempt) for attempt in looked_at] for day in (LATER, LATER + timedelta(days=200))
    ]
    assert first == months_later
    assert list(checks.differences()) == []


def test_what_has_history_is_archived_and_never_deleted(
    bank: dict[str, Question], quiz: Quiz, learner: User
) -> None:
    attempt = answered(learner, quiz, "right")
    for row in (*bank.values(), quiz, quiz.live_version):
        assert row
        with pytest.raises(ProtectedError):
            row.delete()
    before = pages(attempt)
    for question in bank.values():
        publishing.archive(question, now=LATER)
    assert pages(attempt) == before
    assert quizzes.submit(user=learner, attempt_id=attempt.pk, now=LATER).credit == 9


# --- Corrections add up -------------------------------------------------------------------------------------


def correct(question: Question, key: str) -> None:
    """Publish that another choice is right, and grade again."""
    question.choices.update(correct=False)
    question.choices.filter(key=key).update(correct=True, misconception=None)
    publish(question)
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    regrade.regrade(question=live, reason="The key was wrong.", now=LATER, actor=None)


@pytest.fixture
def regraded(bank: dict[str, Question], quiz: Quiz, learner: User) -> Attempt:
    """An attempt of which two questions were corrected, one of them twice."""
    attempt = answered(learner, quiz, "wrong")
    quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
    correct(bank["single"], "keeping-app")
    correct(bank["true_false"], "true")
    correct(bank["single"], "choosing-firms")
    return Attempt.objects.get()


def found() -> list[str]:
    """What the checks say."""
    return [str(difference) for difference in checks.differences()]


def test_each_correction_is_written_down_and_adds_up(regraded: Attempt) -> None:
    totals = RegradeRecord.objects.order_by("pk").values_list("total_before", "total_after")
    assert [(int(before), int(after)) for before, after in totals] == [(0, 1), (1, 2), (2, 1)]
    assert regraded.credit == 1
    assert AuditLog.objects.filter(action="regrade").count() == 3
    assert LearningEvent.objects.filter(kind="regraded").count() == 3
    assert found() == []


def test_a_correction_that_does_not_lead_on_to_the_next_is_named(regraded: Attempt) -> None:
    first = RegradeRecord.objects.order_by("pk")[0]
    RegradeRecord.objects.filter(pk=first.pk).update(credit_after="0.5", total_after="0.5")
    where = f"regrade {first.pk} of attempt {regraded.pk} (user {regraded.user_id})"
    assert found() == [f"{where}: stored 0.500 of 0.500, passed False, counted 1.000 of 1.000, passed False"]


def test_a_correction_that_is_not_what_the_answer_has_is_named(regraded: Attempt) -> None:
    last = RegradeRecord.objects.order_by("pk").last()
    assert last
    Answer.objects.filter(attempt_question=last.attempt_question).update(credit="0.25")
    Attempt.objects.update(credit="1.25")
    assert found() == [
        f"regrade {last.pk} of attempt {regraded.pk} (user {regraded.user_id}):"
        " stored 0.000 of 1.000, passed False, counted 0.250 of 1.250, passed False"
    ]


def test_a_correction_that_moves_the_total_by_something_else_is_named(regraded: Attempt) -> None:
    last = RegradeRecord.objects.order_by("pk").last()
    assert last
    RegradeRecord.objects.filter(pk=last.pk).update(credit_before="0.75")
    assert f"regrade {last.pk} of attempt {regraded.pk} (user {regraded.user_id}):" in " ".join(found())
    assert "stored total 1.000, counted 2.000 and -0.750 more" in " ".join(found())


def test_a_pass_that_no_correction_gave_is_named(regraded: Attempt) -> None:
    Attempt.objects.update(passed=True)
    assert [line for line in found() if "passed False, counted 0.000 of 1.000, passed True" in line]


def test_a_correction_that_the_ledger_does_not_tell_of_is_named(regraded: Attempt) -> None:
    event = LearningEvent.objects.filter(kind="regraded")[0]
    event.pk = None
    event.save()
    where = f"regrades of attempt {regraded.pk} (user {regraded.user_id})"
    assert found() == [f"{where}: stored 3, counted 4 events in the ledger"]


def test_other_answers_of_a_regraded_attempt_are_left_alone(regraded: Attempt) -> None:
    corrected = RegradeRecord.objects.values("attempt_question")
    others = AttemptQuestion.objects.exclude(pk__in=corrected)
    assert not others.exclude(key_version=None).exists()
    assert not Answer.objects.filter(attempt_question__in=others).exclude(credit=F("credit") * 0).exists()

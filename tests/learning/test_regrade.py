"""Regrading after an editor's fix: new credits, the old ones kept, the learner told, no pass taken away."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AuditLog, User
from courses import publishing
from courses.models import Choice, Course, Question
from learning import checks, quizzes, regrade
from learning.models import Answer, Attempt, AttemptQuestion, LearningEvent, RegradeRecord
from tests.factories import NOW
from tests.learning.leaks import without_tokens
from tests.learning.quiz_steps import take

LATER = NOW + timedelta(days=1)
REASON = "The first choice is right, too."


@pytest.fixture
def failed(course: Course, learner: User) -> Attempt:
    """An attempt with two of four right, one short of passing."""
    return take(learner, quizzes.get_live("two-pms", "module-1"), right=2)


def wrong_row(attempt: Attempt) -> AttemptQuestion:
    """A question of an attempt that was answered wrongly."""
    rows = attempt.questions.select_related("version", "question", "answer")
    return next(row for row in rows.order_by("position") if row.answer.credit == 0)


def correct(question: Question) -> None:
    """Publish the opposite truth about a question, as an editor who finds the key upside down."""
    for choice in question.choices.all():
        choice.correct = question.type != "classify" and not choice.correct
        choice.bucket = {"product": "project", "project": "product", "": ""}[choice.bucket]
        choice.misconception = None
        choice.save()
    if question.type == "single":
        given = Answer.objects.filter(question=question).first()
        keys = [choice.key for choice in question.choices.all() if choice.correct]
        right = given.response["choice"] if given and given.response["choice"] in keys else keys[0]
        question.choices.exclude(key=right).update(correct=False)
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)


def regraded(question: Question, actor: User | None = None) -> regrade.Impact:
    """Regrade a question as it is live now."""
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    return regrade.regrade(question=live, reason=REASON, now=LATER, actor=actor)


def test_the_corrected_key_gives_new_credit_and_the_pass(failed: Attempt) -> None:
    row = wrong_row(failed)
    correct(row.question)
    done = regraded(row.question)
    failed.refresh_from_db()
    assert (done.attempts, done.changed) == (1, 1)
    assert (failed.credit, failed.passed) == (Decimal(3), True)
    assert Answer.objects.get(attempt_question=row).credit == 1
    assert list(checks.differences()) == []


def test_what_was_is_kept_with_reason_ledger_and_audit(failed: Attempt, learner: User) -> None:
    row = wrong_row(failed)
    correct(row.question)
    editor = User.objects.create_user("editor@example.org")
    regraded(row.question, editor)
    record = RegradeRecord.objects.get()
    assert (record.credit_before, record.credit_after, record.reason) == (Decimal(0), Decimal(1), REASON)
    assert (record.total_before, record.total_after) == (Decimal(2), Decimal(3))
    assert (record.passed_before, record.passed_after) == (False, True)
    assert record.from_version == row.version
    event = LearningEvent.objects.get(kind=LearningEvent.Kind.REGRADED)
    assert (event.user, event.attempt, event.version) == (learner, failed, record.to_version)
    audit = AuditLog.objects.get(action="regrade")
    assert (audit.actor, audit.object_id) == (editor, str(row.question_id))
    assert audit.after == {
        "version": record.to_version.pk,
        "reason": REASON,
        "attempts": 1,
        "changed": 1,
    }


def test_a_second_regrade_finds_nothing_to_do(failed: Attempt) -> None:
    row = wrong_row(failed)
    correct(row.question)
    regraded(row.question)
    assert regraded(row.question).attempts == 0
    assert RegradeRecord.objects.count() == AuditLog.objects.filter(action="regrade").count() == 1


def test_a_lower_credit_takes_no_pass_away(course: Course, learner: User, browser: Client) -> None:
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    row = attempt.questions.select_related("question").get(position=1)
    correct(row.question)
    regraded(row.question)
    attempt.refresh_from_db()
    assert attempt.credit == 2
    assert attempt.passed
    page = browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    assert "Your quiz is now 2 of 4; you keep your pass." in page
    assert list(checks.differences()) == []


def test_until_then_and_after_the_frozen_text_stays(failed: Attempt, browser: Client) -> None:
    row = wrong_row(failed)
    before = without_tokens(browser.get(f"/attempts/{failed.pk}/result/"))
    Question.objects.filter(pk=row.question_id).update(prompt="Asked another way?")
    correct(Question.objects.select_related("live_version").get(pk=row.question_id))
    assert without_tokens(browser.get(f"/attempts/{failed.pk}/result/")) == before
    regraded(row.question)
    page = browser.get(f"/attempts/{failed.pk}/result/").content.decode()
    assert "Asked another way?" not in page
    assert "3 of 4, passed" in page


def test_the_learner_is_told_on_the_result_and_on_the_progress_page(
    failed: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = wrong_row(failed)
    correct(row.question)
    regraded(row.question)
    monkeypatch.setattr("mailing.clock.now", lambda: LATER)
    for url in (f"/attempts/{failed.pk}/result/", "/dashboard/"):
        page = " ".join(browser.get(url).content.decode().split())
        assert "Changed for you" in page
        assert REASON in page
        assert ", and passed." in page
    monkeypatch.setattr("mailing.clock.now", lambda: LATER + timedelta(days=31))
    assert "Changed for you" not in browser.get("/dashboard/").content.decode()


def test_who_is_not_affected_is_told_nothing(failed: Attempt, browser: Client) -> None:
    row = failed.questions.select_related("question", "answer").get(position=1)
    correct(row.question)
    other = User.objects.create_user("other@example.org")
    client = Client()
    client.force_login(other)
    regraded(row.question)
    assert "Changed for you" not in client.get("/dashboard/").content.decode()


def test_open_attempts_keep_the_key_they_began_with(course: Course, learner: User) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    question = attempt.questions.select_related("question").get(position=1).question
    correct(question)
    done = regraded(question)
    assert (done.attempts, done.open_attempts) == (0, 1)
    assert attempt.questions.filter(key_version__isnull=False).count() == 0


def test_what_had_other_choices_is_left_alone(failed: Attempt) -> None:
    rows = failed.questions.select_related("question").exclude(question__type="true_false")
    question = rows.order_by("position")[0].question
    last = question.choices.order_by("order").last()
    assert last is not None
    Choice.objects.filter(pk=last.pk).update(key="another")
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    done = regraded(question)
    assert (done.attempts, done.unlike) == (0, 1)
    failed.refresh_from_db()
    assert failed.credit == 2


def test_an_unanswered_question_shows_the_corrected_key_and_earns_nothing(
    course: Course, learner: User
) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
    question = attempt.questions.select_related("question").get(position=1).question
    correct(question)
    done = regraded(question)
    assert (done.attempts, done.changed) == (1, 0)
    assert not RegradeRecord.objects.exists()


def test_staff_see_what_would_change_and_give_a_reason(
    failed: Attempt, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    row = wrong_row(failed)
    correct(row.question)
    form = {"action": "regrade_attempts", "_selected_action": [row.question_id]}
    url = "/admin/courses/question/"
    page = client.post(url, form).content.decode()
    assert "1 attempt to grade again, 1 of them with another credit." in page
    assert "This field is required" in client.post(url, {**form, "regrade": "yes"}).content.decode()
    assert not RegradeRecord.objects.exists()
    page = client.post(url, {**form, "regrade": "yes", "reason": REASON}, follow=True).content.decode()
    assert "graded again: 1, of these with another credit: 1." in page
    assert RegradeRecord.objects.get().reason == REASON

"""A quiz with a time limit: the server's clock decides, and at the end what was saved is handed in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from courses.models import Course, Quiz
from learning import checks, deadlines, quizzes
from learning.models import Accommodation, Attempt, LearningEvent
from learning.tasks import close_overdue_attempts
from tests import factories
from tests.factories import NOW
from tests.learning.quiz_steps import answer, form_of, make_quiz, take

QUIZ = "/learn/two-pms/quiz/module-1/"
END = NOW + timedelta(minutes=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def quiz(course: Course) -> Quiz:
    """A quiz of thirty minutes."""
    return make_quiz(time_limit_minutes=30)


@pytest.fixture
def attempt(quiz: Quiz, learner: User) -> Attempt:
    """An attempt with its first answer saved, and right."""
    begun = quizzes.start(user=learner, quiz=quiz, now=NOW)
    answer(begun.questions.select_related("version", "attempt__user").get(position=1), right=True)
    return begun


def it_is(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the server's clock."""
    monkeypatch.setattr("mailing.clock.now", lambda: moment)


def test_the_end_is_fixed_at_the_start(attempt: Attempt, browser: Client) -> None:
    assert attempt.ends_at == END
    make_quiz(time_limit_minutes=5)
    attempt.refresh_from_db()
    assert attempt.ends_at == END


def test_without_a_limit_there_is_no_end(course: Course, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    assert quizzes.start(user=learner, quiz=quiz, now=NOW).ends_at is None


def test_the_page_before_and_each_question_say_how_long(
    quiz: Quiz, attempt: Attempt, browser: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "30 minutes from the start" in client.get(QUIZ).content.decode()
    it_is(NOW + timedelta(minutes=12), monkeypatch)
    for shown in ("1", "overview"):
        page = browser.get(f"/attempts/{attempt.pk}/?question={shown}").content.decode()
        assert 'data-seconds-left="1080"' in page
        assert "18 minutes left</span> <span>(until 09:30)" in page


def test_extra_time_is_given_and_told(quiz: Quiz, learner: User, browser: Client) -> None:
    Accommodation.objects.create(user=learner, extra_time_percent=50, reason="Agreed.", given_at=NOW)
    assert "45 minutes from the start" in browser.get(QUIZ).content.decode()
    assert quizzes.start(user=learner, quiz=quiz, now=NOW).ends_at == NOW + timedelta(minutes=45)


@pytest.mark.parametrize(("last_day", "minutes"), [(NOW.date(), 45), (NOW.date() - timedelta(days=1), 30)])
def test_extra_time_ends_with_its_last_day(quiz: Quiz, learner: User, last_day: date, minutes: int) -> None:
    Accommodation.objects.create(
        user=learner, extra_time_percent=50, reason="Agreed.", given_at=NOW, until=last_day
    )
    attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
    assert attempt.ends_at == NOW + timedelta(minutes=minutes)


def test_at_the_end_the_next_look_hands_in_what_was_saved(
    attempt: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    it_is(END + 3 * SECOND, monkeypatch)
    assert "Time is up: see the result" in browser.get(QUIZ).content.decode()
    page = browser.get(f"/attempts/{attempt.pk}/?question=2", follow=True).content.decode()
    assert "1 of 4, not passed" in page
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.credit) == (END, Decimal(1))


def test_a_save_in_the_last_second_counts_and_one_after_it_does_not(
    attempt: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {row.position: row for row in attempt.questions.select_related("version")}
    it_is(END - SECOND, monkeypatch)
    browser.post(f"/attempts/{attempt.pk}/answers/2/", {**form_of(rows[2], right=True), "sequence": "1"})
    it_is(END, monkeypatch)
    headers = {"HX-Request": "true", "HX-Target": "saved"}
    form = {**form_of(rows[3], right=True), "sequence": "1"}
    quiet = browser.post(f"/attempts/{attempt.pk}/answers/3/", form, headers=headers).content.decode()
    loud = browser.post(f"/attempts/{attempt.pk}/answers/3/", form, follow=True).content.decode()
    for page in (quiet, loud):
        assert "Time was up at 09:30. What was saved until then counts; your last change does not." in page
    attempt.refresh_from_db()
    assert (attempt.submitted_at, attempt.credit) == (END, Decimal(2))


def test_handing_in_late_counts_as_handed_in_at_the_end(
    attempt: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    it_is(END + timedelta(hours=1), monkeypatch)
    browser.post(f"/attempts/{attempt.pk}/submit/")
    attempt.refresh_from_db()
    assert attempt.submitted_at == END


def test_a_change_after_handing_in_early_is_told_as_such(
    attempt: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    quizzes.submit(user=attempt.user, attempt_id=attempt.pk, now=NOW + timedelta(minutes=5))
    it_is(END + SECOND, monkeypatch)
    row = attempt.questions.select_related("version").get(position=2)
    form = {**form_of(row, right=True), "sequence": "1"}
    page = browser.post(f"/attempts/{attempt.pk}/answers/2/", form, follow=True).content.decode()
    assert "This attempt was handed in at 09:05." in page


def test_starting_again_after_the_end_leads_to_the_result(
    attempt: Attempt, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    it_is(END + SECOND, monkeypatch)
    page = browser.post(f"{QUIZ}start/", follow=True).content.decode()
    assert "1 of 4, not passed" in page


# --- The sweep --------------------------------------------------------------------------------------------


def test_who_never_comes_back_is_handed_in_by_the_sweep(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailing.clock.database_now", lambda: END - SECOND)
    close_overdue_attempts()
    assert Attempt.objects.get().submitted_at is None
    monkeypatch.setattr("mailing.clock.database_now", lambda: END + timedelta(minutes=1))
    close_overdue_attempts()
    assert (Attempt.objects.get().submitted_at, Attempt.objects.get().credit) == (END, Decimal(1))
    assert list(checks.differences()) == []


def test_the_sweep_leaves_attempts_without_a_limit_alone(course: Course, learner: User) -> None:
    quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    assert deadlines.close_overdue(now=NOW + timedelta(days=400)) == 0


def test_what_was_handed_in_is_swept_no_more(quiz: Quiz, learner: User) -> None:
    take(learner, quiz, right=2)
    assert deadlines.close_overdue(now=END) == 0


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_hand_in_once() -> None:
    factories.make_course()
    quiz = make_quiz(time_limit_minutes=30)
    for number in range(5):
        quizzes.start(user=User.objects.create_user(f"{number}@example.org"), quiz=quiz, now=NOW)

    def sweep(_: int) -> None:
        try:
            deadlines.close_overdue(now=END)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(sweep, range(6)))
    assert set(Attempt.objects.values_list("submitted_at", flat=True)) == {END}
    assert LearningEvent.objects.filter(kind=LearningEvent.Kind.ATTEMPT_SUBMITTED).count() == 5
    assert list(checks.differences()) == []

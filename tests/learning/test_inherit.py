"""What a guest did comes along to the account, by one rule a table."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts import guests
from accounts.models import User
from courses.models import Course, Lesson, Question
from learning import activity, checks, progress, quizzes
from learning.activity import DayCounts
from learning.models import (
    Answer,
    Attempt,
    DailyActivity,
    Enrollment,
    LearningEvent,
    LessonProgress,
    WeekGoal,
)
from tests.factories import NOW
from tests.learning.quiz_steps import answer, take

HOUR = timedelta(hours=1)


@pytest.fixture
def guest(course: Course) -> User:
    """Somebody without an account."""
    return User.objects.create(last_seen_on=NOW.date())


def done(user: User, key: str, hours: float = 0) -> None:
    """Complete a lesson some hours after noon."""
    progress.complete_lesson(user=user, lesson=Lesson.objects.get(key=key), now=NOW + hours * HOUR)


def undone(user: User, key: str, hours: float) -> None:
    """Mark a lesson as not done."""
    progress.undo_lesson(user=user, lesson=Lesson.objects.get(key=key), now=NOW + hours * HOUR)


def check(user: User, choice: str) -> None:
    """Answer the check of the first lesson."""
    progress.answer_check(
        user=user,
        lesson=Lesson.objects.get(key="lesson-1"),
        question=Question.objects.select_related("live_version").get(key="check-1"),
        response={"choice": choice},
        sureness="",
        now=NOW,
    )


def merge(guest: User, user: User) -> None:
    """Log in with an account where a guest was; the guest is gone and everything adds up."""
    guests.merge(guest=guest, user=user, now=NOW + 24 * HOUR)
    assert not User.objects.filter(pk=guest.pk).exists()
    assert list(checks.differences()) == []


def test_all_of_it_comes_to_a_new_account(guest: User, learner: User) -> None:
    done(guest, "lesson-1")
    check(guest, "moving-app")
    take(guest, quizzes.get_live("two-pms", "module-1"), right=3)
    merge(guest, learner)
    assert LessonProgress.objects.get().user == learner
    assert set(Answer.objects.values_list("user", flat=True)) == {learner.pk}
    assert Attempt.objects.get().user == learner
    assert Enrollment.objects.get().lessons_done == 1
    assert activity.tally(learner) == {NOW.date(): DayCounts(1, 5, 1)}
    assert LearningEvent.objects.filter(user=learner, kind="guest_merged").count() == 1


def test_the_earliest_completion_wins(guest: User, learner: User) -> None:
    done(learner, "lesson-1", hours=2)
    done(guest, "lesson-1", hours=1)
    merge(guest, learner)
    row = LessonProgress.objects.get()
    assert (row.user, row.completed_at) == (learner, NOW + HOUR)
    assert row.events.count() == 2, "the guest's event points to the row that stays"
    assert DailyActivity.objects.get().lessons == 1, "one lesson, done twice on a day, counts once"


@pytest.mark.parametrize(("undone_at", "stays_done"), [(3, False), (1, True)])
def test_whoever_acted_last_decides_whether_it_is_done(
    guest: User, learner: User, undone_at: int, stays_done: bool
) -> None:
    acts: list[tuple[int, Callable[..., None], User]] = [
        (0, done, learner),
        (undone_at, undone, learner),
        (2, done, guest),
    ]
    for hours, act, who in sorted(acts, key=lambda each: each[0]):
        act(who, "lesson-1", hours=hours)
    merge(guest, learner)
    assert (LessonProgress.objects.get().undone_at is None) is stays_done


def test_what_was_written_last_decides_though_the_clocks_of_two_processes_differ(
    guest: User, learner: User
) -> None:
    done(guest, "lesson-1", hours=0)
    done(learner, "lesson-1", hours=1)
    undone(learner, "lesson-1", hours=1 - 0.05)
    assert list(checks.differences()) == []
    merge(guest, learner)
    assert LessonProgress.objects.get().undone_at is not None


def test_the_accounts_own_answer_to_a_check_stays(guest: User, learner: User) -> None:
    check(learner, "keeping-app")
    check(guest, "moving-app")
    merge(guest, learner)
    assert Answer.objects.get().response == {"choice": "keeping-app"}
    assert LearningEvent.objects.filter(kind="check_answered").count() == 2, "the ledger keeps both rows"
    assert DailyActivity.objects.get().answers == 1


def test_attempts_are_numbered_after_the_accounts(guest: User, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    mine = [take(learner, quiz, right=n).pk for n in (0, 4)]
    theirs = [take(guest, quiz, right=n).pk for n in (1, 2)]
    merge(guest, learner)
    assert list(learner.attempts.order_by("number").values_list("pk", flat=True)) == mine + theirs
    assert list(learner.attempts.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


def test_an_open_attempt_comes_along_when_there_is_room(guest: User, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    take(learner, quiz, right=0)
    attempt = quizzes.start(user=guest, quiz=quiz, now=NOW)
    answer(attempt.questions.select_related("version", "attempt__user").get(position=1), right=True)
    merge(guest, learner)
    assert quizzes.start(user=learner, quiz=quiz, now=NOW) == attempt
    assert quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW).credit == 1


def test_of_two_open_attempts_the_accounts_stays_and_is_last(guest: User, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    take(guest, quiz, right=0)
    quizzes.start(user=guest, quiz=quiz, now=NOW)
    own = quizzes.start(user=learner, quiz=quiz, now=NOW)
    merge(guest, learner)
    assert quizzes.start(user=learner, quiz=quiz, now=NOW) == own
    assert list(learner.attempts.order_by("number").values_list("number", flat=True)) == [1, 2]
    own.refresh_from_db()
    assert own.number == 2
    assert LearningEvent.objects.filter(kind="attempt_started").count() == 3, "the ledger keeps all rows"


def test_the_enrollment_stands_where_the_later_one_stood(guest: User, learner: User) -> None:
    done(guest, "lesson-1", hours=0)
    done(learner, "lesson-2", hours=1)
    merge(guest, learner)
    row = Enrollment.objects.get()
    assert row.last_lesson is not None
    assert (row.started_at, row.last_lesson.key, row.lessons_done) == (NOW, "lesson-2", 2)


def test_the_accounts_week_goals_stay(guest: User, learner: User) -> None:
    WeekGoal.objects.create(user=guest, from_monday=NOW.date(), days=2)
    WeekGoal.objects.create(user=learner, from_monday=NOW.date(), days=5)
    merge(guest, learner)
    assert WeekGoal.objects.get().days == 5

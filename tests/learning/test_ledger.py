"""The ledger and the days it adds up to; that nobody rewrites it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from courses.models import Course, Lesson
from learning import activity, enrollment, progress, quizzes
from learning.activity import DayCounts
from learning.models import (
    Answer,
    Attempt,
    Bookmark,
    ContentReport,
    DailyActivity,
    DrillAnswer,
    Enrollment,
    LearningEvent,
    LessonProgress,
    Note,
    ReminderContract,
    ReviewCard,
    ReviewLog,
    WeekGoal,
)
from learning.models.append_only import AppendOnly
from learning.models.moves import FollowsMoves
from tests.factories import NOW
from tests.learning.quiz_steps import take

Kind = LearningEvent.Kind


def test_an_event_keeps_the_local_date_and_zone_of_its_time(learner: User) -> None:
    learner.time_zone = "Pacific/Auckland"
    event = activity.record(user=learner, kind=Kind.ENROLLED, now=NOW.replace(hour=23))
    learner.time_zone = "UTC"
    learner.save()
    event.refresh_from_db()
    assert (event.local_date, event.time_zone) == (date(2026, 11, 22), "Pacific/Auckland")


def test_a_day_exists_only_when_something_was_done(course: Course, learner: User) -> None:
    enrollment.enrol(user=learner, course=course, now=NOW)
    assert not DailyActivity.objects.exists()


def test_being_here_keeps_guests_and_starts_reminders_afresh(learner: User) -> None:
    contract = ReminderContract.objects.create(user=learner, local_time="18:00", unanswered=3)
    activity.was_here(learner, now=NOW)
    contract.refresh_from_db()
    learner.refresh_from_db()
    assert (contract.unanswered, learner.last_seen_on) == (0, NOW.date())


def test_the_days_are_what_the_ledger_says(course: Course, learner: User) -> None:
    lessons = list(Lesson.objects.live())
    for n, lesson in enumerate(lessons):
        progress.complete_lesson(user=learner, lesson=lesson, now=NOW + timedelta(days=n // 2))
    progress.undo_lesson(user=learner, lesson=lessons[0], now=NOW + timedelta(days=1))
    progress.complete_lesson(user=learner, lesson=lessons[0], now=NOW + timedelta(days=1))
    take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    stored = {row.local_date: row for row in DailyActivity.objects.all()}
    counted = activity.tally(learner)
    assert counted == {day: DayCounts(row.lessons, row.answers, row.quizzes) for day, row in stored.items()}
    assert counted == {date(2026, 11, 21): DayCounts(2, 4, 1), date(2026, 11, 22): DayCounts(3, 0, 0)}


def test_enrolling_twice_is_enrolling_once(course: Course, learner: User) -> None:
    first = enrollment.enrol(user=learner, course=course, now=NOW)
    assert enrollment.enrol(user=learner, course=course, now=NOW) == first
    assert LearningEvent.objects.get().kind == Kind.ENROLLED


def test_a_row_cannot_be_changed(learner: User) -> None:
    activity.record(user=learner, kind=Kind.ENROLLED, now=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LearningEvent.objects.update(kind=Kind.LESSON_COMPLETED)


def test_a_row_cannot_be_changed_on_the_way_to_another_owner(learner: User) -> None:
    activity.record(user=learner, kind=Kind.ENROLLED, now=NOW)
    other = User.objects.create_user("other@example.org")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LearningEvent.objects.update(user=other, at=NOW - timedelta(days=1))
    LearningEvent.objects.update(user=other)


def test_a_row_cannot_be_deleted(learner: User) -> None:
    activity.record(user=learner, kind=Kind.ENROLLED, now=NOW)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        delete_all_and_look()


def delete_all_and_look() -> None:
    """Delete the whole ledger; the trigger waits for the end of the transaction unless told to look."""
    LearningEvent.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_with_a_person_everything_goes(course: Course, learner: User) -> None:
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    learner.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in (LearningEvent, LessonProgress, Enrollment, DailyActivity):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Enrollment(pk=5), "enrollment 5"),
        (LessonProgress(pk=5), "progress 5"),
        (LearningEvent(pk=5, kind=Kind.ENROLLED), "enrolled 5"),
        (DailyActivity(pk=5, local_date=date(2026, 11, 21)), "2026-11-21"),
        (WeekGoal(pk=5, days=3, from_monday=date(2026, 11, 16)), "3 days a week from 2026-11-16"),
        (Note(pk=5, text="Ask Ann about it."), "note 5"),
        (Bookmark(pk=5), "bookmark 5"),
        (DrillAnswer(pk=5, given="project"), "drill answer 5"),
        (Attempt(number=2), "attempt 2"),
        (Answer(pk=5, response={"text": "Ask Ann."}), "answer 5"),
        (ReviewCard(pk=5), "card 5"),
        (ReviewLog(pk=5, response={"text": "Ask Ann."}), "review 5"),
        (ContentReport(pk=5, text="Ask Ann."), "report 5"),
    ],
    ids=lambda row: type(row).__name__,
)
def test_in_logs_a_row_is_named_by_number_or_day_and_tells_no_word_of_anybody(row: Model, name: str) -> None:
    assert str(row) == name


def test_the_guard_of_the_ledger_can_be_taken_off_and_put_on_again(learner: User) -> None:
    activity.record(user=learner, kind=Kind.ENROLLED, now=NOW)
    (guard,) = (each for each in LearningEvent._meta.constraints if each.name == "ledger_is_append_only")
    with connection.schema_editor() as editor:
        editor.remove_constraint(LearningEvent, guard)
    LearningEvent.objects.update(kind=Kind.LESSON_COMPLETED)
    with connection.schema_editor() as editor:
        editor.add_constraint(LearningEvent, guard)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        LearningEvent.objects.update(kind=Kind.ENROLLED)


def test_a_migration_sees_which_guard_is_another() -> None:
    guard, same, other = (
        AppendOnly(name="guard", owner="user", movable=movable) for movable in (["answer"], ["answer"], [])
    )
    assert (guard == same, guard == other) == (True, False)
    follows = FollowsMoves(name="guard")
    assert (follows == FollowsMoves(name="guard"), follows == guard) == (True, False)


def test_a_guard_needs_an_owner_with_whom_rows_may_go() -> None:
    guard = AppendOnly(name="guard", owner="at", movable=[])
    with pytest.raises(TypeError, match="at is no foreign key"):
        guard.create_sql(LearningEvent, None)

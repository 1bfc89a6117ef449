"""What completing, reading again, undoing and answering write: the record, ledger, place and cards."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from courses import publishing
from courses.models import Course, Lesson, Question, Quiz, Version
from learning import progress
from learning.models import Answer, DailyActivity, Enrollment, LearningEvent, LessonProgress, ReviewLog
from learning.progress import NextStep
from tests.factories import NOW, make_course
from tests.learning.finishing import give_certificates, pass_final, read_all

LATER = NOW + timedelta(hours=1)
NEXT_DAY = NOW + timedelta(days=1)


def lesson(key: str = "lesson-1") -> Lesson:
    return Lesson.objects.select_related("live_version", "course__live_version").get(key=key)


def change(row: Lesson) -> Version:
    """Publish a lesson with a section more."""
    row.body += "\n\n## Who pays\n\nThe sponsor pays.\n"
    row.save(update_fields=["body"])
    return publishing.publish(row, author=None, now=NOW)


def events(user: User) -> list[tuple[str, datetime]]:
    return list(LearningEvent.objects.filter(user=user).order_by("pk").values_list("kind", "at"))


def newest(user: User) -> LearningEvent:
    return LearningEvent.objects.filter(user=user).latest("pk")


def place(user: User) -> tuple[str, datetime, int]:
    """Return the lesson touched last, when, and how many are done."""
    row = Enrollment.objects.select_related("last_lesson").get(user=user)
    assert row.last_lesson
    return row.last_lesson.key, row.last_active_at, row.lessons_done


def lessons_of_days(user: User) -> list[int]:
    return list(
        DailyActivity.objects.filter(user=user).order_by("local_date").values_list("lessons", flat=True)
    )


def complete(user: User, row: Lesson, now: datetime = NOW) -> LessonProgress:
    return progress.complete_lesson(user=user, lesson=row, now=now)


# --- completing -------------------------------------------------------------------------------------------


def test_the_first_lesson_enrols_and_is_written_down_with_its_version(course: Course, learner: User) -> None:
    row = lesson()
    done = complete(learner, row)
    done.refresh_from_db()
    assert (done.user, done.lesson, done.version) == (learner, row, row.live_version)
    assert (done.completed_at, done.undone_at) == (NOW, None)
    assert events(learner) == [("enrolled", NOW), ("lesson_completed", NOW)]
    told = newest(learner)
    assert (told.course, told.version, told.lesson_progress) == (course, row.live_version, done)
    assert place(learner) == ("lesson-1", NOW, 1)
    assert lessons_of_days(learner) == [1]


def test_what_the_lesson_teaches_has_cards_then(course: Course, learner: User) -> None:
    complete(learner, lesson())
    logs = ReviewLog.objects.filter(card__user=learner)
    assert {log.source for log in logs} == {"lesson"}
    assert {log.version for log in logs} == {lesson().live_version}
    assert {log.at for log in logs} == {NOW}
    assert logs.filter(card__objective__key="objective-1").count() == 1


def test_completing_again_changes_nothing(course: Course, learner: User) -> None:
    first = complete(learner, lesson())
    change(lesson())
    again = complete(learner, lesson(), LATER)
    assert (again.pk, again.completed_at, again.version_id) == (first.pk, NOW, first.version_id)
    assert (place(learner), len(events(learner))) == (("lesson-1", NOW, 1), 2)


def test_after_an_undo_it_counts_anew_in_what_is_live_then(course: Course, learner: User) -> None:
    complete(learner, lesson())
    progress.undo_lesson(user=learner, lesson=lesson(), now=NOW)
    version = change(lesson())
    done = complete(learner, lesson(), LATER)
    done.refresh_from_db()
    assert (done.version, done.completed_at, done.undone_at) == (version, LATER, None)
    assert place(learner) == ("lesson-1", LATER, 1)
    assert newest(learner).version == version
    assert lessons_of_days(learner) == [1], "one lesson is one lesson a day, however often"


def test_on_another_day_it_is_a_lesson_of_that_day_too(course: Course, learner: User) -> None:
    complete(learner, lesson())
    progress.undo_lesson(user=learner, lesson=lesson(), now=NOW)
    complete(learner, lesson(), NEXT_DAY)
    assert lessons_of_days(learner) == [1, 1]


def test_a_day_is_the_learners_own(course: Course, learner: User) -> None:
    evening = NOW.replace(hour=23, minute=30)
    User.objects.filter(pk=learner.pk).update(time_zone="Asia/Tokyo")
    learner.refresh_from_db()
    complete(learner, lesson(), evening)  # the next morning there
    progress.undo_lesson(user=learner, lesson=lesson(), now=evening)
    complete(learner, lesson(), evening + timedelta(hours=2))
    assert lessons_of_days(learner) == [1]


def test_only_the_own_enrollment_moves(course: Course, learner: User) -> None:
    other = User.objects.create_user("other@example.org")
    complete(other, lesson())
    second = make_course("second")
    complete(learner, Lesson.objects.get(key="lesson-1", course=second), LATER)
    assert place(other) == ("lesson-1", NOW, 1)
    complete(learner, lesson_of(course))
    assert [row.lessons_done for row in Enrollment.objects.filter(user=learner)] == [1, 1]


def lesson_of(course: Course) -> Lesson:
    return Lesson.objects.get(course=course, key="lesson-1")


def test_the_lesson_that_fulfils_the_rule_earns_the_certificate(course: Course, learner: User) -> None:
    give_certificates(course)
    read_all(learner, but="lesson-4")
    pass_final(learner)
    assert not learner.certificates.exists()
    complete(learner, lesson("lesson-4"), LATER)
    assert learner.certificates.get().course == course


def test_a_lesson_without_a_live_version_cannot_be_done(learner: User) -> None:
    make_course(published=False)
    with pytest.raises(Lesson.DoesNotExist):
        complete(learner, lesson())


# --- reading again ----------------------------------------------------------------------------------------


def test_reading_what_changed_is_a_completion_in_what_is_live(course: Course, learner: User) -> None:
    complete(learner, lesson())
    complete(learner, lesson("lesson-2"))
    version = change(lesson())
    assert progress.reread_lesson(user=learner, lesson=lesson(), now=NEXT_DAY)
    row = LessonProgress.objects.get(user=learner, lesson=lesson())
    assert (row.version, row.completed_at) == (version, NEXT_DAY)
    assert place(learner) == ("lesson-1", NEXT_DAY, 2)
    told = newest(learner)
    assert (told.kind, told.at, told.version, told.lesson_progress) == (
        "lesson_completed",
        NEXT_DAY,
        version,
        row,
    )
    assert lessons_of_days(learner) == [2, 1]


def test_reading_it_again_on_the_day_of_its_completion_is_no_second_lesson(
    course: Course, learner: User
) -> None:
    complete(learner, lesson())
    change(lesson())
    assert progress.reread_lesson(user=learner, lesson=lesson(), now=LATER)
    assert lessons_of_days(learner) == [1]


def test_there_is_nothing_to_read_again_in_what_is_done_as_it_is_or_not_done(
    course: Course, learner: User
) -> None:
    other = User.objects.create_user("other@example.org")
    complete(learner, lesson())
    assert not progress.reread_lesson(user=learner, lesson=lesson(), now=LATER)
    change(lesson())
    assert not progress.reread_lesson(user=other, lesson=lesson(), now=LATER)
    assert not progress.reread_lesson(user=learner, lesson=lesson("lesson-2"), now=LATER)
    progress.undo_lesson(user=learner, lesson=lesson(), now=NOW)
    assert not progress.reread_lesson(user=learner, lesson=lesson(), now=LATER)
    assert place(learner) == ("lesson-1", NOW, 0)


# --- undoing ----------------------------------------------------------------------------------------------


def test_undoing_takes_the_lesson_back_and_leaves_its_day(course: Course, learner: User) -> None:
    done = complete(learner, lesson())
    change(lesson())
    undone = progress.undo_lesson(user=learner, lesson=lesson(), now=LATER)
    assert undone is not None
    undone.refresh_from_db()
    assert (undone.pk, undone.undone_at, undone.completed_at) == (done.pk, LATER, NOW)
    assert place(learner) == ("lesson-1", LATER, 0)
    told = newest(learner)
    assert (told.kind, told.at, told.course) == ("lesson_undone", LATER, course)
    assert (told.version, told.lesson_progress) == (done.version, done)
    assert lessons_of_days(learner) == [1]


def test_what_is_not_done_cannot_be_undone(course: Course, learner: User) -> None:
    other = User.objects.create_user("other@example.org")
    complete(learner, lesson())
    for user, row in ((other, lesson()), (learner, lesson("lesson-2"))):
        assert progress.undo_lesson(user=user, lesson=row, now=LATER) is None
    assert progress.undo_lesson(user=learner, lesson=lesson(), now=LATER)
    assert progress.undo_lesson(user=learner, lesson=lesson(), now=NEXT_DAY) is None
    assert (len(events(learner)), place(learner)) == (3, ("lesson-1", LATER, 0))


# --- answering --------------------------------------------------------------------------------------------


def answer(user: User, choice: str, sureness: str = "", now: datetime = NOW) -> Answer:
    question = Question.objects.select_related("live_version").get(key="check-1")
    return progress.answer_check(
        user=user,
        lesson=lesson(),
        question=question,
        response={"choice": choice},
        sureness=sureness,
        now=now,
    )


def log_of(user: User) -> dict[str, Any]:
    fields = ("source", "rating", "sureness", "credit", "question__key", "version", "at")
    logs = ReviewLog.objects.filter(card__user=user, card__objective__key="objective-1")
    found: dict[str, Any] = logs.values(*fields).get()
    return found


@pytest.mark.parametrize(
    ("choice", "sureness", "credit", "rating"),
    [
        ("moving-app", "sure", 1, 4),
        ("moving-app", "", 1, 3),
        ("moving-app", "guess", 1, 2),
        ("keeping-app", "sure", 0, 1),
    ],
)
def test_an_answer_is_graded_and_kept_with_how_sure_and_begins_a_card(
    course: Course, learner: User, choice: str, sureness: str, credit: int, rating: int
) -> None:
    kept = answer(learner, choice, sureness)
    kept.refresh_from_db()
    version = Question.objects.get(key="check-1").live_version
    assert version is not None
    assert (kept.user, kept.question.key, kept.context, kept.version) == (
        learner,
        "check-1",
        "check",
        version,
    )
    assert (kept.response, kept.sureness, kept.credit, kept.saved_at) == (
        {"choice": choice},
        sureness,
        Decimal(credit),
        NOW,
    )
    assert events(learner) == [("enrolled", NOW), ("check_answered", NOW)]
    told = newest(learner)
    assert (told.course, told.version, told.answer) == (course, version, kept)
    assert place(learner) == ("lesson-1", NOW, 0)
    assert log_of(learner) == {
        "source": "check",
        "rating": rating,
        "sureness": sureness,
        "credit": Decimal(credit),
        "question__key": "check-1",
        "version": version.pk,
        "at": NOW,
    }


def test_the_first_answer_stays_and_a_second_one_writes_nothing(course: Course, learner: User) -> None:
    first = answer(learner, "keeping-app", "guess")
    second = answer(learner, "moving-app", "sure", now=LATER)
    assert (second.pk, second.response) == (first.pk, {"choice": "keeping-app"})
    assert second.credit == 0
    assert (len(events(learner)), place(learner)) == (2, ("lesson-1", NOW, 0))


def test_a_question_that_is_not_live_cannot_be_answered(learner: User) -> None:
    make_course(published=False)
    with pytest.raises(Question.DoesNotExist):
        answer(learner, "moving-app")


# --- going on ---------------------------------------------------------------------------------------------


def test_people_go_on_in_the_course_they_were_in_last_and_have_not_finished(
    course: Course, learner: User
) -> None:
    other = User.objects.create_user("other@example.org")
    second = make_course("second")
    complete(learner, lesson_of(second), LATER)
    complete(learner, lesson_of(course), NEXT_DAY)
    complete(other, lesson_of(second))

    def where(found: NextStep | None) -> tuple[str, str] | None:
        return (found.course_key, found.key) if found else None

    many = progress.resume_many([learner, other])
    assert [where(many[user.pk]) for user in (learner, other)] == [
        ("two-pms", "lesson-2"),
        ("second", "lesson-2"),
    ]
    for quiz in Quiz.objects.filter(course=course):
        publishing.archive(quiz, now=NOW)
    for row in Lesson.objects.filter(course=course).exclude(key="lesson-1"):
        complete(learner, row, NEXT_DAY)
    assert where(progress.resume(learner)) == ("second", "lesson-2"), "the other one is finished"


def test_of_the_courses_that_a_caller_names_only(course: Course, learner: User) -> None:
    second = make_course("second")
    complete(learner, lesson_of(course), LATER)
    assert progress.resume_many([learner], [second]) == {learner.pk: None}
    step = progress.resume_many([learner], [course])[learner.pk]
    assert step is not None
    assert step.key == "lesson-2"

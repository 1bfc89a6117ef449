"""Each day is counted into totals: once a person, again and again without a change, and for good."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import User
from courses.models import Course, Lesson
from learning import enrollment, progress, quizzes, totals
from learning.models import Certificate, Cohort, CohortMember, CountedDay, DailyTotal, Enrollment
from tests.factories import NOW
from tests.learning.finishing import give_certificates, pass_final, read_all
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def person(name: str, *, at: datetime = NOW) -> User:
    """Somebody who signs up."""
    return User.objects.create_user(f"{name}@example.org", accepted_terms_at=at)


def complete(user: User, key: str, *, at: datetime = NOW) -> None:
    """Complete a lesson, as somebody who has begun its course."""
    lesson = Lesson.objects.live().get(key=key)
    enrollment.enrol(user=user, course=lesson.course, now=at)
    progress.complete_lesson(user=user, lesson=lesson, now=at)


def counted(measure: str, *, cohort: Cohort | None = None, course: Course | None = None) -> dict[date, int]:
    """Totals of a measure by day."""
    rows = DailyTotal.objects.filter(measure=measure, cohort=cohort, course=course)
    return {row.day: row.amount for row in rows}


def everything() -> set[tuple[object, ...]]:
    """All totals, without what tells the run."""
    names = [field.attname for field in DailyTotal._meta.concrete_fields if field.name != "id"]
    return set(DailyTotal.objects.values_list(*names))


def test_people_are_counted_on_the_day_of_the_first_time(course: Course) -> None:
    lea, guest = person("lea", at=NOW - 2 * DAY), User.objects.create()
    complete(lea, "lesson-1", at=NOW - DAY)
    complete(lea, "lesson-2", at=NOW)
    complete(guest, "lesson-1", at=NOW)
    totals.roll_up(now=NOW)
    yesterday, today = NOW.date() - DAY, NOW.date()
    assert counted("signed_up") == {today - 2 * DAY: 1}
    assert counted("began", course=course) == counted("began") == {yesterday: 1, today: 1}
    assert counted("first_lesson", course=course) == counted("first_lesson") == {yesterday: 1, today: 1}
    lessons = DailyTotal.objects.filter(measure="lesson_done").order_by("day", "lesson")
    assert [(row.lesson and row.lesson.key, row.day, row.amount) for row in lessons] == [
        ("lesson-1", yesterday, 1),
        ("lesson-1", today, 1),
        ("lesson-2", today, 1),
    ]


def test_a_lesson_taken_back_and_done_again_counts_once(course: Course) -> None:
    lea = person("lea")
    complete(lea, "lesson-1", at=NOW - DAY)
    lesson = Lesson.objects.get(key="lesson-1")
    progress.undo_lesson(user=lea, lesson=lesson, now=NOW)
    complete(lea, "lesson-1", at=NOW)
    totals.roll_up(now=NOW)
    assert counted("lesson_done") == {}
    rows = DailyTotal.objects.filter(measure="lesson_done")
    assert [(row.day, row.amount) for row in rows] == [(NOW.date() - DAY, 1)]


def test_a_day_is_one_in_utc_whatever_the_zone_of_who_learns(course: Course) -> None:
    late = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
    complete(User.objects.create(time_zone="Asia/Tokyo"), "lesson-1", at=late)
    complete(User.objects.create(time_zone="America/Lima"), "lesson-1", at=late + timedelta(seconds=1))
    totals.roll_up(now=NOW)
    assert counted("first_lesson") == {date(2026, 11, 20): 1, date(2026, 11, 21): 1}


def test_whoever_finishes_is_counted_with_the_days_it_took(course: Course) -> None:
    live = give_certificates(course)
    lea = person("lea", at=NOW - 9 * DAY)
    complete(lea, "lesson-1", at=NOW - 9 * DAY)
    read_all(lea, but="lesson-1", now=NOW - DAY)
    pass_final(lea, now=NOW)
    complete(person("sam"), "lesson-1")
    totals.roll_up(now=NOW)
    assert counted("finished") == counted("finished", course=live) == {NOW.date() - DAY: 1}
    assert counted("certified") == counted("certified", course=live) == {NOW.date(): 1}
    took = DailyTotal.objects.get(measure="took_days")
    assert (took.number, took.amount, took.course) == (8, 1, live)


def test_quizzes_are_counted_by_first_attempts_and_first_passes(course: Course) -> None:
    lea, sam = person("lea"), person("sam")
    quiz = quizzes.get_live("two-pms", "module-1")
    take(lea, quiz, right=1, now=NOW - DAY)
    take(lea, quiz, right=4, now=NOW)
    take(lea, quiz, right=4, now=NOW)
    take(sam, quiz, right=4, now=NOW)
    totals.roll_up(now=NOW)
    rows = DailyTotal.objects.filter(quiz=quiz).order_by("day", "measure")
    assert [((NOW.date() - row.day).days, row.measure, row.amount) for row in rows] == [
        (1, "quiz_score", 25),
        (1, "quiz_taken", 1),
        (0, "quiz_passed", 2),
        (0, "quiz_passed_first", 1),
        (0, "quiz_score", 100),
        (0, "quiz_taken", 1),
    ]


def test_mistaken_ideas_are_counted_with_the_lesson_that_teaches_better(course: Course) -> None:
    lea, sam = person("lea"), person("sam")
    lesson = Lesson.objects.live().get(key="lesson-1")
    for user, choice in ((lea, "keeping-app"), (sam, "moving-app")):
        enrollment.enrol(user=user, course=course, now=NOW)
        answer_the_check(user, lesson, choice)
    totals.roll_up(now=NOW)
    row = DailyTotal.objects.get(measure="misconception")
    assert row.misconception
    assert (row.misconception.key, row.lesson, row.amount) == ("deadlines-make-a-project", lesson, 1)


def answer_the_check(user: User, lesson: Lesson, choice: str) -> None:
    """Answer the check of a lesson."""
    question = lesson.course.questions.select_related("live_version").get(key="check-1")
    response = {"choice": choice}
    progress.answer_check(
        user=user, lesson=lesson, question=question, response=response, sureness="sure", now=NOW
    )


def test_who_stays_away_for_thirty_days_left_off_at_the_last_lesson(course: Course) -> None:
    away, back = person("away"), person("back")
    for user in (away, back):
        complete(user, "lesson-2", at=NOW - 31 * DAY)
    complete(back, "lesson-3", at=NOW - 3 * DAY)
    CountedDay.objects.create(day=NOW.date() - 4 * DAY, counted_at=NOW - 4 * DAY)
    totals.roll_up(now=NOW - 2 * DAY)
    assert not DailyTotal.objects.filter(measure="left_off")
    totals.roll_up(now=NOW)
    row = DailyTotal.objects.get(measure="left_off")
    assert row.lesson
    assert (row.lesson.key, row.day, row.amount) == ("lesson-2", NOW.date() - 31 * DAY, 1)


def test_cohorts_count_who_was_in_them_on_the_day_in_their_course(course: Course) -> None:
    cohort = Cohort.objects.create(name="Autumn", course=course, created_at=NOW)
    lea, late = person("lea"), person("late")
    CohortMember.objects.create(cohort=cohort, user=lea, joined_at=NOW - DAY, via="staff")
    CohortMember.objects.create(cohort=cohort, user=late, joined_at=NOW + DAY, via="staff")
    for user in (lea, late, person("other")):
        complete(user, "lesson-1")
    totals.roll_up(now=NOW)
    assert counted("first_lesson", course=course) == {NOW.date(): 3}
    assert counted("first_lesson", course=course, cohort=cohort) == {NOW.date(): 1}
    assert counted("signed_up", cohort=cohort) == {NOW.date(): 1}


def test_counting_again_changes_nothing_and_brings_what_came_since(course: Course) -> None:
    lea = person("lea")
    complete(lea, "lesson-1")
    assert totals.roll_up(now=NOW) == 3
    before = everything()
    totals.roll_up(now=NOW)
    assert everything() == before
    complete(lea, "lesson-2", at=NOW + timedelta(hours=1))
    totals.roll_up(now=NOW + timedelta(hours=2))
    assert everything() > before


def test_who_is_erased_leaves_the_totals_unchanged(course: Course) -> None:
    lea = person("lea")
    give_certificates(course)
    read_all(lea)
    take(lea, quizzes.get_live("two-pms", "module-1"), right=2)
    pass_final(lea)
    totals.roll_up(now=NOW)
    before = everything()
    assert {row[1] for row in before} >= {"signed_up", "finished", "certified", "quiz_score", "misconception"}
    lea.delete()
    totals.roll_up(now=NOW + DAY)
    assert everything() == before
    assert not Enrollment.objects.exists()
    assert not Certificate.objects.exists()


def test_days_that_nobody_counted_are_made_up_for_a_few_at_a_time(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "DAYS_AT_ONCE", 4)
    for days in (8, 4, 1):
        complete(User.objects.create(), "lesson-1", at=NOW - days * DAY)
    assert [totals.roll_up(now=NOW) for _ in range(3)] == [4, 4, 3]
    assert [row.amount for row in DailyTotal.objects.filter(measure="first_lesson", course=course)] == [1] * 3
    assert CountedDay.objects.count() == 9
    assert totals.roll_up(now=NOW + 3 * DAY) == 4

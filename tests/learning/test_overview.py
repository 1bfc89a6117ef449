"""The numbers of the progress page: what counts, why, and that years cost no more than days."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Course, Lesson
from learning import goals, looking_back, overview, why
from learning.counts import CourseDone
from learning.looking_back import Day
from learning.models import LessonProgress
from tests.learning import history
from tests.learning.history import NOW, Kind

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def course() -> Course:
    return history.make_course()


@pytest.fixture
def learner(course: Course) -> User:
    """Somebody who has started the course and done nothing yet."""
    user = User.objects.create_user("learner@example.org")
    history.enrol(user, course, at=NOW)
    return user


def lesson(course: Course, n: int) -> Lesson:
    return course.lessons.get(key=f"lesson-{n}")


def done_in(user: User) -> CourseDone:
    """How much is done in the learner's one course."""
    (found,) = overview.of(user, today=TODAY).courses
    return found


def test_done_counts_lessons_of_the_live_outline(learner: User, course: Course) -> None:
    history.complete(learner, lesson(course, 1))
    history.complete(learner, lesson(course, 2))
    assert (done_in(learner).done, done_in(learner).total, done_in(learner).beyond) == (2, 4, 0)


def test_an_undone_lesson_does_not_count(learner: User, course: Course) -> None:
    progress = history.complete(learner, lesson(course, 1))
    LessonProgress.objects.filter(pk=progress.pk).update(undone_at=NOW)
    assert done_in(learner).done == 0


def test_a_lesson_that_left_the_course_is_not_lost(learner: User, course: Course) -> None:
    history.complete(learner, lesson(course, 1))
    first = course.live_version
    assert first
    kept = {**first.body["modules"][0], "lessons": first.body["modules"][0]["lessons"][1:]}
    history.publish(course, "outline", {**first.body, "modules": [kept]}, number=2)
    assert (done_in(learner).done, done_in(learner).total, done_in(learner).beyond) == (0, 3, 1)


def test_a_course_that_is_no_longer_offered_keeps_what_was_done(learner: User, course: Course) -> None:
    history.complete(learner, lesson(course, 1))
    Course.objects.update(live_version=None)
    assert (done_in(learner).total, done_in(learner).beyond) == (0, 1)
    assert overview.of(learner, today=TODAY).next_step is None


def test_other_peoples_lessons_do_not_count(learner: User, course: Course) -> None:
    other = User.objects.create_user("other@example.org")
    history.enrol(other, course)
    history.complete(other, lesson(course, 1))
    assert done_in(learner).done == 0


def test_the_next_step_is_where_the_learner_stopped(learner: User, course: Course) -> None:
    history.complete(learner, lesson(course, 1))
    numbers = overview.of(learner, today=TODAY)
    assert numbers.next_step
    assert (numbers.next_step.title, numbers.left_in_module) == ("Lesson 2", 3)


def test_a_finished_course_leaves_no_step(learner: User, course: Course) -> None:
    for n in range(1, 5):
        history.complete(learner, lesson(course, n))
    history.hand_in(learner, course.quizzes.get(), history.Bank.of(course).question, 1, NOW)
    assert overview.of(learner, today=TODAY).next_step is None


def test_a_quiz_that_was_begun_is_called_unfinished(learner: User, course: Course) -> None:
    for n in range(1, 5):
        history.complete(learner, lesson(course, n))
    quiz = course.quizzes.get()
    learner.attempts.create(
        quiz=quiz, quiz_version=history.live(quiz), number=1, seed=1, started_at=NOW, question_count=1
    )
    assert overview.of(learner, today=TODAY).unfinished


def test_scores_are_the_last_ones_the_oldest_first(learner: User, course: Course) -> None:
    question = history.Bank.of(course).question
    for n in range(1, looking_back.SCORES_SHOWN + 3):
        at = NOW + timedelta(minutes=n)
        history.hand_in(learner, course.quizzes.get(), question, n, at, credit="0.699" if n == 3 else "1")
    scores = overview.of(learner, today=TODAY).scores
    assert [score.number for score in scores] == list(range(3, looking_back.SCORES_SHOWN + 3))
    assert (scores[0].per_cent, scores[0].passed, scores[0].pass_mark) == (69, False, 70)
    assert scores[0].credit == Decimal("0.699")


def test_study_days_and_the_goal_use_the_dates_of_the_ledger(learner: User) -> None:
    history.count(learner, TODAY - timedelta(days=1), lessons=1)
    history.count(learner, TODAY - timedelta(days=4))  # a day whose sums are all zero is no study day
    goals.set_goal(user=learner, days=2, now=NOW)
    numbers = overview.of(learner, today=TODAY)
    assert [day.date for day in numbers.days] == [TODAY - timedelta(days=1)]
    assert (numbers.week.days, numbers.week.goal, numbers.week.missing) == (1, 2, 1)


def test_the_calendar_begins_with_four_weeks_and_ends_today() -> None:
    weeks = overview.calendar([Day(TODAY, lessons=1)], today=TODAY)
    assert [len(week) for week in weeks] == [7, 7, 7, 3]
    assert weeks[-1][-1] == Day(TODAY, lessons=1)
    assert all(week[0].date.weekday() == 0 for week in weeks)


@pytest.mark.parametrize(("days_back", "weeks"), [(0, 4), (27, 5), (100, 15), (400, 26)])
def test_the_calendar_grows_with_the_history_up_to_half_a_year(days_back: int, weeks: int) -> None:
    begun = Day(TODAY - timedelta(days=days_back), lessons=1)
    assert len(overview.calendar([begun], today=TODAY)) == weeks


def test_a_day_ahead_of_the_learners_clock_is_still_shown() -> None:
    tomorrow = date(2026, 11, 23)  # a Monday, after a flight westwards on Sunday
    weeks = overview.calendar([Day(tomorrow, answers=2)], today=date(2026, 11, 22))
    assert weeks[-1] == [Day(tomorrow, answers=2)]


def test_the_count_from_the_ledger_agrees_with_the_shown_one(learner: User, course: Course) -> None:
    progress = history.complete(learner, lesson(course, 1))
    history.complete(learner, lesson(course, 2))
    later = NOW + timedelta(minutes=5)
    history.event(
        learner, Kind.LESSON_UNDONE, later, course=course, version=progress.version, lesson_progress=progress
    ).save()
    LessonProgress.objects.filter(pk=progress.pk).update(undone_at=later)
    assert why.done_again(learner, course) == why.done(learner, course) == done_in(learner)
    assert done_in(learner).done == 1


def test_why_lists_the_very_events_newest_first(learner: User, course: Course) -> None:
    history.complete(learner, lesson(course, 1), at=NOW)
    history.complete(learner, lesson(course, 2), at=NOW + timedelta(minutes=1))
    events: list[Any] = list(why.done_events(learner, course))
    assert [(event.title, event.version_number) for event in events] == [("Lesson 2", 1), ("Lesson 1", 1)]


@pytest.mark.parametrize("events", [10, 10_000])
def test_a_long_history_costs_no_more_queries(
    learner: User, course: Course, events: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    history.lengthen(learner, history.complete(learner, lesson(course, 1)), events)
    goals.set_goal(user=learner, days=3, now=NOW)
    overview.of(learner, today=TODAY)  # keeps the outline
    with django_assert_num_queries(1):
        overview.of(learner, today=TODAY)
    with django_assert_num_queries(1):
        why.done_again(learner, course)

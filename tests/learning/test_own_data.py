"""What a person reads in the file of their own data about what they did and asked for here."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from courses.models import Course, Label, Lesson, Question
from learning import drill, goals, own_data, progress, quizzes, review_plan
from learning.models import Accommodation, Certificate, Cohort, CohortMember
from learning.reminders import contract
from learning.rhythm import Rhythm
from tests.factories import NOW
from tests.learning.quiz_steps import answer, take
from tests.learning.sentences import make_sentences

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THEN, LATER = "21 November 2026, 09:00", "21 November 2026, 10:00"


def told(user: User) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each section, by its title."""
    found = {section.title: (section.columns, list(section.rows)) for section in own_data.sections(user)}
    assert all(len(row) == len(columns) for columns, rows in found.values() for row in rows)
    return {title: [tuple(row) for row in rows] for title, (_, rows) in found.items()}


def test_lessons_and_quizzes_are_told_with_their_times(course: Course, learner: User) -> None:
    for key in ("lesson-1", "lesson-2"):
        progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key=key), now=NOW)
    progress.undo_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-2"), now=NOW + HOUR)
    take(learner, quizzes.get_live("two-pms", "module-1"), right=3, now=NOW)
    quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-2"), now=NOW + HOUR)
    file = told(learner)
    assert file["Courses"] == [("Two jobs", THEN, LATER, "1")]
    assert sorted(file["Lessons"]) == [
        ("Lesson 1", "Two jobs", THEN, ""),
        ("Lesson 2", "Two jobs", THEN, LATER),
    ]
    assert file["Quizzes"] == [
        ("Quiz 1", "1", THEN, THEN, "3 of 4", "yes"),
        ("Quiz 2", "1", LATER, "", "", ""),
    ]


def test_answers_are_told_in_the_words_of_the_choices(course: Course, learner: User) -> None:
    given: dict[str, tuple[dict[str, Any], str, str]] = {
        "single-1": ({"choice": "moving-app"}, "sure", "1"),
        "multiple-1": ({"choices": ["moving-ward", "caring"]}, "guess", "0.5"),
        "classify-1": ({"buckets": {"users-leave": "product", "slot-lost": "product"}}, "", "0.5"),
    }
    for number, (key, (response, sureness, credit)) in enumerate(given.items()):
        question = Question.objects.select_related("live_version").get(key=key)
        assert question.live_version
        learner.answers.create(
            context="check",
            question=question,
            version=question.live_version,
            response=response,
            sureness=sureness,
            credit=Decimal(credit),
            saved_at=NOW + timedelta(minutes=20 * number),
        )
    assert told(learner)["Answers"] == [
        (THEN, "Which of these is a project, single-1?", "Moving an app by March", "I am sure", "1 of 1"),
        (
            "21 November 2026, 09:20",
            "Which of these is a project, multiple-1?",
            "Moving a ward by June, Caring for children",
            "Guess",
            "0.5 of 1",
        ),
        (
            "21 November 2026, 09:40",
            "Which of these is a project, classify-1?",
            "We lose the slot on the 9th.: product, Half of the users leave. Why?: product",
            "",
            "0.5 of 1",
        ),
    ]


def test_an_answer_that_is_not_graded_yet_has_no_credit(course: Course, learner: User) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    answer(attempt.questions.select_related("version", "attempt__user")[0], right=True)
    ((when, *_, sure, credit),) = told(learner)["Answers"]
    assert (when, sure, credit) == (THEN, "I am sure", "")


def test_what_came_back_says_how_it_went_and_what_was_taken_back(course: Course, learner: User) -> None:
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    learner.review_cards.filter(objective__isnull=True).delete()
    card = learner.review_cards.get()
    written = card.logs.get()
    written.pk, written.at, written.rating, written.undone_at = None, NOW + HOUR, 1, NOW
    written.save()
    assert told(learner)["Reviews"] == [
        (THEN, "Tell a project from a product", "hard"),
        (LATER, "Tell a project from a product", "forgotten, taken back"),
    ]


def test_the_drill_certificates_and_days_are_told(course: Course, learner: User) -> None:
    (sentence,) = make_sentences(1)
    drill.answer(user=learner, number=1, sentence=sentence, given=Label.PROJECT, now=NOW)
    assert course.live_version
    Certificate.objects.create(
        user=learner, course=course, outline=course.live_version, awarded_at=NOW, lessons=4, quizzes=2
    )
    file = told(learner)
    assert file["Drill"] == [(THEN, "Somebody says number 0.", "Project", "Product")]
    assert file["Certificates"] == [("Two jobs", THEN, "", "", "")]
    assert file["Days you studied"] == [("21 November 2026", "0", "1", "0", "0", "0")]


def test_cohorts_are_told_to_members_and_to_owners(course: Course, learner: User) -> None:
    about = {"course": course, "created_at": NOW, "target_date": date(2027, 1, 31)}
    own, other = (Cohort.objects.create(name=name, **about) for name in ("Autumn", "Winter"))
    own.owners.add(learner)
    CohortMember.objects.create(cohort=other, user=learner, joined_at=NOW, via=CohortMember.Via.STAFF)
    assert told(learner)["Cohorts"] == [
        ("Winter", "Two jobs", THEN, "31 January 2027", "member"),
        ("Autumn", "Two jobs", "", "31 January 2027", "owner"),
    ]


def test_what_somebody_asked_for_is_told_in_sentences(learner: User) -> None:
    goals.set_goal(user=learner, days=3, now=NOW)
    review_plan.choose(user=learner, chosen=Rhythm.WEEKLY, now=NOW)
    contract.save(
        user=learner, weekdays=[2, 4], local_time=time(18), ceiling_per_week=3, kinds=["resume"], now=NOW
    )
    given = Accommodation.objects.create(user=learner, extra_time_percent=25, reason="Agreed.", given_at=NOW)
    assert told(learner)["What you asked for"] == [
        ("Week goal", "3 days a week, from 16 November 2026 on"),
        ("Reviews", "weekly"),
        ("Reminders", "on: Tuesday, Thursday at 18:00, at most 3 a week"),
        *((f"Reminders about: {kind}", "off") for kind in ("digest", "goal", "quiz")),
        ("Reminders about: resume", "on"),
        ("Reminders about: review", "off"),
        ("Extra time in quizzes", "25 %: Agreed."),
    ]
    review_plan.prepare(user=learner, interview_on=date(2026, 12, 1), now=NOW)
    contract.change(user_id=learner.pk, change=contract.Change.STOP, now=NOW)
    given.until = date(2027, 1, 31)
    given.save()
    wishes = {row[0]: row[1] for row in told(learner)["What you asked for"]}
    assert wishes["Reviews"] == "weekly, interview on 1 December 2026"
    assert wishes["Reminders"] == "off: Tuesday, Thursday at 18:00, at most 3 a week"
    assert wishes["Extra time in quizzes"] == "25 %, until 31 January 2027: Agreed."


def test_notes_and_bookmarks_are_told_without_those_that_were_taken_away(
    course: Course, learner: User
) -> None:
    first, second = Lesson.objects.filter(key__in=["lesson-1", "lesson-2"]).order_by("key")
    learner.notes.create(lesson=first, text="Ask Ann.", updated_at=NOW)
    learner.notes.create(lesson=second, text="", updated_at=NOW)
    learner.bookmarks.create(lesson=second, made_at=NOW)
    file = told(learner)
    assert file["Notes"] == [("Lesson 1", "Ask Ann.", THEN)]
    assert file["Bookmarks"] == [("Lesson 2", THEN)]

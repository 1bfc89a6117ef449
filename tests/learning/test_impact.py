"""What publishing would do to learners, counted before it is done, is what it then does."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import impact, publishing, releases
from courses.admin import publish_page
from courses.models import Choice, Course, Fact, GlossaryTerm, Lesson, Question, Version, Versioned
from learning import progress, quizzes, regrade
from learning.models import Attempt
from tests.factories import NOW
from tests.learning.quiz_steps import take

LATER = NOW + timedelta(days=1)


def of(row: Versioned) -> impact.Impact:
    """Count what publishing a row's draft would do."""
    [release] = releases.preview([row], now=NOW)
    return impact.of([release.step])


def turn_around(question: Question) -> None:
    """Write the opposite truth into a draft."""
    right = question.choices.get(correct=True)
    other = question.choices.filter(correct=False).first()
    assert other is not None
    Choice.objects.filter(pk=right.pk).update(correct=False)
    Choice.objects.filter(pk=other.pk).update(correct=True)


@pytest.fixture
def attempt(course: Course, learner: User) -> Attempt:
    """An attempt with everything right."""
    return take(learner, quizzes.get_live("two-pms", "module-1"), right=4)


def asked(attempt: Attempt) -> Question:
    """A question with one right choice that the attempt asked; one of another attempt if it asked none."""
    for _ in range(30):
        rows = attempt.questions.filter(question__type__in=["single", "true_false"])
        if row := rows.select_related("question").first():
            return row.question
        attempt = take(attempt.user, quizzes.get_live("two-pms", "module-1"), right=4, now=LATER)
    raise AssertionError("thirty draws without a question of half of the bank")


def test_answers_that_a_corrected_key_would_credit_otherwise_are_counted(
    attempt: Attempt, learner: User
) -> None:
    question = asked(attempt)
    assert of(question).regrades == 0
    turn_around(question)
    expected = of(question)
    publishing.publish(Question.objects.get(pk=question.pk), author=None, now=LATER)
    live = Question.objects.select_related("live_version").get(pk=question.pk)
    assert expected.regrades == regrade.impact(live).changed >= 1


def test_open_attempts_are_counted_and_keep_what_they_began_with(course: Course, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
    row = attempt.questions.select_related("question").first()
    assert row is not None
    Question.objects.filter(pk=row.question_id).update(prompt="Which one?")
    assert of(row.question).open_attempts == 1
    assert of(quiz).open_attempts == 1
    publishing.publish(Question.objects.get(pk=row.question_id), author=None, now=LATER)
    live = Question.objects.get(pk=row.question_id).live_version_id
    row.refresh_from_db()
    assert row.version_id != live


def test_completed_lessons_are_counted_by_how_much_of_them_would_be_new(
    course: Course, learner: User
) -> None:
    lesson = Lesson.objects.live().get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    other = User.objects.create_user("mo@example.org")
    progress.complete_lesson(user=other, lesson=lesson, now=NOW)
    progress.undo_lesson(user=other, lesson=lesson, now=NOW)
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body + "\n\n## Ask again\n\nTwice.")
    found = of(lesson)
    assert (found.learners, dict(found.sections)) == (2, {1: 1})


def test_the_page_says_what_a_change_does_to_whom(
    course: Course, learner: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    lesson = Lesson.objects.live().get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    Lesson.objects.filter(pk=lesson.pk).update(body=lesson.body + "\n\n## Ask again\n\nTwice.")
    page = client.get(publish_page.address(lesson)).content.decode()
    assert "nobody's progress changes, 1 person inside" in page
    assert "1 completed lesson stays done, and readers are shown what is new: 1 with 1 new section." in page


def test_a_fact_and_a_term_touch_the_people_of_the_courses_that_name_them(
    course: Course, learner: User
) -> None:
    progress.complete_lesson(user=learner, lesson=Lesson.objects.live().get(key="lesson-1"), now=NOW)
    assert of(Fact.objects.get(key="pay")).learners == 1
    assert of(GlossaryTerm.objects.get(key="sponsor")).learners == 1
    unnamed = Fact.objects.get(key="pay")
    unnamed.pk, unnamed.key, unnamed.live_version = None, "unnamed", None
    unnamed.save()
    assert of(unnamed).learners == 0


def test_counting_takes_the_same_queries_for_many_answers(
    attempt: Attempt, learner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    question = asked(attempt)
    turn_around(question)
    for number in range(3):
        user = User.objects.create_user(f"l{number}@example.org")
        take(user, quizzes.get_live("two-pms", "module-1"), right=2, now=LATER)
    with django_assert_max_num_queries(20):
        of(question)
    assert Version.objects.filter(kind="question", key=question.key).count() == 1

"""Publishing: versions are made only here, never change, and learners see them through the live pointer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from courses import outline, publishing, versions
from courses.models import Course, Fact, Lesson, Question, Quiz, Version
from courses.versions import State
from tests.factories import NOW, make_course

LATER = NOW + timedelta(days=1)


@pytest.fixture
def course(db: None) -> Course:
    return make_course()


@pytest.fixture
def lesson(course: Course) -> Lesson:
    return Lesson.objects.get(key="lesson-1")


def test_an_edit_is_a_draft_until_it_is_published(lesson: Lesson) -> None:
    lesson.title = "A better title"
    lesson.save(update_fields=["title"])
    assert versions.state(lesson) == State.CHANGED
    version = publishing.publish(lesson, author=None, now=LATER, note="Clearer")
    assert (version.number, version.body["title"], version.created_at) == (2, "A better title", LATER)
    assert versions.state(Lesson.objects.get(pk=lesson.pk)) == State.LIVE


def test_an_unchanged_draft_publishes_nothing(lesson: Lesson) -> None:
    before = lesson.live_version
    assert publishing.publish(lesson, author=None, now=LATER) == before
    assert Version.objects.filter(kind="lesson", key="lesson-1").count() == 1


def test_a_new_title_reaches_the_outline_at_once(lesson: Lesson, course: Course) -> None:
    lesson.title = "A better title"
    lesson.save(update_fields=["title"])
    publishing.publish(lesson, author=None, now=LATER)
    course.refresh_from_db()
    assert outline.of(course).lesson("lesson-1").title == "A better title"
    assert course.live_version is not None
    assert (course.live_version.number, course.live_version.major) == (2, False)


def test_a_change_of_words_leaves_the_outline_alone(lesson: Lesson, course: Course) -> None:
    lesson.body = lesson.body.replace("Ask what ends.", "Ask what it is that ends.")
    lesson.save(update_fields=["body"])
    publishing.publish(lesson, author=None, now=LATER)
    assert Course.objects.get(pk=course.pk).live_version == course.live_version


@pytest.mark.parametrize("imported", [False, True])
def test_what_is_drafted_of_the_course_waits_until_the_course_is_published(
    lesson: Lesson, course: Course, imported: bool
) -> None:
    Course.objects.filter(pk=course.pk).update(title="A drafted title")
    Lesson.objects.filter(key="lesson-2").update(order=0)
    Lesson.objects.filter(pk=lesson.pk).update(title="A better title", order=1)
    drafted = Lesson.objects.get(pk=lesson.pk)
    if imported:
        publishing.publish_checked([drafted], now=LATER, note="")
    else:
        publishing.publish(drafted, author=None, now=LATER)
    shown = outline.of(Course.objects.get(pk=course.pk))
    assert (shown.title, [each.key for each in shown.lessons][:2]) == ("Two jobs", ["lesson-1", "lesson-2"])
    assert shown.lesson("lesson-1").title == "A better title"
    publishing.publish(Course.objects.get(pk=course.pk), author=None, now=LATER)
    shown = outline.of(Course.objects.get(pk=course.pk))
    assert shown.title == "A drafted title"
    assert [each.key for each in shown.lessons][:2] == ["lesson-2", "lesson-1"]


@pytest.mark.parametrize(
    ("old", "new", "major"),
    [
        ("Ask what ends.", "Ask what it is that ends.", False),
        ("## Listen for the end", "## Listen for an end {#listen-for-the-end}", True),
        ("About [[fact:pay]] a year is", "Much is", True),
    ],
)
def test_a_typo_is_minor_and_a_heading_or_a_fact_major(
    lesson: Lesson, old: str, new: str, major: bool
) -> None:
    assert old in lesson.body
    lesson.body = lesson.body.replace(old, new)
    lesson.save(update_fields=["body"])
    assert publishing.publish(lesson, author=None, now=LATER).major is major


def test_an_editor_may_say_that_a_typo_is_major(lesson: Lesson) -> None:
    lesson.body = lesson.body.replace("Ask what ends.", "Ask what it is that ends.")
    lesson.save(update_fields=["body"])
    assert publishing.publish(lesson, author=None, now=LATER, major=True).major


def test_another_right_answer_is_major_and_other_words_are_minor(course: Course) -> None:
    question = Question.objects.get(key="single-1")
    question.choices.filter(key="keeping-app").update(text="Keeping an app *right*")
    assert not publishing.publish(question, author=None, now=LATER).major
    question.choices.filter(key="keeping-app").update(correct=True)
    question.choices.filter(key="moving-app").update(correct=False)
    assert publishing.publish(question, author=None, now=LATER).major


def test_an_archived_lesson_leaves_the_outline_and_comes_back_when_published(
    lesson: Lesson, course: Course
) -> None:
    publishing.archive(lesson, now=LATER)
    assert versions.state(lesson) == State.ARCHIVED
    course.refresh_from_db()
    assert [shown.key for shown in outline.of(course).lessons] == ["lesson-2", "lesson-3", "lesson-4"]
    publishing.publish(lesson, author=None, now=LATER)
    course.refresh_from_db()
    assert outline.of(course).lessons[0].key == "lesson-1"


def test_rolling_back_shows_the_older_version_and_keeps_the_draft(lesson: Lesson, course: Course) -> None:
    first = lesson.live_version
    assert first is not None
    lesson.title = "A worse title"
    lesson.save(update_fields=["title"])
    publishing.publish(lesson, author=None, now=LATER)
    publishing.roll_back(lesson, version=first, author=None, now=LATER)
    course.refresh_from_db()
    assert outline.of(course).lesson("lesson-1").title == "Lesson 1"
    assert versions.state(Lesson.objects.get(pk=lesson.pk)) == State.CHANGED


def test_rolling_back_to_a_version_of_something_else_is_refused(lesson: Lesson) -> None:
    other = Lesson.objects.get(key="lesson-2").live_version
    assert other is not None
    with pytest.raises(ValueError, match="not a version of this lesson"):
        publishing.roll_back(lesson, version=other, author=None, now=LATER)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("::: stairs\nx\n:::", "unknown directive 'stairs'"),
        ("Pay is [[fact:gone]].", "unknown fact 'gone'"),
        ("::: check gone\n:::", "unknown question 'gone'"),
        ("::: check single-1\n:::", "not for checks"),
        ("See [this](lesson:gone).", "no lesson has the key 'gone'"),
        ("See [this](lesson:lesson-2#gone).", "no heading 'gone'"),
        ("A [gone]{.term}.", "unknown term 'gone'"),
    ],
)
def test_a_lesson_that_names_what_is_not_there_is_refused_with_its_line(
    lesson: Lesson, text: str, words: str
) -> None:
    lesson.body = f"First line.\n\n{text}"
    lesson.save(update_fields=["body"])
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(lesson, author=None, now=LATER)
    assert [str(problem) for problem in refusal.value.problems if words in str(problem)]
    assert str(refusal.value).startswith("line 3: ")


def test_a_question_without_feedback_or_without_a_right_choice_is_refused(course: Course) -> None:
    question = Question.objects.get(key="single-1")
    question.choices.update(correct=False)
    question.choices.filter(key="keeping-app").update(feedback="")
    with pytest.raises(publishing.NotPublishable) as refusal:
        publishing.publish(question, author=None, now=LATER)
    words = [str(problem) for problem in refusal.value.problems]
    assert words == [
        "choices, keeping-app: the feedback is missing",
        "choices: exactly one choice is correct, not 0",
    ]


def test_a_quiz_that_draws_more_than_its_bank_holds_is_refused(course: Course) -> None:
    quiz = Quiz.objects.get(key="module-1")
    quiz.pools.update(draw=5)
    with pytest.raises(publishing.NotPublishable, match="draws 5, but only 4 questions match"):
        publishing.publish(quiz, author=None, now=LATER)


def test_the_database_refuses_to_change_or_delete_a_version(course: Course) -> None:
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Version.objects.filter(kind="lesson").update(note="other")
    with (
        pytest.raises(IntegrityError, match="immutable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM courses_version")


def test_publishing_a_correction_of_a_fact_makes_a_version_of_the_fact_alone(course: Course) -> None:
    fact = Fact.objects.get(key="pay")
    fact.show = "about $95,000"
    fact.save(update_fields=["show"])
    before = Version.objects.count()
    assert publishing.publish(fact, author=None, now=LATER).major
    assert Version.objects.count() == before + 1

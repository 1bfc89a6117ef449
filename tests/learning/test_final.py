"""The final: a quiz of the whole course, after its last module, with a pause between attempts."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import outline, publishing
from courses.models import Course, Lesson, Quiz
from learning import overview, progress, quizzes, state
from learning.models import Attempt
from learning.progress import NextStep
from mailing import clock
from tests.factories import NOW, make_final
from tests.learning.quiz_steps import take

FINAL = "/learn/two-pms/quiz/final/"


@pytest.fixture
def final(course: Course) -> Quiz:
    """The course's final."""
    return make_final(course)


def next_step(user: User) -> NextStep | None:
    """Return what the learner is shown to do next."""
    course = Course.objects.live().get()
    return progress.next_step(outline.of(course), state.of(user, course))


def do_everything_before(user: User) -> None:
    """Complete all lessons and pass the quizzes of both modules."""
    for lesson in Lesson.objects.live():
        progress.complete_lesson(user=user, lesson=lesson, now=NOW)
    for key in ("module-1", "module-2"):
        take(user, quizzes.get_live("two-pms", key), right=4)


def test_it_stands_at_the_end_of_the_course_for_everyone_and_for_the_learner(
    final: Quiz, client: Client, browser: Client
) -> None:
    for page in (client.get("/courses/two-pms/"), browser.get("/learn/two-pms/")):
        text = page.content.decode()
        assert text.index(FINAL) > text.index("/learn/two-pms/quiz/module-2/")
        assert "Final: two jobs" in text


def test_it_counts_towards_the_length_of_the_course(course: Course) -> None:
    before = outline.of(course).minutes
    make_final(course)
    assert outline.of(Course.objects.live().get()).minutes == before + 4


def test_the_page_before_says_what_a_draw_is_and_how_far_attempts_are_apart(
    final: Quiz, browser: Client
) -> None:
    page = browser.get(FINAL).content.decode()
    assert "drawn anew each time from the whole course" in page
    assert "As many as you like, 24 hours apart" in page
    assert "3 of 4 (70%)" in page
    assert "<h1>Final: two jobs</h1>" in page


@pytest.mark.parametrize("act", ["get", "post"])
def test_it_needs_an_account_while_a_lesson_does(final: Quiz, client: Client, act: str) -> None:
    page = client.get(FINAL) if act == "get" else client.post(f"{FINAL}start/")
    assert "This quiz needs an account" in page.content.decode()
    assert not Attempt.objects.exists()


def test_guests_take_it_where_every_lesson_is_open(final: Quiz, client: Client) -> None:
    Lesson.objects.update(open=True)
    for lesson in Lesson.objects.all():
        publishing.publish(lesson, author=None, now=NOW)
    client.post(f"{FINAL}start/")
    assert Attempt.objects.get().user.is_guest


@pytest.mark.parametrize("fields", [{"key": "another"}, {"key": "final", "module": True}])
def test_it_alone_has_no_module_and_there_is_one_a_course(final: Quiz, fields: dict[str, object]) -> None:
    module = final.course.modules.create(key="module-3", title="Module 3") if "module" in fields else None
    with pytest.raises(ValidationError, match="only the quiz with the key “final” has none"):
        Quiz(course=final.course, title="Q", pass_mark=70, **{**fields, "module": module}).full_clean(
            validate_unique=False
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Quiz.objects.create(course=final.course, title="Q", pass_mark=70, **{**fields, "module": module})


def test_it_is_the_next_step_when_all_else_was_done(final: Quiz, learner: User) -> None:
    for lesson in Lesson.objects.live():
        progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    take(learner, quizzes.get_live("two-pms", "module-1"), right=4)
    step = next_step(learner)
    assert step
    assert (step.kind, step.key) == ("quiz", "module-2")
    take(learner, quizzes.get_live("two-pms", "module-2"), right=0)
    step = next_step(learner)
    assert step
    assert (step.kind, step.title, step.url) == ("final", "Final: two jobs", FINAL)
    take(learner, final, right=4)
    step = next_step(learner)
    assert step
    assert (step.kind, step.key) == ("quiz", "module-2")


def test_after_a_lesson_left_out_it_still_comes_last(final: Quiz, learner: User) -> None:
    do_everything_before(learner)
    first, last = (Lesson.objects.live().get(key=f"lesson-{n}") for n in (1, 4))
    progress.undo_lesson(user=learner, lesson=first, now=NOW)
    progress.undo_lesson(user=learner, lesson=last, now=NOW)
    progress.complete_lesson(user=learner, lesson=last, now=NOW)
    step = next_step(learner)
    assert step
    assert (step.kind, step.key) == ("lesson", "lesson-1")


def test_the_last_quiz_leads_to_it_and_it_leads_nowhere_further(
    final: Quiz, learner: User, browser: Client
) -> None:
    do_everything_before(learner)
    last = Attempt.objects.get(quiz__key="module-2")
    assert "Next: Final: two jobs" in browser.get(f"/attempts/{last.pk}/result/").content.decode()
    passed = take(learner, final, right=4)
    page = browser.get(f"/attempts/{passed.pk}/result/").content.decode()
    assert "4 of 4, passed" in page
    assert "every lesson of this course is done and every quiz passed" in page
    assert "Next:" not in page
    assert "You have finished this course" in browser.get("/learn/two-pms/").content.decode()


def test_the_path_and_the_dashboard_name_it(final: Quiz, learner: User, browser: Client) -> None:
    do_everything_before(learner)
    assert "It closes the course" in browser.get("/learn/two-pms/").content.decode()
    assert "It closes the course Two jobs." in browser.get("/dashboard/").content.decode()
    quizzes.start(user=learner, quiz=final, now=NOW)
    assert overview.of(learner, today=NOW.date()).unfinished
    assert "A quiz you have begun" in browser.get("/dashboard/").content.decode()


def test_a_new_attempt_waits_and_says_until_when(
    final: Quiz, learner: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = take(learner, final, right=0)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=23))
    words = "Attempts are 24 hours apart. You can start again on 22 November, 09:00."
    assert words in browser.get(FINAL).content.decode()
    result = browser.get(f"/attempts/{failed.pk}/result/").content.decode()
    assert words in result
    assert "Try again" not in result
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=24))
    assert "Try again" in browser.get(f"/attempts/{failed.pk}/result/").content.decode()
    browser.post(f"{FINAL}start/")
    assert learner.attempts.count() == 2


def test_pages_cost_no_more_with_it(
    final: Quiz, learner: User, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    result = f"/attempts/{take(learner, final, right=1).pk}/result/"
    for page, queries in ((FINAL, 4), ("/learn/two-pms/", 4), (result, 5)):
        browser.get(page)
        with django_assert_num_queries(queries):
            browser.get(page)


def test_it_may_ask_again_what_the_quiz_of_a_module_asked(final: Quiz, learner: User) -> None:
    asked = take(learner, quizzes.get_live("two-pms", "module-1"), right=4)
    seen = set(asked.questions.values_list("question_id", flat=True))
    again: set[int] = set()
    for day in range(1, 20):
        attempt = take(learner, final, right=0, now=NOW + timedelta(days=day))
        again |= set(attempt.questions.values_list("question_id", flat=True))
    assert seen & again

"""The outline: the course as learners see it, in order, without a query a lesson."""

from typing import Any

import pytest

from courses import outline, questions
from courses.models import Course, Quiz, Version
from courses.outline import Outline
from tests.factories import make_course


@pytest.fixture
def plan(db: None) -> Outline:
    return outline.of(make_course())


def test_lessons_follow_each_other_across_modules(plan: Outline) -> None:
    assert [lesson.key for lesson in plan.lessons] == ["lesson-1", "lesson-2", "lesson-3", "lesson-4"]
    assert [(lesson.module_key, lesson.number) for lesson in plan.lessons[1:3]] == [
        ("module-1", 2),
        ("module-2", 1),
    ]
    following, before = plan.next_after("lesson-2"), plan.previous("lesson-3")
    assert (following and following.key, before and before.key) == ("lesson-3", "lesson-2")
    assert (plan.previous("lesson-1"), plan.next_after("lesson-4")) == (None, None)


def test_modules_know_their_quiz_their_minutes_and_whether_guests_may_take_them(plan: Outline) -> None:
    first, second = plan.modules
    assert first.quiz is not None
    assert (first.quiz.key, first.quiz.questions) == ("module-1", 4)
    assert (first.open, second.open) == (True, False)
    assert first.minutes == sum(lesson.minutes for lesson in first.lessons) + first.quiz.minutes
    assert plan.minutes == first.minutes + second.minutes
    assert plan.module_of("lesson-3") == second


@pytest.mark.parametrize("ask", ["lesson", "next_after", "previous", "module_of", "module"])
def test_an_unknown_key_is_an_error(plan: Outline, ask: str) -> None:
    with pytest.raises(KeyError):
        getattr(plan, ask)("gone")


def test_all_live_courses_are_one_query(plan: Outline, django_assert_num_queries: Any) -> None:
    make_course("other")
    make_course("draft", published=False)
    outline.live_courses()  # what is live is read once a version
    with django_assert_num_queries(1):
        keys = [outline.of(course).course_key for course in outline.live_courses()]
    assert keys == ["two-pms", "other"]


def test_a_course_that_is_not_live_has_no_outline(db: None) -> None:
    with pytest.raises(Course.DoesNotExist):
        outline.of(make_course(published=False))


def quiz_version() -> Version:
    """Return the live version of the first quiz."""
    version = Quiz.objects.select_related("live_version").get(key="module-1").live_version
    assert version is not None
    return version


def test_a_quiz_draws_from_each_pool_and_none_twice(plan: Outline, django_assert_num_queries: Any) -> None:
    version = quiz_version()
    with django_assert_num_queries(1):
        drawn = questions.draw(version, seed=1)
        objectives = sorted(question.objective.key for question in drawn)
        assert all(question.live_version and question.live_version.body for question in drawn)
    assert objectives == ["objective-1", "objective-1", "objective-2", "objective-2"]
    assert len({question.pk for question in drawn}) == 4


def test_the_seed_decides_the_draw_and_checks_are_never_drawn(plan: Outline) -> None:
    version = quiz_version()
    draws = [tuple(question.key for question in questions.draw(version, seed=seed)) for seed in range(60)]
    assert draws[7] == tuple(question.key for question in questions.draw(version, seed=7))
    seen = {key for draw in draws for key in draw}
    assert seen == {
        f"{name}-{n}" for name in ("single", "multiple", "true-false", "classify") for n in (1, 2)
    }


def test_a_pool_narrows_by_tag_and_difficulty(plan: Outline) -> None:
    version = quiz_version()
    for pool in version.body["pools"]:
        pool["difficulty"] = "hard"
    assert questions.draw(version, seed=1) == []

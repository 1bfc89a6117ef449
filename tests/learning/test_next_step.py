"""The one thing to do next: from the lesson touched last, past what was tried, the final after all else."""

import pytest

from courses.outline import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from learning import progress
from learning.progress import NextStep
from learning.state import CourseState


def module(number: int, *lessons: int, quiz: int) -> OutlineModule:
    """Return a module of lessons `l<id>` of 5 minutes and a quiz `q<id>` of 8; quiz 0 is none."""
    key = f"m{number}"
    rows = [
        OutlineLesson(id, f"l{id}", f"Lesson {id}", "Why?", 5, True, place, key)
        for place, id in enumerate(lessons, start=1)
    ]
    last = OutlineQuiz(quiz, f"q{quiz}", f"Quiz {quiz}", 4, 8) if quiz else None
    return OutlineModule(key, f"Module {number}", number, tuple(rows), last)


FINAL = OutlineQuiz(3, "final", "The final", 20, 30)
MODULES = (module(1, 1, 2, quiz=4), module(2, 3, quiz=0), module(3, 4, quiz=2))
"""Ids of lessons and of quizzes are two rows of numbers: a lesson done is no quiz passed."""


def plan(final: OutlineQuiz | None = FINAL) -> Outline:
    return Outline(7, "two-pms", 70, "Two jobs", "", "en", MODULES, final, certificate=True)


def next_key(where: CourseState, final: OutlineQuiz | None = FINAL) -> str | None:
    step = progress.next_step(plan(final), where)
    return step.key if step else None


def state(
    *done: int, last: int | None = None, passed: tuple[int, ...] = (), tried: tuple[int, ...] = ()
) -> CourseState:
    return CourseState(True, last, frozenset(done), frozenset(passed), frozenset(tried))


@pytest.mark.parametrize(
    ("where", "key"),
    [
        (state(), "l1"),
        (state(1, last=1), "l2"),
        (state(2, last=2), "q4"),
        (state(3, last=3), "l4"),
        (state(1, 4, last=4), "q2"),
        (state(1, 4, last=4, passed=(2,)), "l2"),
        (state(1, 2, last=2, passed=(4,)), "l3"),
        (state(1, 2, 3, 4, last=4, passed=(4, 2)), "final"),
        (state(1, 2, 3, 4, last=4, passed=(2,)), "q4"),
        (state(1, 2, 3, 4, last=4, passed=(4, 2, 3)), None),
    ],
)
def test_it_is_the_first_thing_not_done_from_the_last_one_then_from_the_beginning(
    where: CourseState, key: str | None
) -> None:
    assert next_key(where) == key


@pytest.mark.parametrize(
    ("where", "key"),
    [
        (state(1, 2, last=2, tried=(4,)), "l3"),
        (state(1, 2, 3, 4, last=4, tried=(4,), passed=(2,)), "final"),
        (state(1, 2, 3, 4, last=4, tried=(4,), passed=(2, 3)), "q4"),
        (state(1, 2, 3, 4, last=4, tried=(4, 3), passed=(2,)), "q4"),
        (state(1, 2, 3, 4, last=4, tried=(3,), passed=(4, 2)), "final"),
    ],
)
def test_a_quiz_not_passed_comes_back_when_the_rest_is_done(where: CourseState, key: str) -> None:
    assert next_key(where) == key


def test_a_course_without_a_final_ends_with_its_last_quiz() -> None:
    assert next_key(state(1, 2, 3, 4, passed=(4,)), final=None) == "q2"
    assert next_key(state(1, 2, 3, 4, passed=(4, 2)), final=None) is None


def test_from_a_lesson_that_is_no_longer_there_it_goes_on_at_the_beginning() -> None:
    assert next_key(state(last=99)) == "l1"


def test_a_step_says_where_it_stands_what_it_takes_and_where_it_leads() -> None:
    def step(where: CourseState) -> NextStep | None:
        return progress.next_step(plan(), where)

    course = ("two-pms", "Two jobs")
    lesson, quiz, final = step(state(1, last=1)), step(state(1, 2)), step(state(1, 2, 3, 4, passed=(4, 2)))
    assert lesson == NextStep("lesson", *course, 1, "Module 1", "l2", "Lesson 2", 5, 2)
    assert quiz == NextStep("quiz", *course, 1, "Module 1", "q4", "Quiz 4", 8, None)
    assert final == NextStep("final", *course, None, "", "final", "The final", 30, None)
    assert [each and each.url for each in (lesson, quiz, final)] == [
        "/learn/two-pms/l2/",
        "/learn/two-pms/quiz/q4/",
        "/learn/two-pms/quiz/final/",
    ]

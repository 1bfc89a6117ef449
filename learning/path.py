"""A course as a path: its modules, and each lesson and quiz in them with its state for one learner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext

from courses.outline import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from learning.state import CourseState


@dataclass(frozen=True, slots=True)
class Stop:
    """A lesson or quiz. `closed`: it needs an account that the reader lacks. `under_way`: an open attempt.

    `new_sections` of a lesson came with a major change after it was done.
    """

    kind: Literal["lesson", "quiz"]
    key: str
    title: str
    minutes: int
    url: str
    done: bool
    current: bool = False
    closed: bool = False
    under_way: bool = False
    new_sections: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A module with its stops. `lessons_done` of `lessons` are done; `done` when all are."""

    number: int
    title: str
    stops: Sequence[Stop]
    lessons: int
    lessons_done: int

    @property
    def done(self) -> bool:
        """Whether every lesson of the module is done."""
        return self.lessons_done == self.lessons > 0

    @property
    def closed(self) -> bool:
        """Whether some of it needs an account that the reader lacks."""
        return any(stop.closed for stop in self.stops)

    @property
    def minutes(self) -> int:
        """How long the lessons and the quiz of the module take together."""
        return sum(stop.minutes for stop in self.stops)


def of(plan: Outline, where: CourseState, *, guest: bool, current: str = "") -> list[Stretch]:
    """Return the whole path. `guest`: the reader has no account; `current`: the lesson being read."""
    return [stretch(plan, module, where, guest=guest, current=current) for module in plan.modules]


def stretch(
    plan: Outline, module: OutlineModule, where: CourseState, *, guest: bool, current: str = ""
) -> Stretch:
    """Return one module of the path."""
    stops = [_lesson(plan, lesson, where, guest=guest, current=current) for lesson in module.lessons]
    done = sum(stop.done for stop in stops)
    if module.quiz:
        stops.append(_quiz(plan, module.quiz, where, title=gettext("Quiz"), closed=guest and not module.open))
    return Stretch(module.number, module.title, stops, len(module.lessons), done)


def at_the_end(plan: Outline, where: CourseState, *, guest: bool) -> list[Stop]:
    """Return what stands after all modules: the final, if the course has one."""
    if plan.final is None:
        return []
    return [_quiz(plan, plan.final, where, title=plan.final.title, closed=guest and not plan.open)]


def _quiz(plan: Outline, quiz: OutlineQuiz, where: CourseState, *, title: str, closed: bool) -> Stop:
    return Stop(
        kind="quiz",
        key=quiz.key,
        title=title,
        minutes=quiz.minutes,
        url=reverse("learning:quiz", args=[plan.course_key, quiz.key]),
        done=quiz.id in where.passed,
        closed=closed,
        under_way=quiz.id in where.open_attempts,
    )


def _lesson(plan: Outline, lesson: OutlineLesson, where: CourseState, *, guest: bool, current: str) -> Stop:
    return Stop(
        kind="lesson",
        key=lesson.key,
        title=lesson.title,
        minutes=lesson.minutes,
        url=reverse("learning:lesson", args=[plan.course_key, lesson.key]),
        done=lesson.id in where.done,
        current=lesson.key == current,
        closed=guest and not lesson.open,
        new_sections=where.new_sections.get(lesson.id, 0),
    )


@dataclass(frozen=True, slots=True)
class Following:
    """What follows a lesson: the next one, or the quiz that ends its module or the course."""

    kind: Literal["lesson", "quiz"]
    title: str
    url: str


def following(plan: Outline, lesson_key: str) -> Following | None:
    """Return what follows a lesson in the course's order; None after the last. Raises KeyError."""
    module, after = plan.module_of(lesson_key), plan.next_after(lesson_key)
    quiz = module.quiz if module.lessons[-1].key == lesson_key else None
    if after and not quiz:
        return Following("lesson", after.title, reverse("learning:lesson", args=[plan.course_key, after.key]))
    if quiz := quiz or plan.final:
        return Following("quiz", quiz.title, reverse("learning:quiz", args=[plan.course_key, quiz.key]))
    return None

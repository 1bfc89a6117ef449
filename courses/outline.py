"""The live outline of a course: modules, lessons and quizzes as learners see them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import caches

from courses import kept, languages, readability
from courses.models import Course, Version


@dataclass(frozen=True)
class OutlineLesson:
    """A lesson in its place."""

    id: int
    key: str
    title: str
    question: str
    minutes: int
    open: bool
    number: int
    """Within its module, from 1."""

    module_key: str


@dataclass(frozen=True)
class OutlineQuiz:
    """The graded quiz at the end of a module, or of the course."""

    id: int
    key: str
    title: str
    questions: int
    """How many an attempt draws."""

    minutes: int


@dataclass(frozen=True)
class OutlineModule:
    """A module with at least one live lesson."""

    key: str
    title: str
    number: int
    """Within the course, from 1."""

    lessons: tuple[OutlineLesson, ...]
    quiz: OutlineQuiz | None

    @property
    def minutes(self) -> int:
        """Of the lessons and the quiz together."""
        return sum(lesson.minutes for lesson in self.lessons) + (self.quiz.minutes if self.quiz else 0)

    @property
    def length(self) -> str:
        """How long it takes, in words."""
        return readability.in_words(self.minutes)

    @property
    def open(self) -> bool:
        """Whether a guest can take all its lessons, and so its quiz."""
        return all(lesson.open for lesson in self.lessons)


@dataclass(frozen=True)
class Outline:
    """A course as its live version orders it."""

    course_id: int
    course_key: str
    version_id: int
    title: str
    summary: str
    language: str
    modules: tuple[OutlineModule, ...]
    final: OutlineQuiz | None
    certificate: bool
    """Whether finishing the course earns a certificate; learning.certificates has the rule."""

    @cached_property
    def lessons(self) -> tuple[OutlineLesson, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def minutes(self) -> int:
        """Of all lessons and quizzes together."""
        return sum(module.minutes for module in self.modules) + (self.final.minutes if self.final else 0)

    @property
    def length(self) -> str:
        """How long it takes, in words."""
        return readability.in_words(self.minutes)

    @property
    def open(self) -> bool:
        """Whether a guest can take all its lessons, and so its final."""
        return all(module.open for module in self.modules)

    @property
    def first(self) -> OutlineLesson | None:
        """The lesson to begin with."""
        return self.lessons[0] if self.lessons else None

    def lesson(self, key: str) -> OutlineLesson:
        """Return the lesson of that key. Raises KeyError."""
        return self.lessons[self._position(key)]

    def next_after(self, lesson_key: str) -> OutlineLesson | None:
        """Return the lesson after this one, across modules; None after the last. Raises KeyError."""
        return next(iter(self.lessons[self._position(lesson_key) + 1 :]), None)

    def previous(self, lesson_key: str) -> OutlineLesson | None:
        """Return the lesson before this one, across modules; None before the first. Raises KeyError."""
        position = self._position(lesson_key)
        return self.lessons[position - 1] if position else None

    def module_of(self, lesson_key: str) -> OutlineModule:
        """Return the module that a lesson stands in. Raises KeyError."""
        return self.module(self.lesson(lesson_key).module_key)

    def module(self, key: str) -> OutlineModule:
        """Return the module of that key. Raises KeyError."""
        for module in self.modules:
            if module.key == key:
                return module
        raise KeyError(key)

    def quiz(self, key: str) -> tuple[OutlineQuiz, OutlineModule | None]:
        """Return the quiz of that key and the module that it closes, None for the final. Raises KeyError."""
        if self.final and self.final.key == key:
            return self.final, None
        for module in self.modules:
            if module.quiz and module.quiz.key == key:
                return module.quiz, module
        raise KeyError(key)

    def _position(self, key: str) -> int:
        for position, lesson in enumerate(self.lessons):
            if lesson.key == key:
                return position
        raise KeyError(key)


def of(course: Course) -> Outline:
    """Return the outline of a course that was read with its live version. Raises Course.DoesNotExist."""
    version = course.live_version
    if version is None:
        raise Course.DoesNotExist(f"The course {course.key} is not live.")
    live = LiveCourse(course.pk, course.key, version.pk, version.content_hash)
    return _kept(live) or _keep(live, version.body)


class LiveCourse(NamedTuple):
    """What tells one outline from another: a course, and its live version."""

    course_id: int
    course_key: str
    version_id: int
    content_hash: str


def of_many(found: Collection[LiveCourse]) -> dict[int, Outline]:
    """Return outlines by the ids of their courses: without a query where all are kept, else in one."""
    plans = {live.course_id: plan for live in found if (plan := _kept(live))}
    missing = {live.version_id: live for live in found if live.course_id not in plans}
    if missing:
        for pk, body in Version.objects.filter(pk__in=missing).values_list("pk", "body"):
            plans[missing[pk].course_id] = _keep(missing[pk], body)
    return plans


def _kept(live: LiveCourse) -> Outline | None:
    plan: Outline | None = caches["versions"].get(_name(live))
    return plan


def _keep(live: LiveCourse, body: dict[str, Any]) -> Outline:
    plan = _build(live, body)
    caches["versions"].set(_name(live), plan)
    languages.remember(live.course_id, live.course_key, plan.language)
    return plan


def _name(live: LiveCourse) -> str:
    return f"outline:{live.version_id}:{live.content_hash}"


def live_courses() -> list[Course]:
    """Return the courses that learners see, in order, with their live versions. One query."""
    return kept.courses()


def _build(live: LiveCourse, body: dict[str, Any]) -> Outline:
    modules = []
    for number, module in enumerate(body["modules"], start=1):
        lessons = tuple(
            OutlineLesson(**lesson, number=place, module_key=module["key"])
            for place, lesson in enumerate(module["lessons"], start=1)
        )
        quiz = OutlineQuiz(**module["quiz"]) if module["quiz"] else None
        modules.append(OutlineModule(module["key"], module["title"], number, lessons, quiz))
    return Outline(
        course_id=live.course_id,
        course_key=live.course_key,
        version_id=live.version_id,
        title=body["title"],
        summary=body["summary"],
        language=body["language"],
        modules=tuple(modules),
        final=OutlineQuiz(**body["final"]) if body["final"] else None,
        certificate=body["certificate"],
    )

"""The three counts of a learner, by course and by topic: done, shown, would recall today.

Each is a number of a number, never a share. A topic is a module of the live outline. What a course no longer
has leaves both numbers together, and `CourseDone.beyond` says how much of it was done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from courses import changes, outline
from courses.changes import Section
from courses.models import Course
from courses.outline import Outline
from learning import mastery
from learning.evidence import ObjectiveShown
from learning.state import CourseState


@dataclass(frozen=True)
class CourseDone:
    """How much of a course is done: lessons of the live outline, completed and not undone.

    `beyond` counts completed lessons that the course no longer has; a course that is no longer offered has no
    lessons, and all that was done in it is beyond.
    """

    key: str
    title: str
    done: int
    total: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a number."""

    got: int
    of: int


@dataclass(frozen=True, slots=True)
class Topic:
    """A module with its three counts."""

    key: str
    title: str
    number: int
    done: Count
    shown: Count
    recalled: Count


@dataclass(frozen=True, slots=True)
class ChangedLesson:
    """A lesson that had a major change since it was done, with the sections that are new in it.

    Without any, something in it was rewritten.
    """

    title: str
    url: str
    since: datetime
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """A course that somebody has begun, with its counts, its topics and what changed in it."""

    covered: CourseDone
    shown: Count
    recalled: Count
    topics: Sequence[Topic]
    changed: Sequence[ChangedLesson]

    @property
    def new_sections(self) -> int:
        """How many sections are new in lessons done."""
        return sum(len(each.sections) for each in self.changed)

    @property
    def left(self) -> int:
        """How many lessons are not done yet."""
        return self.covered.total - self.covered.done


def course_done(course: Course, done: set[int]) -> CourseDone:
    """Count the done lessons (ids) of a course against its live outline."""
    plan = outline.of(course) if course.live_version else None
    return _covered(Begun(course.key, course.title, plan), done)


@dataclass(frozen=True, slots=True)
class Begun:
    """A course that somebody has begun; `plan` is its live outline, None where it is no longer offered."""

    key: str
    title: str
    plan: Outline | None


def standing(
    course: Begun,
    where: CourseState,
    changed: Iterable[Mapping[str, Any]],
    *,
    objectives: Sequence[ObjectiveShown],
    recalls: Mapping[int, float],
) -> CourseStanding:
    """Put a course's counts together. `objectives` are its own; `recalls` the chances of all, by id."""
    covered = _covered(course, where.done)
    if course.plan is None:
        return CourseStanding(covered, Count(0, 0), Count(0, 0), [], [])
    met = [recalls[each.id] for each in objectives if each.id in recalls]
    return CourseStanding(
        covered,
        shown=Count(sum(each.shown for each in objectives), len(objectives)),
        recalled=Count(mastery.remembered(met), len(met)),
        topics=list(_topics(course.plan, where, objectives, recalls)),
        changed=list(_changed(course.plan, changed)),
    )


def _covered(course: Begun, done: Set[int]) -> CourseDone:
    if course.plan is None:
        return CourseDone(key=course.key, title=course.title, done=0, total=0, beyond=len(done))
    live = {lesson.id for lesson in course.plan.lessons}
    covered = len(done & live)
    return CourseDone(
        key=course.key,
        title=course.plan.title,
        done=covered,
        total=len(live),
        beyond=len(done) - covered,
    )


def _topics(
    plan: Outline, where: CourseState, objectives: Sequence[ObjectiveShown], recalls: Mapping[int, float]
) -> Iterator[Topic]:
    by_module: dict[str, list[ObjectiveShown]] = {}
    for each in objectives:
        by_module.setdefault(each.module, []).append(each)
    for module in plan.modules:
        own = by_module.get(module.key, [])
        met = [recalls[each.id] for each in own if each.id in recalls]
        yield Topic(
            module.key,
            module.title,
            module.number,
            done=Count(sum(lesson.id in where.done for lesson in module.lessons), len(module.lessons)),
            shown=Count(sum(each.shown for each in own), len(own)),
            recalled=Count(mastery.remembered(met), len(met)),
        )


def _changed(plan: Outline, changed: Iterable[Mapping[str, Any]]) -> Iterator[ChangedLesson]:
    """Yield the changed lessons that the course still has, in the order of the outline."""
    by_lesson = {each["lesson"]: each for each in changed}
    for lesson in plan.lessons:
        if found := by_lesson.get(lesson.id):
            yield ChangedLesson(
                lesson.title,
                reverse("learning:lesson", args=[plan.course_key, lesson.key]),
                datetime.fromisoformat(found["at"]),
                changes.new_headings(found["before"], found["after"]),
            )

"""What one learner has done in one course, read in one query however long their history is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from accounts.models import User
from courses import changes
from courses.models import Course, Lesson, Version
from learning.models import Answer, Attempt, Bookmark, Enrollment, LessonProgress, Note


@dataclass(frozen=True, slots=True)
class CourseState:
    """A learner in a course. Sets hold ids of lessons and quizzes, live or not."""

    enrolled: bool = False
    last_lesson_id: int | None = None
    done: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    tried: frozenset[int] = frozenset()
    open_attempts: Mapping[int, UUID] = field(default_factory=dict)
    new_sections: Mapping[int, int] = field(default_factory=dict)
    """Of lessons that had a major change since they were done: how many sections are new. See `of`."""


@dataclass(frozen=True, slots=True)
class LessonState:
    """A learner in a lesson, and in the course that it stands in."""

    course: CourseState = field(default_factory=CourseState)
    answers: Mapping[int, Answer] = field(default_factory=dict)
    """To its checks, by question id, with the versions they were given to, answer keys included."""

    note: Note | None = None
    bookmarked: bool = False
    done_at: datetime | None = None
    done_before: Mapping[str, Any] | None = None
    """The body of the version that was done, if there was a major change since."""


def with_course_state(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Annotate enrollments with the parts of a `CourseState`; no further query."""
    in_course = {"user_id": OuterRef("user_id"), "quiz__course_id": OuterRef("course_id")}
    attempts = Attempt.objects.filter(**in_course).order_by()
    done = LessonProgress.objects.filter(
        user_id=OuterRef("user_id"), lesson__course_id=OuterRef("course_id"), undone_at__isnull=True
    )
    return enrollments.annotate(
        done=ArraySubquery(done.values("lesson_id")),
        passed=ArraySubquery(attempts.filter(passed=True).values("quiz_id").distinct()),
        tried=ArraySubquery(attempts.filter(submitted_at__isnull=False).values("quiz_id").distinct()),
        open_attempts=ArraySubquery(
            attempts.filter(submitted_at__isnull=True).values(one=JSONObject(quiz="quiz_id", id="id"))
        ),
    )


def from_row(row: Any) -> CourseState:
    """Read the state from an enrollment that `with_course_state` annotated."""
    return CourseState(
        enrolled=True,
        last_lesson_id=row.last_lesson_id,
        done=frozenset(row.done),
        passed=frozenset(row.passed),
        tried=frozenset(row.tried),
        open_attempts={each["quiz"]: UUID(each["id"]) for each in row.open_attempts},
        new_sections={
            each["lesson"]: changes.new_headings(each["before"], each["after"])
            for each in getattr(row, "changed", [])
        },
    )


def of(user: User | None, course: Course, *, with_changes: bool = False) -> CourseState:
    """Return a learner's state in a course; the empty state for a visitor or whoever has not begun.

    `with_changes` also finds the lessons that changed since they were done. One query either way.
    """
    if user is None:
        return CourseState()
    rows = with_course_state(Enrollment.objects.filter(user=user, course=course))
    if with_changes:
        done = LessonProgress.objects.filter(
            user_id=OuterRef("user_id"), lesson__course_id=OuterRef("course_id"), undone_at__isnull=True
        )
        changed = done.filter(_changed_since_done()).values(
            one=JSONObject(
                lesson="lesson_id",
                before="version__body__headings",
                after="lesson__live_version__body__headings",
            )
        )
        rows = rows.annotate(changed=ArraySubquery(changed))
    row = rows.first()
    return from_row(row) if row else CourseState()


def in_lesson(user: User | None, lesson: Lesson, check_ids: Sequence[int]) -> LessonState:
    """Return a learner's state in a live lesson whose checks are these questions. One query."""
    if user is None:
        return LessonState()
    rows = with_course_state(Enrollment.objects.filter(user=user, course_id=lesson.course_id))
    row: Any = rows.annotate(
        check_answers=ArraySubquery(_check_answers(check_ids)),
        note=Subquery(_here(Note, lesson).values(one=JSONObject(text="text", revision="revision"))),
        bookmarked=Exists(_here(Bookmark, lesson)),
        finished=Subquery(
            _here(LessonProgress, lesson)
            .filter(undone_at__isnull=True)
            .values(
                one=JSONObject(
                    at="completed_at", before=Case(When(_changed_since_done(), then="version__body"))
                )
            )
        ),
    ).first()
    if row is None:
        return LessonState()
    finished = row.finished or {}
    return LessonState(
        course=from_row(row),
        answers={each["question_id"]: _answer(each) for each in row.check_answers},
        note=Note(**row.note) if row.note else None,
        bookmarked=row.bookmarked,
        done_at=datetime.fromisoformat(finished["at"]) if finished else None,
        done_before=finished.get("before"),
    )


def _here(table: type[Note] | type[Bookmark] | type[LessonProgress], lesson: Lesson) -> QuerySet[Any]:
    return table._default_manager.filter(user_id=OuterRef("user_id"), lesson=lesson)


def _changed_since_done() -> Exists:
    """Whether a lesson's progress is in a version that a major one has followed, up to the live one."""
    later = Version.objects.filter(
        kind=Version.Kind.LESSON,
        course_id=OuterRef("version__course_id"),
        key=OuterRef("version__key"),
        number__gt=OuterRef("version__number"),
        number__lte=OuterRef("lesson__live_version__number"),
        major=True,
    )
    return Exists(later)


def _check_answers(check_ids: Sequence[int]) -> QuerySet[Answer, Any]:
    return Answer.objects.filter(
        user_id=OuterRef("user_id"), context=Answer.Context.CHECK, question_id__in=[*check_ids, 0]
    ).values(
        one=JSONObject(
            question_id="question_id",
            response="response",
            sureness="sureness",
            version_id="version_id",
            key="version__key",
            body="version__body",
            answer_key="version__answer_key",
        )
    )


def _answer(found: dict[str, Any]) -> Answer:
    version = Version(
        pk=found["version_id"], key=found["key"], body=found["body"], answer_key=found["answer_key"]
    )
    return Answer(
        question_id=found["question_id"],
        response=found["response"],
        sureness=found["sureness"],
        version=version,
    )

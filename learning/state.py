"""What one learner has done in one course, read in one query however long their history is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import User
from courses.models import Course, Version
from learning.models import Answer, Attempt, Enrollment, LessonProgress


@dataclass(frozen=True, slots=True)
class CourseState:
    """A learner in a course. Sets hold ids of lessons and quizzes, live or not."""

    enrolled: bool = False
    last_lesson_id: int | None = None
    done: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    tried: frozenset[int] = frozenset()
    open_attempts: Mapping[int, UUID] = field(default_factory=dict)


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
    )


def of(user: User | None, course: Course) -> CourseState:
    """Return a learner's state in a course; the empty state for a visitor or whoever has not begun."""
    if user is None:
        return CourseState()
    row = with_course_state(Enrollment.objects.filter(user=user, course=course)).first()
    return from_row(row) if row else CourseState()


def in_lesson(
    user: User | None, course: Course, check_ids: Sequence[int]
) -> tuple[CourseState, dict[int, Answer]]:
    """Return a learner's state in a course and their answers to a lesson's checks by question id. One query.

    The answers come with the versions they were given to, answer keys included.
    """
    if user is None:
        return CourseState(), {}
    answers = Answer.objects.filter(
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
    rows = with_course_state(Enrollment.objects.filter(user=user, course=course))
    row = rows.annotate(check_answers=ArraySubquery(answers)).first()
    if row is None:
        return CourseState(), {}
    return from_row(row), {each["question_id"]: _answer(each) for each in row.check_answers}


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

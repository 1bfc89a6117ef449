"""What one learner has done in one course, read in one query however long their history is."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts import prepared
from accounts.models import User
from courses import changes
from courses.models import Course, Lesson, Version
from learning.models import Answer, Enrollment, Note


@dataclass(frozen=True, slots=True)
class Earned:
    """The standing certificate of a course. `issued`: it has a name. `withdrawn_at`: staff took it back."""

    id: UUID
    at: datetime
    issued: bool
    withdrawn_at: datetime | None


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

    certificate: Earned | None = None


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
    """Annotate enrollments with what `from_row` reads; no further query."""
    return enrollments.annotate(course_state=RawSQL(COURSE, [], JSONField()))  # noqa: S611 - all of it is below


def from_row(row: Any) -> CourseState:
    """Read the state from an enrollment that `with_course_state` annotated."""
    return read(row.course_state, row.last_lesson_id, getattr(row, "changed", []))


def read(
    found: Mapping[str, Any], last_lesson_id: int | None, changed: Iterable[Mapping[str, Any]]
) -> CourseState:
    """Read the state from what COURSE and CHANGED found for an enrollment."""
    return CourseState(
        enrolled=True,
        last_lesson_id=last_lesson_id,
        done=frozenset(found["done"]),
        passed=frozenset(found["passed"]),
        tried=frozenset(found["tried"]),
        open_attempts={int(quiz_id): UUID(attempt_id) for quiz_id, attempt_id in found["open"].items()},
        new_sections={
            each["lesson"]: len(changes.new_headings(each["before"], each["after"])) for each in changed
        },
        certificate=_earned(found["certificate"]) if found["certificate"] else None,
    )


def with_changed_lessons(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Annotate enrollments with the lessons that had a major change since they were done, as `changed`."""
    return enrollments.annotate(changed=RawSQL(CHANGED, [], JSONField()))  # noqa: S611 - all of it is below


def _read(more: str, numbers: list[object], user: User, course_id: int) -> tuple[Any, ...] | None:
    """The last lesson of one enrollment, its course state and what else is asked for: one prepared read."""
    statement = (
        f"SELECT last_lesson_id, ({COURSE}), ({more}) "  # noqa: S608 - all of it is below
        "FROM learning_enrollment WHERE user_id = %s AND course_id = %s"
    )
    return next(iter(prepared.rows(statement, [*numbers, user.pk, course_id])), None)


def _state(row: tuple[Any, ...] | None) -> CourseState:
    return read(json.loads(row[1]), row[0], json.loads(row[2])) if row else CourseState()


def of(user: User | None, course: Course, *, with_changes: bool = False) -> CourseState:
    """Return a learner's state in a course; the empty state for a visitor or whoever has not begun.

    `with_changes` also finds the lessons that changed since they were done. One query either way.
    """
    if user is None:
        return CourseState()
    return _state(_read(CHANGED if with_changes else NOTHING, [], user, course.pk))


def in_lesson(user: User | None, lesson: Lesson, check_ids: Sequence[int]) -> LessonState:
    """Return a learner's state in a live lesson whose checks are these questions. One query."""
    if user is None:
        return LessonState()
    numbers = [list(check_ids), lesson.pk, lesson.pk, lesson.pk]
    row = _read(IN_LESSON, numbers, user, lesson.course_id)
    if row is None:
        return LessonState()
    here = json.loads(row[2])
    done = here["done"] or {}
    return LessonState(
        course=read(json.loads(row[1]), row[0], []),
        answers={each["question_id"]: _answer(each) for each in here["answers"]},
        note=Note(**here["note"]) if here["note"] else None,
        bookmarked=here["bookmarked"],
        done_at=datetime.fromisoformat(done["at"]) if done else None,
        done_before=done.get("before"),
    )


NOTHING = "SELECT jsonb_build_array()"
# Raw, because Django needs longer to put these together than PostgreSQL to answer them. It asks for the first
# attempt by number, not whether one EXISTS: PostgreSQL may then read those of everybody, not the index.
COURSE = """
    SELECT jsonb_build_object(
        'done', (
            SELECT COALESCE(jsonb_agg(done.lesson_id), '[]')
            FROM learning_lessonprogress AS done JOIN courses_lesson AS lesson ON lesson.id = done.lesson_id
            WHERE done.user_id = learning_enrollment.user_id AND done.undone_at IS NULL
                AND lesson.course_id = learning_enrollment.course_id
        ),
        'passed', COALESCE(jsonb_agg(quiz.id) FILTER (WHERE (
            SELECT true FROM learning_attempt AS attempt WHERE attempt.user_id = learning_enrollment.user_id
                AND attempt.quiz_id = quiz.id AND attempt.passed
            ORDER BY attempt.number LIMIT 1
        )), '[]'),
        'tried', COALESCE(jsonb_agg(quiz.id) FILTER (WHERE (
            SELECT true FROM learning_attempt AS attempt WHERE attempt.user_id = learning_enrollment.user_id
                AND attempt.quiz_id = quiz.id AND attempt.submitted_at IS NOT NULL
            ORDER BY attempt.number LIMIT 1
        )), '[]'),
        'open', COALESCE(
            jsonb_object_agg(quiz.id, unfinished.id) FILTER (WHERE unfinished.id IS NOT NULL), '{}'
        ),
        'certificate', (
            SELECT jsonb_build_object(
                'id', own.id, 'at', own.awarded_at, 'issued', own.issued_at IS NOT NULL,
                'withdrawn_at', own.revoked_at
            )
            FROM learning_certificate AS own
            WHERE own.user_id = learning_enrollment.user_id AND own.course_id = learning_enrollment.course_id
                AND own.replaced_at IS NULL
        )
    )
    FROM courses_quiz AS quiz LEFT JOIN learning_attempt AS unfinished
        ON unfinished.user_id = learning_enrollment.user_id AND unfinished.quiz_id = quiz.id
            AND unfinished.submitted_at IS NULL
    WHERE quiz.course_id = learning_enrollment.course_id
"""
"""For a row of Enrollment: lessons done, quizzes passed and tried, attempts open by quiz, the certificate."""
_MAJOR_SINCE = """EXISTS (
    SELECT FROM courses_version AS later
    WHERE later.kind = 'lesson' AND later.course_id = read.course_id AND later.key = read.key AND later.major
        AND later.number > read.number AND later.number <= live.number
        AND (later.id = live.id OR NOT EXISTS (
            SELECT FROM courses_publishjob AS job WHERE job.version_id = later.id AND job.state <> 'done'
        ))
)"""
"""Versions that were to go live at a time and never did are nobody's change."""
_DONE = """
    learning_lessonprogress AS done
    JOIN courses_version AS read ON read.id = done.version_id
    JOIN courses_lesson AS lesson ON lesson.id = done.lesson_id
    JOIN courses_version AS live ON live.id = lesson.live_version_id
    WHERE done.user_id = learning_enrollment.user_id AND done.undone_at IS NULL
"""
CHANGED = f"""
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'lesson', lesson.id, 'before', read.body -> 'headings', 'after', live.body -> 'headings',
        'at', done.completed_at
    )), '[]')
    FROM {_DONE} AND lesson.course_id = learning_enrollment.course_id
        AND done.version_id <> lesson.live_version_id AND {_MAJOR_SINCE}
"""  # noqa: S608 - all of it is above
"""For a row of Enrollment: the lessons done before a major change, with the headings then and now."""
IN_LESSON = f"""
    SELECT jsonb_build_object(
        'answers', (
            SELECT COALESCE(jsonb_agg(jsonb_build_object(
                'question_id', answer.question_id, 'response', answer.response, 'sureness', answer.sureness,
                'version_id', version.id, 'course_id', version.course_id, 'key', version.key,
                'body', version.body, 'answer_key', version.answer_key, 'content_hash', version.content_hash
            )), '[]')
            FROM learning_answer AS answer JOIN courses_version AS version ON version.id = answer.version_id
            WHERE answer.user_id = learning_enrollment.user_id AND answer.context = 'check'
                AND answer.question_id = ANY(%s)
        ),
        'note', (
            SELECT jsonb_build_object('text', note.text, 'revision', note.revision)
            FROM learning_note AS note
            WHERE note.user_id = learning_enrollment.user_id AND note.lesson_id = %s
        ),
        'bookmarked', EXISTS (
            SELECT FROM learning_bookmark AS bookmark
            WHERE bookmark.user_id = learning_enrollment.user_id AND bookmark.lesson_id = %s
        ),
        'done', (
            SELECT jsonb_build_object(
                'at', done.completed_at, 'before', CASE WHEN {_MAJOR_SINCE} THEN read.body END
            )
            FROM {_DONE} AND lesson.id = %s
        )
    )
"""  # noqa: S608 - all of it is above
"""For a row of Enrollment: what the learner did in one lesson. Takes its checks, and thrice the lesson."""


def _earned(found: dict[str, Any]) -> Earned:
    withdrawn_at = found["withdrawn_at"]
    return Earned(
        id=UUID(found["id"]),
        at=datetime.fromisoformat(found["at"]),
        issued=found["issued"],
        withdrawn_at=datetime.fromisoformat(withdrawn_at) if withdrawn_at else None,
    )


def _answer(found: dict[str, Any]) -> Answer:
    version = Version(
        pk=found["version_id"],
        course_id=found["course_id"],
        key=found["key"],
        body=found["body"],
        answer_key=found["answer_key"],
        content_hash=found["content_hash"],
    )
    return Answer(
        question_id=found["question_id"],
        response=found["response"],
        sureness=found["sureness"],
        version=version,
    )

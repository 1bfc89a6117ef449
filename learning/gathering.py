"""What the progress page is made of, as it stands in the tables: one statement for all of it.

The statement is the same for everybody, so that PostgreSQL keeps it prepared, and it gives JSON, which costs
little to take over. A page that was made of the same facts need not read them again: `Facts.digest`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from accounts import prepared
from accounts.models import User
from learning import evidence, looking_back, review, state


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one learner, as JSON; each field says what reads it."""

    courses: str
    """learning.overview, which has the live versions of the courses in it."""

    cards: str
    plan: str | None
    """learning.review."""

    corrected_at: datetime | None
    """When a quiz was last graded again."""

    finished_on: date | None
    """The local date on which the last lesson was first completed, or the last quiz first passed."""

    past: Mapping[str, str]
    """learning.looking_back, by the names of what it asks for."""

    beside: tuple[str, ...]
    """Whoever asked for it."""

    def digest(self) -> bytes:
        """Return what is the same only while all of it is the same."""
        everything = tuple(getattr(self, name) for name in self.__slots__)
        return hashlib.blake2b(repr(everything).encode(), digest_size=20).digest()


def of(user: User, *, today: date, beside: Sequence[str] = ()) -> Facts:
    """Read what is known of a learner up to their local date (1 query); years cost little more than weeks.

    `beside` are subqueries in SQL for a row of User, each of which gives JSON: what another room has on the
    same page.
    """
    since = looking_back.first_day(today)
    values = {"user": user.pk, "today": today, "since": since, "zone": user.zone.key}
    found = prepared.row(_statement(tuple(beside)), values)
    courses, cards, plan, corrected_at, finished_on, *others = found
    past = dict(zip(looking_back.PAST, others, strict=False))
    return Facts(courses, cards, plan, corrected_at, finished_on, past, tuple(others[len(past) :]))


@cache
def _statement(beside: tuple[str, ...]) -> str:
    columns = ", ".join(f"({each})" for each in (*OWN, *looking_back.PAST.values(), *beside))
    return f"SELECT {columns} FROM accounts_user WHERE id = %(user)s"  # noqa: S608 - all of it is constant


COURSES = f"""
    SELECT COALESCE(json_agg(json_build_array(
        course.id, course.key, course.title, live.id, live.content_hash, learning_enrollment.last_lesson_id,
        ({state.COURSE}), ({state.CHANGED}), ({evidence.OBJECTIVES})::json
    ) ORDER BY learning_enrollment.last_active_at DESC), '[]'::json)::text
    FROM learning_enrollment JOIN courses_course AS course ON course.id = learning_enrollment.course_id
    LEFT JOIN courses_version AS live ON live.id = course.live_version_id
    WHERE learning_enrollment.user_id = accounts_user.id
"""  # noqa: S608 - all of it is constant
FINISHED = """
    SELECT max(first) FROM (
        SELECT completed.first FROM learning_lessonprogress AS done
        CROSS JOIN LATERAL (
            SELECT min(event.local_date) AS first FROM learning_learningevent AS event
            WHERE event.lesson_progress_id = done.id AND event.kind = 'lesson_completed'
        ) AS completed
        WHERE done.user_id = accounts_user.id AND done.undone_at IS NULL
        UNION ALL
        SELECT (passed.submitted_at AT TIME ZONE %(zone)s)::date
        FROM learning_enrollment AS begun JOIN courses_quiz AS quiz ON quiz.course_id = begun.course_id
        CROSS JOIN LATERAL (
            SELECT attempt.submitted_at FROM learning_attempt AS attempt
            WHERE attempt.user_id = accounts_user.id AND attempt.quiz_id = quiz.id AND attempt.passed
            ORDER BY attempt.number LIMIT 1
        ) AS passed
        WHERE begun.user_id = accounts_user.id
    ) AS each
"""
"""Reading a changed lesson again, and passing again, move nothing."""
OWN = (COURSES, review.CARDS, review.PLAN, looking_back.CORRECTED, FINISHED)
"""In the order of the fields of Facts."""

"""An attempt and its questions, for pages and for saves: a prepared read each, and versions as they are kept.

Answer keys stay in the database: nothing here reads one.
"""

from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models.expressions import RawSQL

from accounts import prepared
from accounts.models import User
from courses import kept
from courses.models import Quiz
from learning.models import Answer, Attempt, AttemptQuestion

FROM_ATTEMPT = """
    FROM learning_attempt AS attempt
    JOIN courses_quiz AS quiz ON quiz.id = attempt.quiz_id
    JOIN courses_version AS frozen ON frozen.id = attempt.quiz_version_id
    JOIN courses_course AS course ON course.id = quiz.course_id
    LEFT JOIN courses_version AS outline ON outline.id = course.live_version_id
    WHERE attempt.user_id = %s AND attempt.id = %s
"""
OWN = len(Attempt._meta.concrete_fields)
ASKED = len(AttemptQuestion._meta.concrete_fields)
SHEET = f"""
    SELECT {prepared.columns(AttemptQuestion, "asked")}, version.content_hash,
        {prepared.columns(Answer, "answer")}
    FROM learning_attemptquestion AS asked
    JOIN courses_version AS version ON version.id = asked.version_id
    LEFT JOIN learning_answer AS answer ON answer.attempt_question_id = asked.id
    WHERE asked.attempt_id = %s AND (%s::numeric IS NULL OR asked.position = %s::numeric)
    ORDER BY asked.position
"""  # noqa: S608 - from the models


def attempt_of(user: User, attempt_id: UUID, **carried: RawSQL) -> Attempt:
    """Return the learner's own attempt with quiz and course, else raise Attempt.DoesNotExist.

    The query carries along what else its page needs to know.
    """
    more, numbers = kept.with_carried(carried)
    return _attempt(user, attempt_id, f"{more} {FROM_ATTEMPT}", numbers, list(carried))


def locked(user: User, attempt_id: UUID) -> Attempt:
    """Return the learner's attempt, held until the end of the transaction: saves and handing in take turns.

    Its questions and answers are read after that, or what another save just wrote would not be seen. Raises
    Attempt.DoesNotExist.
    """
    return _attempt(user, attempt_id, f"{FROM_ATTEMPT} FOR UPDATE OF attempt", [], [])


def sheet(attempt: Attempt, *, position: int | None = None) -> list[AttemptQuestion]:
    """Return the questions of an attempt in order, or one of them, with versions and the answers so far."""
    found = prepared.rows(SHEET, [attempt.pk, position, position])
    rows = [prepared.made(AttemptQuestion, row[:ASKED]) for row in found]
    versions = kept.versions([(made.version_id, row[ASKED]) for made, row in zip(rows, found, strict=True)])
    for made, row in zip(rows, found, strict=True):
        made.attempt, made.version = attempt, versions[made.version_id]
        answer = prepared.made(Answer, row[ASKED + 1 :]) if row[ASKED + 1] is not None else None
        made._state.fields_cache["answer"] = answer
    return rows


def _attempt(user: User, attempt_id: UUID, rest: str, numbers: list[object], names: list[str]) -> Attempt:
    statement = (
        f"SELECT {prepared.columns(Attempt, 'attempt')}, quiz.key, frozen.content_hash, {kept.COURSE}{rest}"
    )
    found = prepared.rows(statement, [*numbers, user.pk, attempt_id])
    if not found:
        raise Attempt.DoesNotExist
    row = found[0]
    made: Any = prepared.made(Attempt, row[:OWN])
    key, content_hash, *course = row[OWN : OWN + 6]
    wanted = [(made.quiz_version_id, content_hash), *([tuple(course[2:])] if course[2] else [])]
    shown = kept.versions(wanted)
    quiz = Quiz.from_db(DEFAULT_DB_ALIAS, ["id", "key", "course_id"], [made.quiz_id, key, course[0]])
    quiz.course = kept.course_of(tuple(course), shown)
    made.user, made.quiz, made.quiz_version = user, quiz, shown[made.quiz_version_id]
    vars(made).update(zip(names, row[OWN + 6 :], strict=True))
    attempt: Attempt = made
    return attempt

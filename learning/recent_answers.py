"""Which of a learner's graded answers still say something of today: the last few to each question.

A flag at the answer says so, so that a page need not look through years. More of them would do no harm to who
reads them, fewer would: an answer is flagged when it is graded, and loses the flag to later ones.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from learning import mastery
from learning.models import Answer

KEEP = """
    UPDATE learning_answer AS answer
    SET credit = COALESCE(placed.credit, answer.credit), recent = placed.place <= %(last)s
    FROM (
        SELECT id, credit, row_number() OVER (PARTITION BY question_id ORDER BY id DESC) AS place
        FROM (
            SELECT id, question_id, NULL::numeric AS credit FROM learning_answer
            WHERE user_id = %(user)s AND recent AND question_id = ANY(%(questions)s)
            UNION ALL
            SELECT * FROM unnest(%(graded)s::bigint[], %(asked)s::bigint[], %(credits)s::numeric[])
        ) AS each
    ) AS placed
    WHERE answer.id = placed.id AND (placed.credit IS NOT NULL OR placed.place > %(last)s)
"""
ASTRAY = """
    SELECT id, user_id, recent FROM (
        SELECT id, user_id, recent, context = 'quiz' AND credit IS NOT NULL AND row_number() OVER (
            PARTITION BY user_id, question_id, context = 'quiz' AND credit IS NOT NULL ORDER BY id DESC
        ) <= %s AS counted
        FROM learning_answer WHERE user_id BETWEEN %s AND %s
    ) AS each
    WHERE recent <> counted ORDER BY id
"""


def keep(*, user_id: int, graded: Sequence[Answer] = (), questions: Iterable[int] = ()) -> None:
    """Store the credits of answers just graded, and flag the last few to their questions (1 query).

    `questions` (ids) are further ones to which answers came from a guest. To be called once whoever else
    grades answers of this learner has to wait.
    """
    asked = [answer.question_id for answer in graded]
    values: dict[str, Any] = {
        "user": user_id,
        "questions": [*asked, *questions],
        "graded": [answer.pk for answer in graded],
        "asked": asked,
        "credits": [answer.credit for answer in graded],
        "last": mastery.LAST,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)


def astray(first: int, last: int) -> list[tuple[int, int, bool]]:
    """Return the answers of learners from one id to another whose flag is wrong: id, learner, flag."""
    with connection.cursor() as cursor:
        cursor.execute(ASTRAY, [mastery.LAST, first, last])
        found: list[tuple[int, int, bool]] = cursor.fetchall()
    return found

"""How many cards a learner is asked now: one number, for queries that are made anyway to carry along.

It is as many as `review.standing` has in its set, counted where the cards are. Raw, because every page of a
learner asks for it: put together from the ORM's parts, it took longer to build than to run.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from accounts.models import User
from learning import rhythm
from learning.rhythm import Rhythm


def askable(user: str) -> str:
    """Return the SQL for whether a row of ReviewCard can be asked. `user`: the column with its learner's id.

    It can if its objective has a live question for review that no open attempt of theirs asks, or its term
    is live and there is another to tell it from. What is open is looked up once, not for each card.
    """
    return f"""(
        CASE WHEN learning_reviewcard.objective_id IS NULL THEN
            learning_reviewcard.term_id IN (
                SELECT id FROM courses_glossaryterm WHERE live_version_id IS NOT NULL
            ) AND (
                SELECT count(*) > 1 FROM (
                    SELECT FROM courses_glossaryterm WHERE live_version_id IS NOT NULL LIMIT 2
                ) AS two
            )
        ELSE EXISTS (
            SELECT FROM courses_question AS question
            WHERE question.objective_id = learning_reviewcard.objective_id
                AND question.live_version_id IS NOT NULL AND question.uses @> ARRAY['review']::varchar[]
                AND question.id <> ALL (ARRAY(
                    SELECT asked.question_id FROM learning_attempt AS attempt
                    JOIN learning_attemptquestion AS asked ON asked.attempt_id = attempt.id
                    WHERE attempt.user_id = {user} AND attempt.submitted_at IS NULL
                ))
        ) END
    )"""  # noqa: S608 - all of it is constant


_LEARNER = """
    jsonb_to_recordset(%s) AS learner(
        user_id bigint, today date, away date, rhythm text, since date, until date, most int, most_back int
    )
    LEFT JOIN learning_reviewplan AS plan ON plan.user_id = learner.user_id
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(reviews), 0) AS reviews FROM learning_dailyactivity
        WHERE user_id = learner.user_id AND local_date >= learner.since
    ) AS done
"""
_ASKED = """
    CROSS JOIN LATERAL (
        SELECT max(last_on) AS day FROM learning_reviewcard
        WHERE user_id = learner.user_id AND last_on < learner.today
    ) AS asked
    CROSS JOIN LATERAL (
        SELECT count(*) AS cards FROM (
            SELECT FROM learning_reviewcard
            WHERE user_id = learner.user_id AND last_on < learner.since AND LEAST(
                due_on, CASE WHEN plan.interview_on > learner.today AND wanted_on > last_on THEN wanted_on END
            ) <= learner.until AND
"""
_AT_MOST = """
            LIMIT learner.most
        ) AS found
    ) AS due
"""
_WINDOW_OF_THEIRS = """
    WHERE learner.rhythm = CASE
        WHEN plan.interview_on > learner.today THEN 'daily' ELSE COALESCE(plan.rhythm, 'daily')
    END
"""
_COUNT = """GREATEST(0, LEAST(
    due.cards, CASE WHEN asked.day <= learner.away THEN learner.most_back ELSE learner.most END - done.reviews
))"""
_DUE = (_LEARNER, _ASKED, askable("learner.user_id"), _AT_MOST, _WINDOW_OF_THEIRS)
CARRIED = " ".join(["SELECT", _COUNT, "FROM", *_DUE])
COUNTED = " ".join(["SELECT learner.user_id, learner.today,", _COUNT, "FROM", *_DUE])


def carried(user: User | None, *, today: date) -> dict[str, RawSQL]:
    """Return what to annotate the rows of a query with, so that each says how many cards are `due`.

    `today` is the learner's local date. A visitor has none, and nothing is annotated.
    """
    if user is None:
        return {}
    windows = _windows([(user.pk, today)])
    return {"due": RawSQL(CARRIED, [windows], IntegerField())}  # noqa: S611 - all of it is above


def count(wanted: Iterable[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """Return for learners, by id, how many cards they are asked on a local date of theirs. One query.

    For a date before, it is what they were asked at the end of it, if they have done nothing since.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [_windows(wanted)])
        return {(user_id, today): cards for user_id, today, cards in cursor.fetchall()}


def _windows(wanted: Iterable[tuple[int, date]]) -> str:
    """The set that is open for each learner in each rhythm, as JSON: theirs is chosen where their plan is."""
    return json.dumps([_row(user_id, today, each) for user_id, today in wanted for each in Rhythm])


def _row(user_id: int, today: date, each: Rhythm) -> dict[str, Any]:
    window = rhythm.window(each, today)
    return {
        "user_id": user_id,
        "today": str(today),
        "away": str(today - rhythm.AWAY),
        "rhythm": each.value,
        "since": str(window.since),
        "until": str(window.until),
        "most": window.most,
        "most_back": rhythm.window(each, today, back=True).most,
    }

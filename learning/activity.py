"""The ledger of what learners did, and the days it adds up to."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from accounts import guests
from accounts.models import User
from courses.models import Course, Version
from learning.models import (
    Answer,
    Attempt,
    DailyActivity,
    DrillAnswer,
    LearningEvent,
    LessonProgress,
    ReminderContract,
    ReviewLog,
)

Kind = LearningEvent.Kind
DONE_KINDS = (
    Kind.LESSON_COMPLETED,
    Kind.CHECK_ANSWERED,
    Kind.ATTEMPT_STARTED,
    Kind.ATTEMPT_SUBMITTED,
    Kind.CARD_REVIEWED,
    Kind.DRILL_ANSWERED,
)
"""Things done, of which `DailyActivity` has a row. To begin a quiz counts nothing, but its time runs."""
BREAK = timedelta(minutes=30)
"""Whoever does nothing for longer has paused; such a gap is no time of study."""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What happened on one local date. A lesson completed twice on a day counts once on that day."""

    lessons: int = 0
    answers: int = 0
    quizzes: int = 0
    reviews: int = 0


def record(
    *,
    user: User,
    kind: Kind,
    now: datetime,
    course: Course | None = None,
    version: Version | None = None,
    lesson_progress: LessonProgress | None = None,
    answer: Answer | None = None,
    attempt: Attempt | None = None,
    review: ReviewLog | None = None,
    drill_answer: DrillAnswer | None = None,
    answered: int = 0,
    again: bool = False,
) -> LearningEvent:
    """Write one row of the ledger, count it on the learner's local date, and note that they were here.

    Call it in the transaction that writes the record it points to. `answered` is the number of questions
    answered in an attempt that was handed in; `again`: a lesson was completed before on this local date.
    """
    local_date = now.astimezone(user.zone).date()
    counts = DayCounts() if again else _counts(kind, answered)
    event = LearningEvent.objects.create(
        user=user,
        kind=kind,
        at=now,
        local_date=local_date,
        time_zone=user.zone.key,
        course=course,
        version=version,
        lesson_progress=lesson_progress,
        answer=answer,
        attempt=attempt,
        review=review,
        drill_answer=drill_answer,
    )
    _add(user, kind, local_date, counts, now=now)
    return event


def completed_on(local_date: date) -> Exists:
    """For rows of LessonProgress: whether the lesson was completed before on a local date."""
    return Exists(
        LearningEvent.objects.filter(
            lesson_progress=OuterRef("pk"), kind=Kind.LESSON_COMPLETED, local_date=local_date
        )
    )


def tally(user: User) -> dict[date, DayCounts]:
    """Count a learner's days afresh from the ledger, in one query. `DailyActivity` must say the same."""
    submitted = Q(kind=Kind.ATTEMPT_SUBMITTED)
    rows = (
        LearningEvent.objects.filter(user=user, kind__in=DONE_KINDS)
        .values("local_date")
        .annotate(
            lessons=Count("lesson_progress", distinct=True, filter=Q(kind=Kind.LESSON_COMPLETED)),
            checks=Count("answer", distinct=True, filter=Q(kind=Kind.CHECK_ANSWERED)),
            in_drill=Count("drill_answer", distinct=True, filter=Q(kind=Kind.DRILL_ANSWERED)),
            in_quizzes=Count("attempt__questions__answer", distinct=True, filter=submitted),
            quizzes=Count("attempt", distinct=True, filter=submitted),
            reviews=Count("review", distinct=True, filter=Q(kind=Kind.CARD_REVIEWED)),
        )
    )
    return {
        row["local_date"]: DayCounts(
            row["lessons"],
            row["checks"] + row["in_drill"] + row["in_quizzes"],
            row["quizzes"],
            row["reviews"],
        )
        for row in rows
    }


GAPS = """
    SELECT event.user_id, event.local_date, event.at, event.at - max(event.at) OVER (
        PARTITION BY event.user_id, event.local_date ORDER BY event.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS gap
    FROM learning_learningevent AS event
    WHERE event.user_id BETWEEN %s AND %s AND event.kind = ANY(%s)
"""
"""Things done, each with the time since the latest before it on that local date, as the ledger has them."""
TIMES = f"""
    SELECT done.user_id, done.local_date,
        COALESCE(sum(done.gap) FILTER (WHERE done.gap > '0' AND done.gap <= %s), '0') AS spent,
        max(done.at) AS last_at
    FROM ({GAPS}) AS done
    GROUP BY done.user_id, done.local_date
"""  # noqa: S608 - all of it is above
"""Time spent by day: from one thing done to the next, gaps of more than BREAK left out."""


def times(first: int, last: int) -> tuple[str, list[Any]]:
    """Return the query for the time spent by learners of a range of ids, with its parameters."""
    return TIMES, [str(BREAK), first, last, list(DONE_KINDS)]


def spent_again(user: User, *, since: date) -> timedelta:
    """Count the time spent again from the ledger, from a local date on (1 query)."""
    query, parameters = times(user.pk, user.pk)
    with connection.cursor() as cursor:
        # A query of our own stands inside; its values are passed as parameters.
        cursor.execute(
            f"SELECT COALESCE(sum(spent), '0') FROM ({query}) AS days WHERE local_date >= %s",  # noqa: S608
            [*parameters, since],
        )
        total: tuple[timedelta] = cursor.fetchone()
    return total[0]


def recount(user: User) -> None:
    """Replace a learner's rows of `DailyActivity` by what the ledger says. For merges and repairs."""
    counts = tally(user)
    with connection.cursor() as cursor:
        cursor.execute(*times(user.pk, user.pk))
        found = cursor.fetchall()
    DailyActivity.objects.filter(user=user).delete()
    DailyActivity.objects.bulk_create(
        DailyActivity(user=user, local_date=day, spent=spent, last_at=last_at, **asdict(counts[day]))
        for _, day, spent, last_at in found
    )


def _counts(kind: Kind, answered: int) -> DayCounts:
    if kind == Kind.LESSON_COMPLETED:
        return DayCounts(lessons=1)
    if kind in (Kind.CHECK_ANSWERED, Kind.DRILL_ANSWERED):
        return DayCounts(answers=1)
    if kind == Kind.ATTEMPT_SUBMITTED:
        return DayCounts(answers=answered, quizzes=1)
    if kind == Kind.CARD_REVIEWED:
        return DayCounts(reviews=1)
    return DayCounts()


def _add(user: User, kind: Kind, local_date: date, counts: DayCounts, *, now: datetime) -> None:
    """Add what was done to a day, note that the person was here, let reminders count from nought again."""
    if kind not in DONE_KINDS:
        was_here(user, now=now)
        return
    guests.seen(user, now=now)
    # Raw, because the ORM cannot say "add to what is there" on a conflict, and two statements would race.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH answered AS (
                UPDATE learning_remindercontract SET unanswered = 0
                WHERE user_id = %(user)s AND unanswered > 0
            )
            INSERT INTO learning_dailyactivity AS day
                (user_id, local_date, lessons, answers, quizzes, reviews, spent, last_at)
            VALUES (%(user)s, %(on)s, %(lessons)s, %(answers)s, %(quizzes)s, %(reviews)s, '0', %(at)s)
            ON CONFLICT (user_id, local_date) DO UPDATE SET
                lessons = day.lessons + EXCLUDED.lessons,
                answers = day.answers + EXCLUDED.answers,
                quizzes = day.quizzes + EXCLUDED.quizzes,
                reviews = day.reviews + EXCLUDED.reviews,
                spent = day.spent + CASE
                    WHEN EXCLUDED.last_at > day.last_at AND EXCLUDED.last_at - day.last_at <= %(break)s
                    THEN EXCLUDED.last_at - day.last_at ELSE '0'
                END,
                last_at = GREATEST(day.last_at, EXCLUDED.last_at)
            """,
            {"user": user.pk, "on": local_date, "at": now, "break": str(BREAK), **asdict(counts)},
        )


def was_here(user: User, *, now: datetime) -> None:
    """Note that a person wrote something today: guests are kept on, and reminders count from nought again."""
    guests.seen(user, now=now)
    ReminderContract.objects.filter(user=user, unanswered__gt=0).update(unanswered=0)

"""The ledger of what learners did, and the days it adds up to."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

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
    counts = _counts(kind, answered)
    if again:
        counts = DayCounts()
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
    _add(user, local_date, counts, now=now)
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
        LearningEvent.objects.filter(
            user=user,
            kind__in=[
                Kind.LESSON_COMPLETED,
                Kind.CHECK_ANSWERED,
                Kind.ATTEMPT_SUBMITTED,
                Kind.CARD_REVIEWED,
                Kind.DRILL_ANSWERED,
            ],
        )
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


def recount(user: User) -> None:
    """Replace a learner's rows of `DailyActivity` by what the ledger says. For merges and repairs."""
    DailyActivity.objects.filter(user=user).delete()
    DailyActivity.objects.bulk_create(
        DailyActivity(user=user, local_date=day, **asdict(counts)) for day, counts in tally(user).items()
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


def _add(user: User, local_date: date, counts: DayCounts, *, now: datetime) -> None:
    """Add to a day, note that the person was here, and let reminders count from nought again."""
    if counts == DayCounts():
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
                (user_id, local_date, lessons, answers, quizzes, reviews)
            VALUES (%(user)s, %(on)s, %(lessons)s, %(answers)s, %(quizzes)s, %(reviews)s)
            ON CONFLICT (user_id, local_date) DO UPDATE SET
                lessons = day.lessons + EXCLUDED.lessons,
                answers = day.answers + EXCLUDED.answers,
                quizzes = day.quizzes + EXCLUDED.quizzes,
                reviews = day.reviews + EXCLUDED.reviews
            """,
            {"user": user.pk, "on": local_date, **asdict(counts)},
        )


def was_here(user: User, *, now: datetime) -> None:
    """Note that a person wrote something today: guests are kept on, and reminders count from nought again."""
    guests.seen(user, now=now)
    ReminderContract.objects.filter(user=user, unanswered__gt=0).update(unanswered=0)

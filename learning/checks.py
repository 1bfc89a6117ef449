"""Count again, from the record, whatever is kept as a sum, and compare. What differs is named by ids only.

Each question is one statement for a chunk of learners, so that it sees one state of the tables while people
go on learning.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from learning import activity, cards, recent_answers
from learning.models import (
    Answer,
    Attempt,
    DrillAnswer,
    Enrollment,
    LearningEvent,
    LessonProgress,
    RegradeRecord,
    ReviewCard,
    ReviewLog,
)

CHUNK = 500
"""Learners a statement."""
DAY = timedelta(days=1)

Kind = LearningEvent.Kind


@dataclass(frozen=True)
class Difference:
    """What is stored in one place and what was counted instead."""

    where: str
    stored: str
    counted: str

    def __str__(self) -> str:
        return f"{self.where}: stored {self.stored}, counted {self.counted}"


@dataclass(frozen=True)
class Chunk:
    """Learners by a range of ids, both ends included."""

    first: int
    last: int

    @property
    def range(self) -> tuple[int, int]:
        """For `__range` look-ups."""
        return self.first, self.last


def differences() -> Iterator[Difference]:
    """Check all learners, rule by rule, and yield whatever does not add up."""
    for chunk in chunks():
        for rule in RULES:
            yield from rule(chunk)


def chunks() -> Iterator[Chunk]:
    """Split all people into ranges of at most CHUNK."""
    last = 0
    while ids := list(User.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield Chunk(ids[0], ids[-1])
        last = ids[-1]


# What each day adds up to, from the ledger and from the answers of the quizzes in it; a lesson counts once a
# day. Raw, because the ORM has no full join: a day may be missing on either side.
DAYS = """
    WITH counted AS (
        SELECT event.user_id, event.local_date,
            count(DISTINCT event.lesson_progress_id) FILTER (WHERE event.kind = 'lesson_completed')
                AS lessons,
            count(DISTINCT event.answer_id) FILTER (WHERE event.kind = 'check_answered')
                + count(DISTINCT event.drill_answer_id) FILTER (WHERE event.kind = 'drill_answered')
                + count(DISTINCT answer.id) FILTER (WHERE event.kind = 'attempt_submitted') AS answers,
            count(DISTINCT event.attempt_id) FILTER (WHERE event.kind = 'attempt_submitted') AS quizzes,
            count(DISTINCT event.review_id) FILTER (WHERE event.kind = 'card_reviewed') AS reviews
        FROM learning_learningevent AS event
        LEFT JOIN learning_attemptquestion AS question
            ON question.attempt_id = event.attempt_id AND event.kind = 'attempt_submitted'
        LEFT JOIN learning_answer AS answer ON answer.attempt_question_id = question.id
        WHERE event.user_id BETWEEN %s AND %s AND event.kind = ANY(%s)
        GROUP BY event.user_id, event.local_date
    ), stored AS (
        SELECT user_id, local_date, lessons, answers, quizzes, reviews
        FROM learning_dailyactivity WHERE user_id BETWEEN %s AND %s
    )
    SELECT user_id, local_date,
        ARRAY[stored.lessons, stored.answers, stored.quizzes, stored.reviews],
        ARRAY[counted.lessons, counted.answers, counted.quizzes, counted.reviews]
    FROM counted FULL JOIN stored USING (user_id, local_date)
    WHERE (stored.lessons, stored.answers, stored.quizzes, stored.reviews)
        IS DISTINCT FROM (counted.lessons, counted.answers, counted.quizzes, counted.reviews)
    ORDER BY user_id, local_date
"""


def days(chunk: Chunk) -> Iterator[Difference]:
    """`DailyActivity` against the ledger: lessons, answers, quizzes, reviews of each local date."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS, [*chunk.range, list(activity.DONE_KINDS), *chunk.range])
        rows = cursor.fetchall()
    for user_id, local_date, stored, counted in rows:
        words = [
            "no day" if None in sums else "{} lessons, {} answers, {} quizzes, {} reviews".format(*sums)
            for sums in (stored, counted)
        ]
        yield Difference(f"daily activity of user {user_id} on {local_date}", *words)


def time_spent(chunk: Chunk) -> Iterator[Difference]:
    """`DailyActivity.spent` against the gaps between the things done on each local date."""
    counted, parameters = activity.times(*chunk.range)
    rows = f"""
        SELECT stored.user_id, stored.local_date, stored.spent, COALESCE(counted.spent, '0')
        FROM learning_dailyactivity AS stored LEFT JOIN ({counted}) AS counted USING (user_id, local_date)
        WHERE stored.user_id BETWEEN %s AND %s AND stored.spent <> COALESCE(counted.spent, '0')
        ORDER BY stored.user_id, stored.local_date
    """  # noqa: S608 - the query is our own
    with connection.cursor() as cursor:
        cursor.execute(rows, [*parameters, *chunk.range])
        found = cursor.fetchall()
    for user_id, local_date, stored, total in found:
        yield Difference(f"time spent by user {user_id} on {local_date}", str(stored), str(total))


def lessons_done(chunk: Chunk) -> Iterator[Difference]:
    """`Enrollment.lessons_done` against the lessons completed and not undone."""
    done = (
        LessonProgress.objects.filter(
            user=OuterRef("user"), lesson__course=OuterRef("course"), undone_at__isnull=True
        )
        .order_by()
        .values("user")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = Enrollment.objects.filter(user__pk__range=chunk.range).annotate(
        counted=Coalesce(Subquery(done), 0)
    )
    for row in rows.exclude(lessons_done=F("counted")).order_by("pk"):
        where = f"lessons done of enrollment {row.pk} (user {row.user_id})"
        yield Difference(where, str(row.lessons_done), str(row.counted))


def lesson_states(chunk: Chunk) -> Iterator[Difference]:
    """Each lesson's progress against the last word of the ledger about it."""
    events = LearningEvent.objects.filter(
        lesson_progress=OuterRef("pk"), kind__in=[Kind.LESSON_COMPLETED, Kind.LESSON_UNDONE]
    )
    last = Coalesce(Subquery(events.order_by("-pk").values("kind")[:1]), Value(""))
    rows = LessonProgress.objects.filter(user__pk__range=chunk.range).annotate(last=last)
    agree = Q(undone_at__isnull=True, last=Kind.LESSON_COMPLETED) | Q(
        undone_at__isnull=False, last=Kind.LESSON_UNDONE
    )
    for row in rows.exclude(agree).order_by("pk"):
        stored = "completed" if row.undone_at is None else "undone"
        where = f"lesson progress {row.pk} (user {row.user_id})"
        yield Difference(where, stored, row.last or "nothing in the ledger")


def attempt_credits(chunk: Chunk) -> Iterator[Difference]:
    """The credit of each quiz handed in against the sum of its answers' credit."""
    answers = (
        Answer.objects.filter(attempt_question__attempt=OuterRef("pk"))
        .order_by()
        .values("attempt_question__attempt")
        .annotate(sum=Sum("credit"))
        .values("sum")
    )
    handed_in = Attempt.objects.filter(user__pk__range=chunk.range, submitted_at__isnull=False)
    rows = handed_in.annotate(counted=Coalesce(Subquery(answers), 0, output_field=Attempt.credit.field))
    for row in rows.exclude(credit=F("counted")).order_by("pk"):
        where = f"credit of attempt {row.pk} (user {row.user_id})"
        yield Difference(where, str(row.credit), str(row.counted))


def recent(chunk: Chunk) -> Iterator[Difference]:
    """`Answer.recent` against the answers: the last few graded ones to each question, and no others."""
    for pk, user_id, stored in recent_answers.astray(*chunk.range):
        yield Difference(f"recent answer {pk} (user {user_id})", str(stored), str(not stored))


def regrades(chunk: Chunk) -> Iterator[Difference]:
    """Each correction of a credit leads on to the next, the last to what is stored; the ledger tells it."""
    events = LearningEvent.objects.filter(attempt=OuterRef("attempt"), kind=Kind.REGRADED)
    told = events.order_by().values("attempt").annotate(count=Count("pk")).values("count")
    rows = RegradeRecord.objects.filter(attempt__user__pk__range=chunk.range).order_by("attempt", "pk")
    joined = rows.select_related("attempt", "attempt_question__answer")
    counted = joined.annotate(told=Coalesce(Subquery(told), 0))
    for attempt, corrections in groupby(counted, key=lambda row: row.attempt):
        records = list(corrections)
        for number, record in enumerate(records):
            where = f"regrade {record.pk} of attempt {attempt.pk} (user {attempt.user_id})"
            yield from _leads_on(where, record, records[number + 1 :])
        if len(records) != records[0].told:
            where = f"regrades of attempt {attempt.pk} (user {attempt.user_id})"
            yield Difference(where, str(len(records)), f"{records[0].told} events in the ledger")


def _leads_on(where: str, record: RegradeRecord, later: Sequence[RegradeRecord]) -> Iterator[Difference]:
    same = (each.credit_before for each in later if each.attempt_question_id == record.attempt_question_id)
    attempt, answer = record.attempt, record.attempt_question.answer
    total, passed = attempt.credit, attempt.passed
    if later:
        total, passed = later[0].total_before, later[0].passed_before
    after = (record.credit_after, record.total_after, record.passed_after)
    if after != (counted := (next(same, answer.credit), total, passed)):
        words = "{} of {}, passed {}"
        yield Difference(where, words.format(*after), words.format(*counted))
    change = record.credit_after - record.credit_before
    if record.total_before + change != record.total_after:
        yield Difference(where, f"total {record.total_after}", f"{record.total_before} and {change} more")


def review_cards(chunk: Chunk) -> Iterator[Difference]:
    """Each review card against the reviews that it adds up to, scheduled again one by one."""
    in_order = Prefetch("logs", ReviewLog.objects.order_by("pk"))
    rows = ReviewCard.objects.filter(user__pk__range=chunk.range).prefetch_related(in_order).order_by("pk")
    for card in rows.iterator(chunk_size=CHUNK):
        stored, counted = (
            memory
            and f"last {memory.last_on}, due {memory.due_on}, {memory.stability:.6g} days,"
            f" difficulty {memory.difficulty:.6g}"
            for memory in (cards.memory_of(card), cards.replay(card.logs.all()))
        )
        if stored != counted:
            where = f"review card {card.pk} (user {card.user_id})"
            yield Difference(where, stored or "", counted or "no review that counts")


def events_missing(chunk: Chunk) -> Iterator[Difference]:
    """Every enrollment, answer and attempt stands in the ledger, each step of it exactly once."""
    in_range = Q(user__pk__range=chunk.range)
    checks = Answer.objects.filter(in_range, context=Answer.Context.CHECK)
    handed_in = Attempt.objects.filter(in_range, submitted_at__isnull=False)
    yield from _not_once("check answer", checks, Kind.CHECK_ANSWERED)
    yield from _not_once("start of attempt", Attempt.objects.filter(in_range), Kind.ATTEMPT_STARTED)
    yield from _not_once("handing in of attempt", handed_in, Kind.ATTEMPT_SUBMITTED)
    reviews = ReviewLog.objects.filter(card__user__pk__range=chunk.range, source=ReviewLog.Source.REVIEW)
    yield from _not_once("review", reviews, Kind.CARD_REVIEWED)
    in_drill = DrillAnswer.objects.filter(in_range)
    yield from _not_once("drill answer", in_drill, Kind.DRILL_ANSWERED)
    enrolled = LearningEvent.objects.filter(
        user=OuterRef("user"), course=OuterRef("course"), kind=Kind.ENROLLED
    )
    for pk in Enrollment.objects.filter(in_range).exclude(Exists(enrolled)).values_list("pk", flat=True):
        yield Difference(f"enrollment {pk}", "one", "no event in the ledger")


def _not_once(what: str, rows: QuerySet[Any], kind: Kind) -> Iterator[Difference]:
    counted = rows.annotate(told=Count("events", filter=Q(events__kind=kind)))
    for pk, told in counted.exclude(told=1).order_by("pk").values_list("pk", "told"):
        yield Difference(f"{what} {pk}", "one", f"{told} events in the ledger")


def events_astray(chunk: Chunk) -> Iterator[Difference]:
    """No event points to another person's record, or has a local date that no zone had at its instant."""
    events = LearningEvent.objects.filter(user__pk__range=chunk.range)
    own = (
        Q(Q(lesson_progress__isnull=True) | Q(lesson_progress__user=F("user")))
        & Q(Q(answer__isnull=True) | Q(answer__user=F("user")))
        & Q(Q(attempt__isnull=True) | Q(attempt__user=F("user")))
        & Q(Q(review__isnull=True) | Q(review__card__user=F("user")))
        & Q(Q(drill_answer__isnull=True) | Q(drill_answer__user=F("user")))
    )
    for pk, user_id in events.exclude(own).order_by("pk").values_list("pk", "user_id"):
        yield Difference(f"event {pk}", f"of user {user_id}", "a record of somebody else")
    # Zones reach from 12 hours behind UTC to 14 ahead; which one it was is not computed again, since rules of
    # zones change and stored days do not move.
    possible = Q(at__date__gte=F("local_date") - DAY, at__date__lte=F("local_date") + DAY)
    for pk, date, at in events.exclude(possible).order_by("pk").values_list("pk", "local_date", "at"):
        yield Difference(f"local date of event {pk}", str(date), f"about {at:%Y-%m-%d}")


RULES: tuple[Callable[[Chunk], Iterator[Difference]], ...] = (
    days,
    time_spent,
    lessons_done,
    lesson_states,
    attempt_credits,
    recent,
    regrades,
    review_cards,
    events_missing,
    events_astray,
)

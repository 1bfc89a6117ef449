"""Days as numbers: counted from the ledger, the last days again and again, into rows that lead to nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from learning import day_facts
from learning.day_facts import Fact, What
from learning.models import CohortMember, CountedDay, DailyTotal, LearningEvent
from mailing import locks

Measure = DailyTotal.Measure
LOCK_SPACE = 0x44415953
AGAIN = 3
"""Days that every run counts again: fewer than the seven for which an account sleeps before it is erased."""

DAYS_AT_ONCE = 60
"""Days that one run counts at most, where there is much to make up for. The next run goes on from there."""

AWAY = timedelta(days=30)
"""Whoever does nothing in a course for so long has left off."""

NOT_COUNTED_HERE = {Measure.VISITED}
ONCE_OVER = {Measure.LEFT_OFF}
"""Counted of the day that lies AWAY behind, not of the day itself."""


Totals = Counter[tuple[int | None, What]]
"""Amounts by cohort (None: everybody) and what it was."""


def roll_up(*, now: datetime) -> int:
    """Count the days (UTC) that are not over or were counted before their end; return how many.

    Twice or in parallel leaves the same rows. A total never falls: what an erased person did stays counted.
    """
    days = _days_to_count(now.astimezone(UTC).date())
    for day in days:
        count_day(day, now=now)
    return len(days)


@transaction.atomic
def count_day(day: date, *, now: datetime) -> None:
    """Count what happened on a day, and who left off on the day that now lies 30 days and one behind."""
    locks.in_turn(space=LOCK_SPACE)
    memberships = _memberships(day)
    _keep(day, set(Measure) - NOT_COUNTED_HERE - ONCE_OVER, _by_cohort(day_facts.of(day), memberships))
    then = day - AWAY - timedelta(days=1)
    _keep(then, ONCE_OVER, _by_cohort(day_facts.left_off(then), memberships))
    CountedDay.objects.update_or_create(day=day, defaults={"counted_at": now})


def add_visits(visits: Mapping[tuple[date, str], int]) -> None:
    """Add visits by day and key of a course; without a key, arrivals from elsewhere. Unknown keys go."""
    rows = [(Measure.VISITED, day, key or None, count) for (day, key), count in sorted(visits.items())]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO learning_dailytotal (measure, day, course_id, amount)
            SELECT asked.measure, asked.day, course.id, asked.amount
            FROM (SELECT %s::text AS measure, %s::date AS day, %s::text AS key, %s::int AS amount) AS asked
            LEFT JOIN courses_course AS course ON course.key = asked.key
            WHERE asked.key IS NULL OR course.id IS NOT NULL
            ON CONFLICT ON CONSTRAINT one_total_per_day
            DO UPDATE SET amount = learning_dailytotal.amount + EXCLUDED.amount
            """,
            rows,
        )


def _days_to_count(today: date) -> list[date]:
    """Return the days from the last that was counted on, at least the last AGAIN; on the first run from the
    first event on.
    """
    last: date | None = CountedDay.objects.aggregate(last=Max("day"))["last"]
    if last is None and (first := LearningEvent.objects.order_by("pk").first()):
        last = first.at.astimezone(UTC).date()
    begin = min(last or today, today - timedelta(days=AGAIN - 1))
    return [begin + timedelta(days=n) for n in range(min((today - begin).days + 1, DAYS_AT_ONCE))]


def _memberships(day: date) -> dict[int, list[tuple[int, int]]]:
    """Return the cohorts, each with its course, of everybody who was in one on a day."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = CohortMember.objects.filter(joined_at__lt=day_facts.bounds(day)[1])
    for user, cohort, course in rows.values_list("user_id", "cohort_id", "cohort__course_id").iterator():
        found[user].append((cohort, course))
    return found


def _by_cohort(facts: Iterable[Fact], memberships: Mapping[int, list[tuple[int, int]]]) -> Totals:
    """Add facts up: of everybody, and of each cohort what is about its course or about none."""
    totals: Totals = Counter()
    for user, what, amount in facts:
        totals[None, what] += amount
        for cohort, course in memberships.get(user, ()):
            if what.course == course or what.measure == Measure.SIGNED_UP:
                totals[cohort, what] += amount
    return totals


def _keep(day: date, measures: Iterable[str], totals: Totals) -> None:
    """Put totals in the place of those of the day. What was counted before and is gone since stays."""
    known = DailyTotal.objects.filter(day=day, measure__in=measures)
    columns = [f"{name}_id" for name in ("course", "lesson", "quiz", "misconception")]
    for row in known.values_list("amount", "cohort_id", "measure", *columns, "number"):
        amount, cohort, *what = row
        key = (cohort, What(*what))
        totals[key] = max(totals[key], amount)
    known.delete()
    DailyTotal.objects.bulk_create(
        [_row(day, cohort, what, amount) for (cohort, what), amount in totals.items() if amount],
        batch_size=2000,
    )


def _row(day: date, cohort: int | None, what: What, amount: int) -> DailyTotal:
    return DailyTotal(
        day=day,
        cohort_id=cohort,
        measure=what.measure,
        course_id=what.course,
        lesson_id=what.lesson,
        quiz_id=what.quiz,
        misconception_id=what.misconception,
        number=what.number,
        amount=amount,
    )

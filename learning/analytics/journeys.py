"""How far people get: the funnel, lesson by lesson, how long it takes, and whether reminders help."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from django.db.models import Sum

from courses.models import Course, Lesson
from learning.analytics.shape import FEW, NOT_TOLD, Cell, Of, People, Row, Share, Table, by, rows, sums
from learning.models import DailyTotal
from learning.reminders import effect

Measure = DailyTotal.Measure
STAGES = (
    (
        Measure.VISITED,
        "Visits",
        "Times that somebody whom the portal does not know came to the landing page or a course's page from "
        "elsewhere; of one course: times that its page was shown to such. Not people: nothing is kept that "
        "tells them apart. Robots that say so, and pages that a cache answered, are left out. Not by cohort.",
    ),
    (
        Measure.SIGNED_UP,
        "Signed up",
        "People who made an account. It belongs to no course, so the choice of a course leaves it as it is.",
    ),
    (
        Measure.FIRST_LESSON,
        "First lesson",
        "People who completed a lesson for the first time (of one course: a lesson of it). Guests count, so "
        "it may come before the account.",
    ),
    (
        Measure.FINISHED,
        "Course",
        "People who had completed every lesson that the course has, on the day of the last. Whoever "
        "finishes two courses, or comes back for a lesson that was added, counts twice.",
    ),
    (
        Measure.CERTIFIED,
        "Certificate",
        "People who met the rule of a certificate for the first time (of one course: of its certificate).",
    ),
)
"""Steps of the funnel: measure, name, what it means."""


def funnel(of: Of) -> Table:
    """Return how many came, signed up, did a first lesson, all lessons, and got a certificate (2 queries)."""
    found = sums(of, *(measure for measure, _, _ in STAGES))
    lines, most = [], max([1, *found.values()])
    for number, (measure, name, _) in enumerate(STAGES):
        amount = found[measure]
        bar = round(100 * amount / most) if amount >= FEW else None
        share = Share(People(amount), People(found[STAGES[number - 1][0]])) if number else None
        first = measure == Measure.VISITED
        told: Cell = f"{amount:,}" if first and not of.cohort else "not counted" if first else People(amount)
        lines.append(Row([name, told, share or ""], bar))
    return Table(
        "From a visit to a certificate",
        [(name, means) for _, name, means in STAGES],
        ("Step", "People", "Of the step before"),
        lines,
    )


def lessons(of: Of) -> Table:
    """Return how far people get in a course, lesson by lesson (3 queries)."""
    course = of.course or Course.objects.live().order_by("order", "pk").first()
    of_it = replace(of, course=course)
    began = People(sums(of_it, Measure.BEGAN)[Measure.BEGAN])
    done = by("lesson", of_it, Measure.LESSON_DONE)
    left = by("lesson", of_it, Measure.LEFT_OFF)
    found = Lesson.objects.filter(course=course).order_by("module__order", "order", "pk")
    titles = [row for row in found if row.live_version_id or done[row.pk]]
    most = max([1, began.number, *done.values()])
    return Table(
        f"Lesson by lesson: {course.title if course else 'no course yet'}",
        (
            ("Done", "People who completed the lesson for the first time."),
            (
                "Of those who began",
                f"Their share of the people who began the course in the same days: {began}. People who began "
                "earlier count among the done, so a share may be above 100 %.",
            ),
            (
                "Left off here",
                "People whose last step in the course was at this lesson, who had not done all lessons and "
                "did nothing in the course for 30 days, by the day of that step. The last 31 days are not "
                "known yet.",
            ),
        ),
        ("Lesson", "Done", "Of those who began", "Left off here"),
        [
            Row(
                [row.title, People(done[row.pk]), Share(People(done[row.pk]), began), People(left[row.pk])],
                round(100 * done[row.pk] / most) if done[row.pk] >= FEW else None,
                about=("lesson", row.pk),
            )
            for row in titles
        ],
    )


def time_taken(of: Of) -> Table:
    """Return in how many days people finish each course: median and quartiles (2 queries)."""
    found = rows(of, Measure.TOOK_DAYS).values_list("course__title", "number").annotate(Sum("amount"))
    by_course: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for title, days, people in found.order_by("course__order", "course_id", "number"):
        by_course[title].append((days, people))
    return Table(
        "Time to complete",
        (
            (
                "Days",
                "From the day on which somebody began the course to the day on which they had completed "
                "every lesson of it, both in UTC; 0 is the same day. Counted on the day of finishing.",
            ),
            (
                "Quarter, half, three quarters",
                "So many of those who finished needed so many days or fewer: the first quartile, the median, "
                "the third quartile.",
            ),
        ),
        ("Course", "Finished", "A quarter within", "Half within", "Three quarters within"),
        [_taken(title, counts) for title, counts in by_course.items()],
    )


def _taken(title: str, counts: Sequence[tuple[int, int]]) -> Row:
    people = People(sum(amount for _, amount in counts))
    spans = (f"{quantile(counts, share)} days" if people.told else NOT_TOLD for share in (0.25, 0.5, 0.75))
    return Row([title, people, *spans])


def quantile(counts: Iterable[tuple[int, int]], share: float) -> int:
    """Return the smallest value that at least a share (0 to 1) do not exceed; of (value, how many), sorted.

    It is the inverse of the empirical distribution: type 1 of Hyndman and Fan 1996, The American Statistician
    50:361-365. Raises ValueError where there is nothing.
    """
    listed = list(counts)
    least, seen = share * sum(amount for _, amount in listed), 0
    for value, amount in listed:
        seen += amount
        if seen >= least:
            return value
    raise ValueError("Of nothing there is no quantile.")


def reminders(of: Of) -> Table:
    """Return whether people come back with the digest and without it, where a hold-out runs (1 query)."""
    found = _effect(of)
    return Table(
        "Effect of the digest",
        (
            ("Mails", "That took part in the hold-out, by the day they were due, each on its drawn side."),
            ("Came back", "After so many of them the learner did something within 48 hours."),
            (
                "Difference",
                f"Is told from {effect.LEAST} mails a side on, with its 95 % interval (Newcombe 1998, method "
                "10). Courses and cohorts do not part it: a digest is about all that somebody learns.",
            ),
        ),
        ("Mail", "Mails", "Came back", "Share"),
        [
            _side(name, People(side.mails), People(side.returned))
            for name, side in (("With the digest", found.mailed), ("Digest left out", found.held_out))
        ],
        by_cohort=False,
        note=_in_words(found),
    )


def _side(name: str, mails: People, returned: People) -> Row:
    return Row([name, mails, returned, Share(returned, mails)])


def _effect(of: Of) -> effect.Effect:
    begin = datetime.combine(of.begin, time.min, UTC)
    end = datetime.combine(of.end, time.min, UTC) + timedelta(days=1)
    return effect.of(begin=begin, end=min(end, of.now - effect.WITHIN))


def _in_words(found: effect.Effect) -> str:
    if not found.enough:
        return f"Nothing to say yet: it takes {effect.LEAST} mails on each side."
    low, high = found.interval
    verdict = "Chance alone could make such a difference."
    if low > 0 or high < 0:
        verdict = f"{'More' if low > 0 else 'Fewer'} people came back with the digest."
    points = f"{found.difference:.1f} percentage points, 95 % interval {low:.1f} to {high:.1f}"
    return f"Difference: {points}. {verdict}"

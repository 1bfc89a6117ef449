"""How far people get: the funnel, lesson by lesson, how long it takes, and whether reminders help."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Course, Lesson
from courses.numbers import minus
from learning.analytics.shape import FEW, NOT_TOLD, Cell, Of, People, Row, Share, Table, by, rows, sums
from learning.models import DailyTotal
from learning.reminders import effect

Measure = DailyTotal.Measure
STAGES = (
    (
        Measure.VISITED,
        gettext_lazy("Visits"),
        gettext_lazy(
            "Times that somebody whom the portal does not know came to the landing page or a course's page "
            "from elsewhere; of one course: times that its page was shown to such. Not people: nothing is "
            "kept that tells them apart. Robots that say so, and pages that a cache answered, are left out. "
            "Not by cohort."
        ),
    ),
    (
        Measure.SIGNED_UP,
        gettext_lazy("Signed up"),
        gettext_lazy(
            "People who made an account. It belongs to no course, so the choice of a course leaves it as it "
            "is."
        ),
    ),
    (
        Measure.FIRST_LESSON,
        gettext_lazy("First lesson"),
        gettext_lazy(
            "People who completed a lesson for the first time (of one course: a lesson of it). Guests count, "
            "so it may come before the account."
        ),
    ),
    (
        Measure.FINISHED,
        gettext_lazy("Course"),
        gettext_lazy(
            "People who had completed every lesson that the course has, on the day of the last. Whoever "
            "finishes two courses, or comes back for a lesson that was added, counts twice."
        ),
    ),
    (
        Measure.CERTIFIED,
        gettext_lazy("Certificate"),
        gettext_lazy(
            "People who met the rule of a certificate for the first time (of one course: of its certificate)."
        ),
    ),
)
"""Steps of the funnel: measure, name, what it means."""


def funnel(of: Of) -> Table:
    """Return how many came, signed up, did a first lesson, all lessons, and got a certificate (2 queries)."""
    found = sums(of, *(measure for measure, _, _ in STAGES))
    lines, most = [], max([1, *found.values()])
    for number, stage in enumerate(STAGES):
        measure, name = stage[:2]
        amount = found[measure]
        bar = round(100 * amount / most) if amount >= FEW else None
        share = Share(People(amount), People(found[STAGES[number - 1][0]])) if number else None
        first = measure == Measure.VISITED
        told: Cell = (
            f"{amount:,}" if first and not of.cohort else _("not counted") if first else People(amount)
        )
        lines.append(Row([str(name), told, share or ""], bar))
    return Table(
        _("From a visit to a certificate"),
        [(str(name), str(means)) for _measure, name, means in STAGES],
        (_("Step"), _("People"), _("Of the step before")),
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
        _("Lesson by lesson: %(course)s") % {"course": course.title}
        if course
        else _("Lesson by lesson: no course yet"),
        _meanings(began),
        (_("Lesson"), _("Done"), _("Of those who began"), _("Left off here")),
        [
            Row(
                [row.title, People(done[row.pk]), Share(People(done[row.pk]), began), People(left[row.pk])],
                round(100 * done[row.pk] / most) if done[row.pk] >= FEW else None,
                about=("lesson", row.pk),
            )
            for row in titles
        ],
    )


def _meanings(began: People) -> Sequence[tuple[str, str]]:
    return (
        (_("Done"), _("People who completed the lesson for the first time.")),
        (
            _("Of those who began"),
            _(
                "Their share of the people who began the course in the same days: %(began)s. People who "
                "began earlier count among the done, so a share may be above 100 %%."
            )
            % {"began": began},
        ),
        (
            _("Left off here"),
            _(
                "People whose last step in the course was at this lesson, who had not done all lessons "
                "and did nothing in the course for 30 days, by the day of that step. The last 31 days "
                "are not known yet."
            ),
        ),
    )


def time_taken(of: Of) -> Table:
    """Return in how many days people finish each course: median and quartiles (2 queries)."""
    found = rows(of, Measure.TOOK_DAYS).values_list("course__title", "number").annotate(Sum("amount"))
    by_course: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for title, days, people in found.order_by("course__order", "course_id", "number"):
        by_course[title].append((days, people))
    return Table(
        _("Time to complete"),
        (
            (
                _("Days"),
                _(
                    "From the day on which somebody began the course to the day on which they had completed "
                    "every lesson of it, both in UTC; 0 is the same day. Counted on the day of finishing."
                ),
            ),
            (
                _("Quarter, half, three quarters"),
                _(
                    "So many of those who finished needed so many days or fewer: the first quartile, the "
                    "median, the third quartile."
                ),
            ),
        ),
        (_("Course"), _("Finished"), _("A quarter within"), _("Half within"), _("Three quarters within")),
        [_taken(title, counts) for title, counts in by_course.items()],
    )


def _taken(title: str, counts: Sequence[tuple[int, int]]) -> Row:
    people = People(sum(amount for _, amount in counts))
    found = [quantile(counts, share) for share in (0.25, 0.5, 0.75)]
    spans = [_("%(days)s days") % {"days": days} if people.told else NOT_TOLD for days in found]
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
        _("Effect of the digest"),
        (
            (
                _("Mails"),
                _("That took part in the hold-out, by the day they were due, each on its drawn side."),
            ),
            (_("Came back"), _("After so many of them the learner did something within 48 hours.")),
            (
                _("Difference"),
                _(
                    "Is told from %(mails)s mails a side on, with its 95 %% interval (Newcombe 1998, method "
                    "10). Courses and cohorts do not part it: a digest is about all that somebody learns."
                )
                % {"mails": effect.LEAST},
            ),
        ),
        (_("Mail"), _("Mails"), _("Came back"), _("Share")),
        [
            _side(name, People(side.mails), People(side.returned))
            for name, side in ((_("With the digest"), found.mailed), (_("Digest left out"), found.held_out))
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
        return _("Nothing to say yet: it takes %(mails)s mails on each side.") % {"mails": effect.LEAST}
    low, high = found.interval
    if low > 0:
        words = _(
            "Difference: %(points)s percentage points, 95 %% interval %(low)s to %(high)s. More people came "
            "back with the digest."
        )
    elif high < 0:
        words = _(
            "Difference: %(points)s percentage points, 95 %% interval %(low)s to %(high)s. Fewer people came "
            "back with the digest."
        )
    else:
        words = _(
            "Difference: %(points)s percentage points, 95 %% interval %(low)s to %(high)s. Chance alone "
            "could make such a difference."
        )
    points, low_end, high_end = (minus(f"{number:.1f}") for number in (found.difference, low, high))
    return words % {"points": points, "low": low_end, "high": high_end}

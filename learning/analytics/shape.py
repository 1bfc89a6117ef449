"""What tables of analytics are made of, and how they read the totals of days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from courses.models import Course
from learning.models import Cohort, DailyTotal

FEW = 5
"""Figures about fewer people than this are not shown."""

NOT_TOLD = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class People:
    """A number of people, which is told from FEW on only."""

    number: int

    @property
    def told(self) -> bool:
        """Whether the number is told."""
        return self.number >= FEW

    def __str__(self) -> str:
        return f"{self.number:,}" if self.told else _("fewer than %(people)s") % {"people": FEW}


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; told where both are."""

    part: People
    whole: People

    @property
    def told(self) -> bool:
        """Whether the share is told."""
        return self.part.told and self.whole.told

    def __str__(self) -> str:
        return f"{100 * self.part.number / self.whole.number:.0f} %" if self.told else NOT_TOLD


Cell = str | People | Share


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `bar` is how long its bar is, 0 to 100, or None; `about` the content that it is about."""

    cells: Sequence[Cell]
    bar: int | None = None
    about: tuple[str, int] | None = None
    """The name of a model of courses, and an id."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the meaning of its columns. `by_days`, `by_cohort`: whether those filters move it."""

    title: str
    means: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Row]
    by_days: bool = True
    by_cohort: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Of:
    """What to look at: days (UTC) from `begin` to `end`, both in it, of one course and cohort or of all.

    A cohort comes with its course. `whole`: all rows, for a file.
    """

    begin: date
    end: date
    now: datetime
    course: Course | None = None
    cohort: Cohort | None = None
    whole: bool = False


def rows(of: Of, *measures: str) -> QuerySet[DailyTotal]:
    """Return the totals of some days: of one course, else of all that name a course."""
    found = DailyTotal.objects.filter(measure__in=measures, day__range=(of.begin, of.end), cohort=of.cohort)
    return found.filter(course=of.course) if of.course else found.filter(course__isnull=False)


def sums(of: Of, *measures: Any) -> dict[str, int]:
    """Return the sum of each measure, of one course or, each person once, of the portal (1 query)."""
    found = DailyTotal.objects.filter(
        measure__in=measures, day__range=(of.begin, of.end), cohort=of.cohort
    ).values_list("measure", "course")
    by_course = {(measure, course): amount for measure, course, amount in found.annotate(Sum("amount"))}
    course = of.course.pk if of.course else None
    return {
        measure: by_course.get((measure, None if measure == DailyTotal.Measure.SIGNED_UP else course), 0)
        for measure in measures
    }


def by(column: str, of: Of, measure: str) -> dict[int, int]:
    """Return the sums of a measure by what a column names (1 query)."""
    found = rows(of, measure).values_list(column).annotate(Sum("amount")).order_by()
    return defaultdict(int, dict(found))

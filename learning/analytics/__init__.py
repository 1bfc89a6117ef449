"""The tables that staff see of what all learners do, read from the totals of days: numbers, no people."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from learning.analytics import content, journeys
from learning.analytics.shape import Of, Table
from learning.models import CountedDay

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TABLES: "dict[str, tuple[StrPromise, Callable[[Of], Table]]]" = {
    "funnel": (_("Funnel"), journeys.funnel),
    "lessons": (_("Lessons"), journeys.lessons),
    "time": (_("Time"), journeys.time_taken),
    "quizzes": (_("Quizzes"), content.quizzes),
    "questions": (_("Questions"), content.items),
    "misconceptions": (_("Mistaken ideas"), content.misconceptions),
    "reminders": (_("Reminders"), journeys.reminders),
}
"""Every table, by the word in its address."""


def counted_at() -> datetime | None:
    """Return when the days were counted last; None: never (1 query)."""
    found: datetime | None = CountedDay.objects.aggregate(last=Max("counted_at"))["last"]
    return found

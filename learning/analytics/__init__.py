"""The tables that staff see of what all learners do, read from the totals of days: numbers, no people."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max

from learning.analytics import content, journeys
from learning.analytics.shape import Of, Table
from learning.models import CountedDay

TABLES: dict[str, tuple[str, Callable[[Of], Table]]] = {
    "funnel": ("Funnel", journeys.funnel),
    "lessons": ("Lessons", journeys.lessons),
    "time": ("Time", journeys.time_taken),
    "quizzes": ("Quizzes", content.quizzes),
    "questions": ("Questions", content.items),
    "misconceptions": ("Mistaken ideas", content.misconceptions),
    "reminders": ("Reminders", journeys.reminders),
}
"""Every table, by the word in its address."""


def counted_at() -> datetime | None:
    """Return when the days were counted last; None: never (1 query)."""
    found: datetime | None = CountedDay.objects.aggregate(last=Max("counted_at"))["last"]
    return found

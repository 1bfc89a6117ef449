"""When somebody will be through, at the pace of their own last weeks: a span, never one date. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from statistics import mean, stdev

LOOK_BACK = 8
"""Full weeks that are looked at, at most."""
LEAST = 2
"""With fewer full weeks nothing is said."""
FARTHEST = timedelta(days=730)
"""Nobody is told of a day that is farther away."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The span in which the lessons left are done. `late` is None where no end is in sight.

    `slow` and `fast` are the lessons a week that the two ends stand for; `weeks` is how many were looked at.
    """

    left: int
    weeks: int
    slow: float
    fast: float
    early: date
    late: date | None


def forecast(per_week: Sequence[int], *, left: int, today: date) -> Pace | None:
    """Return when `left` lessons will be done; None where nothing is left or the past says nothing.

    `per_week` are the lessons done in each full week since the first, the oldest first; weeks without any
    belong to it. The pace is their mean, and the span one standard error of the mean to both sides: the
    sample standard deviation divided by the square root of the number of weeks.
    """
    looked_at = per_week[-LOOK_BACK:]
    if left <= 0 or len(looked_at) < LEAST or not any(looked_at):
        return None
    middle, error = mean(looked_at), stdev(looked_at) / sqrt(len(looked_at))
    slow, fast = max(0.0, middle - error), middle + error
    early = _after(left, fast, today)
    if early is None:
        return None
    return Pace(left, len(looked_at), slow, fast, early, _after(left, slow, today))


def _after(left: int, a_week: float, today: date) -> date | None:
    """The day on which so many lessons are done; None where that is too far away."""
    days = ceil(7 * left / a_week) if a_week else FARTHEST.days + 1
    return today + timedelta(days=days) if days <= FARTHEST.days else None

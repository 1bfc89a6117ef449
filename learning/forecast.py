"""The next days of the review as bars, in units of an SVG."""

from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS, WEEKDAYS_ABBR

from learning.review import Standing

HIGHEST = 80
BOTTOM = 100
APART = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the forecast; the busiest is HIGHEST."""

    x: int
    y: int
    height: int
    day: date
    count: int

    @property
    def on(self) -> str:
        """The day in words."""
        return day_and_month(self.day)

    @property
    def weekday(self) -> str:
        """The short name of its weekday."""
        return str(WEEKDAYS_ABBR[self.day.weekday()])


def day_and_month(day: date) -> str:
    """Return a date as "9 December"; a fraction of what the template's filter costs, which charts feel."""
    return f"{day.day} {MONTHS[day.month]}"


def bars(standing: Standing) -> list[Bar]:
    """Return a bar for each of the next days: how many cards are asked on it."""
    ahead = standing.forecast
    busiest = max(1, *(count for _, count in ahead))
    heights = [round(HIGHEST * count / busiest) for _, count in ahead]
    return [
        Bar(2 + n * APART, BOTTOM - height, height, day, count)
        for n, ((day, count), height) in enumerate(zip(ahead, heights, strict=True))
    ]

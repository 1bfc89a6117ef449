"""The next days of the review as bars, in units of an SVG."""

from dataclasses import dataclass
from datetime import date

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


def bars(standing: Standing) -> list[Bar]:
    """Return a bar for each of the next days: how many cards are asked on it."""
    ahead = standing.forecast
    busiest = max(1, *(count for _, count in ahead))
    heights = [round(HIGHEST * count / busiest) for _, count in ahead]
    return [
        Bar(2 + n * APART, BOTTOM - height, height, day, count)
        for n, ((day, count), height) in enumerate(zip(ahead, heights, strict=True))
    ]

"""Where the marks of a chart stand, in units of its SVG. Numbers in, places out; templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.timezone import localtime

from learning.calibration import Bin
from learning.forecast import day_and_month
from learning.looking_back import Day, Score
from learning.models import Answer

PITCH = 20
LONG = 13
"""More weeks than this make a long calendar."""
SCALE = 1.25
"""Pixels a unit where there is room."""


@dataclass(frozen=True)
class Cell:
    """One day of the calendar. `level` is 0 (no study) to 3 (much)."""

    x: int
    y: int
    level: int
    day: Day


@dataclass(frozen=True)
class Calendar:
    """Weeks side by side, Monday on top. `months` are names with the x where the month begins."""

    width: int
    height: int
    cells: list[Cell]
    months: list[tuple[int, date]]
    weekdays: list[tuple[int, str]]
    weeks: int
    days: list[Day]

    @property
    def shapes(self) -> list[tuple[int, str]]:
        """The squares as one path a level: what is drawn together costs a page little.

        Each is the middle of a square; its stroke makes it 16 wide and rounds its corners.
        """
        paths: list[list[str]] = [[], [], [], []]
        for cell in self.cells:
            paths[cell.level].append(f"M{cell.x + 4} {cell.y + 4}h8v8h-8z")
        return [(level, "".join(path)) for level, path in enumerate(paths) if path]

    @property
    def is_long(self) -> bool:
        """Whether it needs a wide card, and larger letters on a phone."""
        return self.weeks > LONG

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels where there is room; on a phone it shrinks."""
        return round(self.width * SCALE), round(self.height * SCALE)


def level(amount: int) -> int:
    """How dark a day is: 0 for nothing, 1 up to 4 things done, 2 up to 12, 3 above."""
    return (amount > 0) + (amount > 4) + (amount > 12)


def calendar(weeks: Sequence[Sequence[Day]]) -> Calendar:
    """Place the days of `learning.overview.calendar`."""
    left, top, name = (52, 26, 40) if len(weeks) > LONG else (34, 18, 28)
    cells = [
        Cell(x=left + column * PITCH, y=top + row * PITCH, level=level(day.amount), day=day)
        for column, week in enumerate(weeks)
        for row, day in enumerate(week)
    ]
    begins = [(left + n * PITCH, week[0].date) for n, week in enumerate(weeks)]
    months = [
        (x, monday) for n, (x, monday) in enumerate(begins) if not n or monday.month != begins[n - 1][1].month
    ]
    if len(months) > 1 and months[1][0] - months[0][0] < 3 * PITCH:
        months = months[1:]  # two names would stand on top of each other
    return Calendar(
        width=max(left + len(weeks) * PITCH, months[-1][0] + name),
        height=top + 7 * PITCH,
        cells=cells,
        months=months,
        weekdays=[(top + row * PITCH + 13, str(WEEKDAYS_ABBR[row])) for row in (0, 2, 4)],
        weeks=len(weeks),
        days=[cell.day for cell in cells if cell.day.amount],
    )


@dataclass(frozen=True)
class SurenessBar:
    """One degree of sureness: how often the answers given with it were right."""

    label: str
    bin: Bin
    x: int
    y: int
    height: int

    @property
    def middle(self) -> int:
        """Where its words stand."""
        return self.x + 25


def sureness(bins: Sequence[Bin]) -> list[SurenessBar]:
    """Place the bars of `learning.calibration.bins`, 0 to 100 per cent on a height of PLOT_HEIGHT."""
    heights = [max(1, height_of(each.per_cent or 0)) for each in bins]
    return [
        SurenessBar(
            str(Answer.Sureness(each.sureness).label),
            each,
            70 + n * 95,
            PLOT_TOP + PLOT_HEIGHT - height,
            height,
        )
        for n, (each, height) in enumerate(zip(bins, heights, strict=True))
    ]


BAR_PITCH = 32
PLOT_LEFT, PLOT_TOP, PLOT_HEIGHT = 34, 10, 120


@dataclass(frozen=True)
class Bar:
    """One score: its bar, and the height of the mark that was needed to pass."""

    x: int
    y: int
    height: int
    middle: int
    mark_y: int
    mark_from: int
    mark_to: int
    score: Score
    day: date

    @property
    def month(self) -> str:
        """The short name of the month."""
        return str(MONTHS_3[self.day.month]).capitalize()

    @property
    def on(self) -> str:
        """The day in words, without its year."""
        return day_and_month(self.day)


@dataclass(frozen=True)
class ScoreChart:
    """Bars from 0 to 100 per cent, the oldest on the left. `lines` are grid lines as (y, per cent)."""

    width: int
    height: int
    bottom: int
    bars: list[Bar]
    lines: list[tuple[int, int]]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels where there is room; on a phone it shrinks."""
        return round(self.width * SCALE), round(self.height * SCALE)


def height_of(per_cent: int) -> int:
    """The height of so many per cent."""
    return round(PLOT_HEIGHT * per_cent / 100)


def scores(values: Sequence[Score]) -> ScoreChart:
    """Place the bars of quiz scores; the chart is at least six bars wide, so that one bar stays a bar."""
    bottom = PLOT_TOP + PLOT_HEIGHT
    bars = []
    for n, score in enumerate(values):
        begin = PLOT_LEFT + n * BAR_PITCH
        height = max(1, height_of(score.per_cent))
        bars.append(
            Bar(
                x=begin + 6,
                y=bottom - height,
                height=height,
                middle=begin + BAR_PITCH // 2,
                mark_y=bottom - height_of(score.pass_mark),
                mark_from=begin + 2,
                mark_to=begin + BAR_PITCH - 2,
                score=score,
                day=localtime(score.submitted_at).date(),
            )
        )
    return ScoreChart(
        width=PLOT_LEFT + max(6, len(bars)) * BAR_PITCH,
        height=bottom + 34,
        bottom=bottom,
        bars=bars,
        lines=[(bottom - height_of(per_cent), per_cent) for per_cent in (0, 50, 100)],
    )

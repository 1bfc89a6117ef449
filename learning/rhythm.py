"""How often a learner is asked, how much at a time, and what is coming: rules over local dates. Pure.

By default a set is put together every day, of what is due on it. Whoever has finished may be content with one
a week or a month: it holds what falls due until the next one. Before an interview it is every day again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MINUTES_A_DAY = 10
SECONDS_A_CARD = 30
CEILING = MINUTES_A_DAY * 60 // SECONDS_A_CARD
"""Cards a day, never more."""
SET = 12
"""Cards a week or a month, and on the first day back after months."""
AWAY = timedelta(days=60)
"""Whoever was asked nothing for so long is back after months."""
DAY = timedelta(days=1)


class Rhythm(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Window:
    """A set: at most `most` cards that fall due up to `until` and were last asked before `since`.

    `since` is the local date on which the set opened; what was answered from then on uses it up. It is open
    up to `until`.
    """

    since: date
    until: date
    most: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a learner chose: a rhythm, and the local date of an interview that all comes back before."""

    rhythm: Rhythm = Rhythm.DAILY
    interview_on: date | None = None

    def on(self, day: date) -> Rhythm:
        """The rhythm on a date: until the day before an interview it is daily."""
        return Rhythm.DAILY if self.prepares(day) else self.rhythm

    def prepares(self, day: date) -> bool:
        """Whether an interview lies ahead of a date."""
        return self.interview_on is not None and day < self.interview_on

    def window(self, day: date, *, back: bool = False) -> Window:
        """The set that is open on a date. `back`: the learner was away for months."""
        return window(self.on(day), day, back=back)


def window(rhythm: Rhythm, day: date, *, back: bool = False) -> Window:
    """The set of a rhythm that is open on a date: the day's, that of the week from Monday on, the month's."""
    if rhythm == Rhythm.WEEKLY:
        monday = day - day.weekday() * DAY
        return Window(monday, monday + 6 * DAY, SET)
    if rhythm == Rhythm.MONTHLY:
        first = day.replace(day=1)
        return Window(first, (first + 31 * DAY).replace(day=1) - DAY, SET)
    if rhythm == Rhythm.STOPPED:
        return Window(day, day, 0)
    return Window(day, day, SET if back else CEILING)


def oldest_set(day: date) -> date:
    """The local date on which the set opened that has been open longest on a date, whatever the rhythm."""
    return min(window(each, day).since for each in Rhythm)


def minutes(cards: int) -> int:
    """About how long so many cards take, at least a minute."""
    return max(1, -(-cards * SECONDS_A_CARD // 60))


def is_back(asked_on: Iterable[date], *, today: date) -> bool:
    """Whether somebody is back after months, from the dates on which their cards were last asked."""
    before = [day for day in asked_on if day < today]
    return bool(before) and today - max(before) >= AWAY


def next_set(due: Sequence[date], plan: Plan, *, today: date) -> date | None:
    """The local date on which the next set opens after the one of today; None if none will.

    `due`: the dates of all cards that are not in today's set.
    """
    if not due:
        return None
    after = plan.window(today).until + DAY
    day = max(min(due), after)
    if plan.on(day) == Rhythm.STOPPED:
        return None
    ended = plan.interview_on if plan.interview_on and not plan.prepares(day) else after
    return max(plan.window(day).since, after, ended)


def forecast(
    due: Iterable[date], plan: Plan, *, today: date, first: int, days: int
) -> list[tuple[date, int]]:
    """Return for each of the next `days` dates how much is asked, never above a set's size.

    `first` cards are in today's set; `due` are the dates of all others. What does not fit into a set waits
    for the next one.
    """
    waiting, taken = sorted(due), 0
    ahead = [(today, first)]
    for n in range(1, days):
        day = today + n * DAY
        opened = plan.window(day)
        opens = opened.since == day or plan.on(day) != plan.on(day - DAY)
        count = min(bisect_right(waiting, opened.until) - taken, opened.most) if opens else 0
        taken += count
        ahead.append((day, count))
    return ahead


def spread(cards: int, *, first: date, before: date) -> list[date]:
    """Return dates for so many cards, evenly from `first` to the day before `before`, at most CEILING a day.

    The list is shorter than `cards` where there are too few days for all.
    """
    days = max(0, (before - first).days)
    fit = min(cards, days * CEILING)
    return [first + n * days // fit * DAY for n in range(fit)]

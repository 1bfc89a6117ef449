"""The week goal: on how many days a week a learner wants to study, and for how many weeks in a row that held.

Pure functions over local dates, as the ledger stores them: neither time zones nor clock changes matter here.
Weeks begin on Monday. There is no daily streak, and a broken row of weeks is not shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from learning.models import WeekGoal

WEEK = timedelta(days=7)
ROW_LIMIT = 52
"""Weeks in a row are counted up to this many, so that the cost of a page does not grow with the years."""


@dataclass(frozen=True)
class Week:
    """The current week. `goal` is None while none is set; `in_a_row` is 0 while there is no row."""

    monday: date
    days: int
    goal: int | None
    in_a_row: int

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def missing(self) -> int:
        """Study days still to go for the goal; 0 when it is met or there is none."""
        return max(0, (self.goal or 0) - self.days)


def monday_of(day: date) -> date:
    """The Monday of the week that a date lies in."""
    return day - timedelta(days=day.weekday())


def goal_of(monday: date, goals: Mapping[date, int]) -> int | None:
    """The goal of the week from `monday` on: the latest set for it or before; None before the first."""
    began = max((start for start in goals if start <= monday), default=None)
    return None if began is None else goals[began]


def week_of(today: date, *, study_days: Iterable[date], goals: Mapping[date, int]) -> Week:
    """The week of `today` with its goal, and how many weeks in a row up to it met theirs (at most ROW_LIMIT).

    The current week counts as soon as it has met its goal, and breaks nothing while it has not. Days after
    `today` (a learner who travelled west) count in their own week.
    """
    monday = monday_of(today)
    days = Counter(monday_of(day) for day in set(study_days))

    def met(week: date) -> bool:
        goal = goal_of(week, goals)
        return goal is not None and days[week] >= goal

    in_a_row = int(met(monday))
    week = monday - WEEK
    while in_a_row < ROW_LIMIT and met(week):
        in_a_row += 1
        week -= WEEK
    return Week(monday=monday, days=days[monday], goal=goal_of(monday, goals), in_a_row=in_a_row)


def set_goal(*, user: User, days: int, now: datetime) -> WeekGoal:
    """Set the learner's goal (1 to 7 days a week) from this week on; past weeks keep theirs."""
    monday = monday_of(now.astimezone(user.zone).date())
    goal, _ = WeekGoal.objects.update_or_create(user=user, from_monday=monday, defaults={"days": days})
    return goal

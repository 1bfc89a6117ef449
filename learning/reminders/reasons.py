"""What a reminder is about: one reason, chosen at the moment of sending; other reasons are named below it.

Pure functions over what is known of a learner at that moment.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from learning.goals import Week, monday_of
from learning.progress import NextStep

DUE_ENOUGH = 5
"""Cards that must be due for a mail about them, while there is a next step to name instead."""
UNFINISHED_AFTER = timedelta(hours=12)
"""How long an open quiz must have rested: whoever left it in the last hours knows of it."""
REMEMBERED = timedelta(hours=12)
"""What a page said is not said again by a mail so soon after."""


class Reason(StrEnum):
    """What a reminder can be about, the most pressing first."""

    LAST = "last"  # the one last mail after 30 days away
    DIGEST = "digest"  # the week's three counts, in place of the first reminder of a week
    QUIZ = "quiz"  # a quiz was begun and not handed in
    GOAL = "goal"  # the week goal needs every day that is left
    REVIEW = "review"  # cards are due, with one question in the mail
    RESUME = "resume"  # pick up where you stopped


SWITCHES = {
    Reason.RESUME: _("Where I stopped in a course"),
    Reason.REVIEW: _("What is due for review, with one question in the mail"),
    Reason.GOAL: _("My week goal, while it can still be met"),
    Reason.QUIZ: _("A quiz that I began and did not hand in"),
    Reason.DIGEST: _("Once a week my three counts instead: done, shown, would recall"),
}
"""The kinds that a learner can switch, in the words of the settings page. LAST ends all the others."""
OFF_AT_FIRST = frozenset({Reason.DIGEST})


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A quiz attempt that was begun and not handed in. `touched_at`: the start or the latest answer."""

    attempt_id: str
    title: str
    answered: int
    questions: int
    touched_at: datetime


@dataclass(frozen=True, slots=True)
class Matters:
    """What there is to say to one learner. `due` counts the cards that the review would ask now."""

    step: NextStep | None = None
    due: int = 0
    week: Week | None = None
    unfinished: Unfinished | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """When a learner was last here, on which local date, and how many cards the pages then said were due."""

    at: datetime
    on: date
    due: int


def of(
    matters: Matters,
    *,
    wanted: Collection[Reason],
    today: date,
    first_of_week: bool,
    told: Visit | None = None,
    now: datetime,
) -> list[Reason]:
    """Return what a mail on this local date has to say, the most pressing first; empty: nothing.

    `today` has seen no study yet: on a day with study there is no reminder. `first_of_week`: no reminder was
    sent since Monday. `told`: a visit so short ago that its pages need not be repeated. What came about after
    it is said all the same: cards that fell due, a week goal that needs every day from today on, a new week.
    """
    new_due = matters.due - (told.due if told else 0)
    applies = {
        Reason.QUIZ: told is None and _rests(matters.unfinished, now),
        Reason.GOAL: (told is None or told.on < today) and at_risk(matters.week, today),
        Reason.REVIEW: new_due >= (DUE_ENOUGH if matters.step else 1),
        Reason.RESUME: told is None and matters.step is not None,
    }
    found = [reason for reason in Reason if reason in wanted and applies.get(reason, False)]
    new_week = first_of_week and (told is None or told.on < monday_of(today))
    if new_week and Reason.DIGEST in wanted and (matters.step or matters.due):
        return [Reason.DIGEST, *found]
    return found


def at_risk(week: Week | None, today: date) -> bool:
    """Whether the week goal needs a study day on each day that is left, today among them.

    Before that there is time; after it the goal is out of reach, and a mail would only be a reproach.
    """
    if week is None or week.missing == 0:
        return False
    return week.missing == (week.sunday - today).days + 1


def _rests(unfinished: Unfinished | None, now: datetime) -> bool:
    return unfinished is not None and now - unfinished.touched_at >= UNFINISHED_AFTER

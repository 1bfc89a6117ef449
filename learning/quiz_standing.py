"""Where a learner stands before a quiz: attempts so far, what is open, and when time will be up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.models import User
from courses.models import Quiz
from learning.models import Accommodation, Attempt

SHOWN = 20
"""So many attempts at most: whoever tries a quiz every week for years waits no longer than others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner before a quiz, by their newest attempts, newest first."""

    attempts: Sequence[Attempt] = ()

    @property
    def used(self) -> int:
        """How many attempts were begun, the open one included."""
        return self.attempts[0].number if self.attempts else 0

    @property
    def open(self) -> Attempt | None:
        """The attempt that is under way."""
        return next((attempt for attempt in self.attempts if attempt.submitted_at is None), None)

    @property
    def handed_in(self) -> Sequence[Attempt]:
        """The attempts that were handed in."""
        return [attempt for attempt in self.attempts if attempt.submitted_at is not None]

    def refusal(self, body: Mapping[str, Any], *, user: User | None, now: datetime) -> str:
        """Return why no further attempt can begin at `now`, in words for the learner; empty if one can."""
        allowed = body["attempts_allowed"]
        if allowed is not None and self.used >= allowed:
            words = ngettext(
                "You have used the one attempt that this quiz allows.",
                "You have used all %(attempts)s attempts that this quiz allows.",
                allowed,
            )
            return words % {"attempts": allowed}
        last, hours = next(iter(self.handed_in), None), body["delay_hours"]
        if hours and user and last and last.submitted_at:
            again_at = last.submitted_at + timedelta(hours=hours)
            if now < again_at:
                words = ngettext(
                    "Attempts are %(hours)s hour apart. You can start again on %(when)s.",
                    "Attempts are %(hours)s hours apart. You can start again on %(when)s.",
                    hours,
                )
                when = date_format(again_at.astimezone(user.zone), "j F, H:i")
                return words % {"hours": hours, "when": when}
        return ""


def of(user: User | None, quiz: Quiz, *, every: bool = False) -> Standing:
    """Return where a learner stands before a quiz, in one query; a visitor has begun nothing.

    `every`: by all their attempts, however many.
    """
    if user is None:
        return Standing()
    attempts = user.attempts.filter(quiz=quiz).order_by("-number")
    return Standing(list(attempts if every else attempts[:SHOWN]))


def ends_at(user: User, body: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """Return when an attempt that begins at `now` ends, by the quiz's limit and the learner's extra time.

    None without a limit; then nothing is asked of the database. `body` is that of the quiz's version.
    """
    minutes = body.get("time_limit_minutes")
    if minutes is None:
        return None
    today = now.astimezone(user.zone).date()
    given = Accommodation.objects.filter(Q(until=None) | Q(until__gte=today), user=user)
    extra = given.values_list("extra_time_percent", flat=True).first() or 0
    return now + timedelta(minutes=minutes) * (100 + extra) / 100

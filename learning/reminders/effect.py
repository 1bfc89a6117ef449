"""What the digest does: who came back within 48 hours, with it and without it, where a hold-out runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Count, Exists, F, OuterRef, Q

from learning.models import DigestTrial, LearningEvent

WITHIN = timedelta(hours=48)
LOOKED_BACK = timedelta(days=180)
LEAST = 100
"""Mails on each side below which nothing is said: the interval would be wider than any effect of a mail."""
Z = 1.959964  # both sides of the normal distribution leave 5 % beyond it


@dataclass(frozen=True, slots=True)
class Side:
    """One side: how many mails, and after how many of them the learner came back."""

    mails: int = 0
    returned: int = 0

    @property
    def share(self) -> float:
        """The share that came back, 0 to 1."""
        return self.returned / self.mails if self.mails else 0.0

    @property
    def per_cent(self) -> float:
        """The same out of a hundred."""
        return 100 * self.share


@dataclass(frozen=True, slots=True)
class Effect:
    """Both sides, and the difference of their shares in percentage points; None while there are too few."""

    mailed: Side
    held_out: Side

    @property
    def enough(self) -> bool:
        """Whether each side has the mails that it takes to say something."""
        return min(self.mailed.mails, self.held_out.mails) >= LEAST

    @property
    def difference(self) -> float:
        """With the digest less without it, in percentage points."""
        return self.mailed.per_cent - self.held_out.per_cent

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference, in percentage points."""
        low, high = newcombe(self.mailed, self.held_out)
        return 100 * low, 100 * high


def lately(*, now: datetime) -> Effect:
    """Return what came of the mails of the last 180 days that are 48 hours old. One query."""
    return of(begin=now - LOOKED_BACK, end=now - WITHIN)


def of(*, begin: datetime, end: datetime) -> Effect:
    """Return what came of the mails that took part from `begin` on and before `end`. One query.

    Each mail counts on the side it was drawn for, whatever became of it. A learner came back who did anything
    that the ledger keeps; what staff did to their record (a regrade) is none of it.
    """
    came = LearningEvent.objects.filter(
        user=OuterRef("user"), at__gt=OuterRef("at"), at__lte=OuterRef("at") + WITHIN
    ).exclude(kind=LearningEvent.Kind.REGRADED)
    rows = (
        DigestTrial.objects.filter(at__gte=begin, at__lt=end)
        .annotate(came=Exists(came), side=F("held_out"))
        .values("side")
        .annotate(mails=Count("pk"), returned=Count("pk", filter=Q(came=True)))
    )
    sides = {row["side"]: Side(row["mails"], row["returned"]) for row in rows}
    return Effect(mailed=sides.get(False, Side()), held_out=sides.get(True, Side()))


def wilson(side: Side) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22:209-212)."""
    n, p = side.mails, side.share
    centre = p + Z**2 / (2 * n)
    half = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return (centre - half) / (1 + Z**2 / n), (centre + half) / (1 + Z**2 / n)


def newcombe(one: Side, other: Side) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two shares, from their score intervals.

    Method 10 of Newcombe 1998, Statistics in Medicine 17:873-890. It takes the mails as independent, which a
    learner's mails of several weeks are not quite: the true interval is a little wider.
    """
    low, high = wilson(one)
    other_low, other_high = wilson(other)
    difference = one.share - other.share
    return (
        difference - sqrt((one.share - low) ** 2 + (other_high - other.share) ** 2),
        difference + sqrt((high - one.share) ** 2 + (other.share - other_low) ** 2),
    )

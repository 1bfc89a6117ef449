"""What the answers say about a question: classical item analysis. Pure.

- Facility: the mean credit, 0 to 1.
- Discrimination: Pearson's correlation of the credit with the mean credit of the other questions in the same
  attempt. For right or wrong answers that is the point-biserial with the rest score, the corrected item-total
  correlation (Henrysson, Psychometrika 28, 1963): with the question itself in the total it would be too high.
- Below 0.2 an item tells little about who knows (Ebel and Frisbie, Essentials of Educational Measurement).
- A wrong option that fewer than 5 % choose does no work (Haladyna and Downing, Educational and Psychological
  Measurement 53, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from statistics import median
from typing import Literal

LEAST = 30
"""People; below, chance is larger than what one would read from the numbers, so nothing is said."""

POOR = 0.2
HARD, EASY = 0.3, 0.95
DEAD = 0.05

Finding = Literal["key", "too_hard", "tells_little", "dead_option", "too_easy", ""]
"""The one thing to mend of a question, the worst first; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One person's answer: its credit (0 to 1), and the mean credit of the rest of the attempt.

    `rest` is None where the attempt asked nothing else, `seconds` where it is not known. `chosen` are the
    keys of the options that were picked.
    """

    credit: float
    rest: float | None = None
    chosen: frozenset[str] = frozenset()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class OptionUse:
    """How often an option was picked, and how well its pickers did in the rest (0 to 1; None: nobody did)."""

    key: str
    right: bool
    people: int
    share: float
    rest: float | None

    @property
    def dead(self) -> bool:
        """Whether it is wrong and tempts hardly anybody."""
        return not self.right and self.share < DEAD


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a question. With fewer than 30 people everything but their number is empty."""

    people: int
    facility: float | None = None
    discrimination: float | None = None
    options: Sequence[OptionUse] = ()
    median_seconds: float | None = None
    finding: Finding = ""
    suspect: str = ""
    """Of the finding `key`: the wrong option whose pickers do best elsewhere; may be empty."""

    @property
    def silent(self) -> bool:
        """Whether too few have answered."""
        return self.people < LEAST


def report(seen: Sequence[Observation], options: Sequence[tuple[str, bool]]) -> Report:
    """Return what the answers say. `options`: the key of each and whether it is right; or none."""
    if len(seen) < LEAST:
        return Report(len(seen))
    used = [_use(key, right, seen) for key, right in options]
    seconds = [each.seconds for each in seen if each.seconds is not None]
    facility = fsum(each.credit for each in seen) / len(seen)
    strength = discrimination(seen)
    return Report(
        people=len(seen),
        facility=facility,
        discrimination=strength,
        options=used,
        median_seconds=median(seconds) if seconds else None,
        finding=_finding(facility, strength, used),
        suspect=_suspect(used),
    )


def discrimination(seen: Sequence[Observation]) -> float | None:
    """Return the corrected item-total correlation, -1 to 1; None where either side never varies."""
    pairs = [(each.credit, each.rest) for each in seen if each.rest is not None]
    if len(pairs) < 2:
        return None
    ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    mean, rest = fsum(ours) / len(pairs), fsum(theirs) / len(pairs)
    spread = fsum((x - mean) ** 2 for x in ours) * fsum((y - rest) ** 2 for y in theirs)
    if min(ours) == max(ours) or min(theirs) == max(theirs) or spread == 0:
        return None
    together = fsum((x - mean) * (y - rest) for x, y in pairs)
    return max(-1.0, min(1.0, together / sqrt(spread)))


def _use(key: str, right: bool, seen: Sequence[Observation]) -> OptionUse:
    pickers = [each for each in seen if key in each.chosen]
    rests = [each.rest for each in pickers if each.rest is not None]
    mean = fsum(rests) / len(rests) if rests else None
    return OptionUse(key, right, len(pickers), len(pickers) / len(seen), mean)


def _finding(facility: float, strength: float | None, options: Sequence[OptionUse]) -> Finding:
    """Return the one thing to see to, the worst first."""
    if strength is not None and strength < 0:
        return "key"
    if facility < HARD:
        return "too_hard"
    if facility <= EASY and strength is not None and strength < POOR:
        return "tells_little"
    if any(option.dead for option in options) and facility <= EASY:
        return "dead_option"
    return "too_easy" if facility > EASY else ""


def _suspect(options: Sequence[OptionUse]) -> str:
    """Return the wrong option whose pickers do better elsewhere than those of every right one."""
    right = max((each.rest or 0.0 for each in options if each.right), default=0.0)
    wrong = [each for each in options if not each.right and each.rest is not None and not each.dead]
    best = max(wrong, key=lambda each: each.rest or 0.0, default=None)
    return best.key if best and (best.rest or 0.0) > right else ""

"""Two of the three counts as pure rules: what is shown, and what is still remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LAST = 3
DIFFERENT = 2
ENOUGH = 800  # thousandths: credits come in them, and floats would miss by a hair


@dataclass(frozen=True, slots=True)
class Graded:
    """A graded answer of a quiz that was handed in. `question` tells questions apart; `credit` is 0 to 1."""

    question: int
    credit: float


def mastered(newest_first: Sequence[Graded]) -> bool:
    """Return whether an objective is shown by these answers to it.

    It is when the last three graded answers are on at least two different questions and their mean credit is
    0.8 or more. It may fall again: only the last three count. Checks and reviews are practice.
    """
    last = newest_first[:LAST]
    if len(last) < LAST or len({answer.question for answer in last}) < DIFFERENT:
        return False
    return sum(round(answer.credit * 1000) for answer in last) >= LAST * ENOUGH


def remembered(recalls: Iterable[float]) -> int:
    """Return about how many of the things met would be recalled: the sum of predicted recall, rounded."""
    return round(sum(recalls))

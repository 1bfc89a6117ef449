"""Which sentence comes next in the drill. Pure: the same learner, turn and past give the same sentence."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

REST = 5
"""A sentence is not asked again within so many turns, if there is another."""
RUN = 2
"""So many times in a row at most is a label right."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence, and what one learner did with it."""

    id: int
    label: str
    asked_last: int = 0
    """Number of the learner's last answer to it; 0 if there is none."""

    correct: bool = False
    """Whether that answer was right."""


def pick(
    candidates: Sequence[Candidate],
    *,
    turn: int,
    recent: Sequence[str],
    weight: Callable[[str], float],
    seed: str,
) -> Candidate | None:
    """Choose the sentence for a turn (from 1), or None where there is none at all.

    - A label that was right in the last two turns (`recent`, newest last) waits, if any other is left.
    - What was never asked comes first, then what was wrong the last time, then the rest; what was asked in
      the last five turns comes after all of these.
    - Among equals chance decides, by `seed`; a label that weighs more (`weight`, above 0) comes sooner.
    """
    run = set(recent[-RUN:]) if len(recent) >= RUN else set()
    allowed = [one for one in candidates if len(run) != 1 or one.label not in run] or list(candidates)
    return min(
        allowed,
        key=lambda one: (_tier(one, turn), -math.log(_chance(seed, one)) / weight(one.label), one.id),
        default=None,
    )


def _tier(one: Candidate, turn: int) -> int:
    if not one.asked_last:
        return 0
    if turn - one.asked_last <= REST:
        return 3
    return 2 if one.correct else 1


def _chance(seed: str, one: Candidate) -> float:
    """A number above 0 and up to 1 that depends on seed and sentence alone."""
    digest = hashlib.sha256(f"{seed}:{one.id}".encode()).digest()
    return (int.from_bytes(digest[:6], "big") + 1) / 2**48

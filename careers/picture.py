"""Where the marks of the result's picture stand, in units of its SVG. Pure."""

from dataclasses import dataclass

from careers.fit import Outcome

MIDDLE_X, MIDDLE_Y = 230, 150
BELOW_Y = 304
"""Below both circles: where one stands who is neither."""

REACH = 130
"""From the middle to the centre of a circle: a difference of 100 points."""

EDGE = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """The learner's place on the two circles, and how far it may lie to either side."""

    x: int
    y: int
    left: int
    right: int

    @property
    def below(self) -> bool:
        """Whether it stands below both circles."""
        return self.y == BELOW_Y


def mark(outcome: Outcome) -> Mark:
    """Place a learner: towards the circle of the higher scale, below both for neither."""
    difference = outcome.project.score - outcome.product.score
    error = (outcome.product.error**2 + outcome.project.error**2) ** 0.5
    return Mark(
        x=_x(difference),
        y=BELOW_Y if outcome.verdict == "neither" else MIDDLE_Y,
        left=_x(difference - error),
        right=_x(difference + error),
    )


def _x(difference: float) -> int:
    return min(2 * MIDDLE_X - EDGE, max(EDGE, round(MIDDLE_X + difference * REACH / 100)))

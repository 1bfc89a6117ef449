"""The scoring of the fit check. Pure: answers in, two ranges and a verdict out.

Every answer is worth points from 0 to 100 on one scale (a statement) or on both (a scenario). A scale's score
is the mean of its points. Its standard error is the person's own spread of those points, s / sqrt(k), where s
is the sample standard deviation (n - 1) and k the number of answers: the standard error of a mean, as in any
textbook of statistics. It is taken as 5 at least: agreeing with oneself in a few answers measures little.
No reliability is known on the first day, so none is used.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import hypot, sqrt
from statistics import mean, stdev
from typing import Literal

Scale = Literal["product", "project"]
Verdict = Literal["clear", "leaning", "balanced", "neither"]

SCALES: tuple[Scale, Scale] = ("product", "project")
VALUES = (1, 2, 3, 4, 5)
LEAST_ERROR = 5.0
CLEAR, LEANING = 1.96, 1.0
"""So many standard errors of the difference make it clear (95 % of a normal distribution), or a leaning."""

MIDDLE = 50.0
FIRST_STATEMENTS, FIRST_SCENARIOS = 12, 2
"""What is asked before the first result."""

AGAIN = 6
"""So many statements are asked again after some modules."""

SAME_SHARE = 7 / 8
"""One word for so many of at least FIRST_STATEMENTS statements is no answer to half of them reversed."""

OPPOSED = 50.0
"""Points between plain and reversed statements of one scale from which on they contradict each other."""

LEAST_OF_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as far as its place matters. `scale` is None for a scenario."""

    key: str
    scale: Scale | None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its points on each scale (None where it says nothing of it).

    `value` is 1 to 5 for a statement and None for a scenario; `reverse` says that agreeing counts against.
    """

    key: str
    product: int | None
    project: int | None
    value: int | None = None
    reverse: bool = False

    def on(self, scale: Scale) -> int | None:
        """Its points on a scale."""
        return self.product if scale == "product" else self.project


@dataclass(frozen=True, slots=True)
class Range:
    """A score from 0 to 100 and its standard error, in points."""

    score: float
    error: float

    @property
    def low(self) -> float:
        """One standard error below the score, 0 at least."""
        return max(0.0, self.score - self.error)

    @property
    def high(self) -> float:
        """One standard error above the score, 100 at most."""
        return min(100.0, self.score + self.error)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers come to. `side` is the higher scale where the verdict names one, else ""."""

    product: Range
    project: Range
    verdict: Verdict
    side: Scale | Literal[""]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to trust the result less: one word for all ("same"), or a scale that contradicts itself."""

    kind: Literal["same", "opposed"]
    scale: Scale | None = None


def statement_points(value: int, *, reverse: bool) -> int:
    """Return what an answer from 1 to 5 is worth on its scale: 0, 25, 50, 75 or 100."""
    if value not in VALUES:
        raise ValueError(f"an answer is 1 to 5, not {value}")
    return (5 - value if reverse else value - 1) * 25


def option_points(weight: int) -> int:
    """Return what an option that speaks 0, 1 or 2 for a role is worth on its scale: 0, 50 or 100."""
    if weight not in (0, 1, 2):
        raise ValueError(f"an option speaks 0 to 2, not {weight}")
    return weight * 50


def in_order(questions: Sequence[Question]) -> list[Question]:
    """Return the questions as they are asked.

    Statements alternate between the scales and between plain and reversed ones, so that the first twelve are
    balanced whatever order the author gave them; two scenarios close the first part, the rest stand last.
    """
    cells = [
        [each for each in questions if each.scale == scale and each.reverse == reverse]
        for reverse in (False, True)
        for scale in SCALES
    ]
    statements = [each for row in zip_longest(*cells) for each in row if each is not None]
    scenarios = [each for each in questions if each.scale is None]
    return [
        *statements[:FIRST_STATEMENTS],
        *scenarios[:FIRST_SCENARIOS],
        *statements[FIRST_STATEMENTS:],
        *scenarios[FIRST_SCENARIOS:],
    ]


def first_part(questions: Sequence[Question]) -> int:
    """Return how many of the questions are asked before the first result."""
    statements = sum(each.scale is not None for each in questions)
    scenarios = len(questions) - statements
    return min(statements, FIRST_STATEMENTS) + min(scenarios, FIRST_SCENARIOS)


def asked_again(questions: Sequence[Question], *, times: int) -> list[str]:
    """Return the keys of the statements that are asked again, after that was done so many times.

    They are among the first twelve, which everybody has answered: one half and the other half in turn, so
    that every second time the same six are compared.
    """
    first = [each.key for each in in_order(questions) if each.scale is not None][:FIRST_STATEMENTS]
    begin = times * AGAIN % FIRST_STATEMENTS
    return first[begin : begin + AGAIN]


def score(answers: Iterable[Answer]) -> Outcome | None:
    """Return both ranges and the verdict; None where a scale has fewer than two answers."""
    answers = list(answers)
    points = {scale: [p for each in answers if (p := each.on(scale)) is not None] for scale in SCALES}
    if min(len(points[scale]) for scale in SCALES) < 2:
        return None
    product, project = (range_of(points[scale]) for scale in SCALES)
    verdict, side = decide(product, project)
    return Outcome(product, project, verdict, side)


def range_of(points: Sequence[int]) -> Range:
    """Return the mean of at least two values from 0 to 100 and its standard error, LEAST_ERROR at least."""
    return Range(float(mean(points)), max(LEAST_ERROR, stdev(points) / sqrt(len(points))))


def decide(product: Range, project: Range) -> tuple[Verdict, Scale | Literal[""]]:
    """Compare the difference with its standard error, the root of the sum of both squares."""
    difference = product.score - project.score
    error = hypot(product.error, project.error)
    side: Scale = "product" if difference > 0 else "project"
    if abs(difference) > CLEAR * error:
        return "clear", side
    if abs(difference) > LEANING * error:
        return "leaning", side
    if product.score < MIDDLE and project.score < MIDDLE:
        return "neither", ""
    return "balanced", ""


def doubts(answers: Iterable[Answer]) -> list[Doubt]:
    """Return the reasons to trust the answers less: all alike, or opposites agreed to. Empty is good."""
    statements = [each for each in answers if each.value is not None]
    values = Counter(each.value for each in statements)
    if len(statements) >= FIRST_STATEMENTS and max(values.values()) >= SAME_SHARE * len(statements):
        return [Doubt("same")]
    return [Doubt("opposed", scale) for scale in SCALES if _opposed(statements, scale)]


def _opposed(statements: Sequence[Answer], scale: Scale) -> bool:
    """Whether plain and reversed statements of a scale say the opposite of each other."""
    kinds: dict[bool, list[int]] = {False: [], True: []}
    for each in statements:
        if (points := each.on(scale)) is not None:
            kinds[each.reverse].append(points)
    if min(map(len, kinds.values())) < LEAST_OF_A_KIND:
        return False
    return abs(mean(kinds[False]) - mean(kinds[True])) >= OPPOSED


def strongest(answers: Iterable[Answer], scale: Scale, *, most: int = 3) -> tuple[list[Answer], list[Answer]]:
    """Return the answers that speak most for a scale and most against it, the strongest first.

    A scenario counts by how much more it speaks for this scale than for the other. What lies in the middle is
    no evidence.
    """
    other: Scale = "project" if scale == "product" else "product"
    weighed = []
    for each in answers:
        mine, theirs = each.on(scale), each.on(other)
        if mine is not None:
            weighed.append((mine - MIDDLE if theirs is None else (mine - theirs) / 2, each))
    speaks_for = sorted((pair for pair in weighed if pair[0] > 0), key=lambda pair: -pair[0])
    against = sorted((pair for pair in weighed if pair[0] < 0), key=lambda pair: pair[0])
    return [each for _, each in speaks_for[:most]], [each for _, each in against[:most]]

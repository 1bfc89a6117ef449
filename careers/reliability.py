"""How well the statements of one scale hang together over many people. Pure."""

from collections.abc import Sequence
from math import sqrt
from statistics import mean, variance

LEAST_PEOPLE = 30
"""Below so many people nothing is computed and nothing is shown."""

LEAST_CORRELATION = 0.2
"""An item that correlates less with the rest of its scale does not fit (a common rule of thumb)."""


def alpha(rows: Sequence[Sequence[float]]) -> float | None:
    """Return Cronbach's alpha of a table of people (rows) by items.

    k / (k - 1) * (1 - sum of the items' variances / variance of the sums), Cronbach (1951). None for
    fewer than two people or items, or where all people have the same sum.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    items = len(rows[0])
    whole = variance([sum(row) for row in rows])
    if whole <= 0:
        return None
    parts = float(sum(variance(column) for column in zip(*rows, strict=True)))
    return items / (items - 1) * (1 - parts / whole)


def rest_correlations(rows: Sequence[Sequence[float]]) -> list[float | None]:
    """Return for each item its correlation with the sum of the others; None where either never varies."""
    return [
        correlation([row[item] for row in rows], [sum(row) - row[item] for row in rows])
        for item in range(len(rows[0]) if rows else 0)
    ]


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Pearson's correlation, -1 to 1; None where one side does not vary."""
    middle, other = mean(first), mean(second)
    spread = sum((x - middle) ** 2 for x in first) * sum((y - other) ** 2 for y in second)
    if spread <= 0:
        return None
    together = sum((x - middle) * (y - other) for x, y in zip(first, second, strict=True))
    return max(-1.0, min(1.0, together / sqrt(spread)))

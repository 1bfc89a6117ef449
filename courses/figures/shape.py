"""What all kinds of figures share: the facts that they show, the table that says the same. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

NOTHING = "\u2013"
"""A dash in a cell that holds nothing."""

SIDES = ("product", "project", "both")


@dataclass(frozen=True)
class Number:
    """A fact as it is live now."""

    key: str
    show: str
    """How it reads in a sentence, such as "about $93,000"."""

    value: Decimal
    unit: str
    statement: str
    source: str
    """Title and publisher."""

    as_of: str
    as_of_note: str
    bears: str
    """What it can bear, and what not."""

    review_by: date
    stale: bool
    """Whether that day has passed."""


Numbers = Mapping[str, Number]


@dataclass(frozen=True)
class Origin:
    """Where and when figures come from that have the same source and date."""

    source: str
    as_of: str
    as_of_note: str
    review_by: date
    """The first day on which one of them is to be looked at again."""

    stale: bool
    numbers: tuple[Number, ...]


def origins(numbers: Iterable[Number]) -> list[Origin]:
    """Return the origins of numbers, each once, in the order of the numbers."""
    groups: dict[tuple[str, str, str], list[Number]] = {}
    for each in numbers:
        groups.setdefault((each.source, each.as_of, each.as_of_note), []).append(each)
    return [
        Origin(*group, min(n.review_by for n in members), any(n.stale for n in members), tuple(members))
        for group, members in groups.items()
    ]


@dataclass(frozen=True)
class Table:
    """What a figure shows, as heads of columns and rows; the first cell of a row names it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Undrawable(ValueError):
    """The facts as they are now do not make this figure."""

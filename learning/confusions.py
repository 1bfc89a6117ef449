"""What a learner tells apart and what they mix up, from counted answers of the drill. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courses.wording import gettext as _
from courses.wording import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LABELS = ("product", "project", "both", "neither")
WORDS: "Mapping[str, StrPromise]" = {
    "product": gettext_lazy("product"),
    "project": gettext_lazy("project"),
    "both": gettext_lazy("both"),
    "neither": gettext_lazy("neither"),
}
"""The labels as they stand in a sentence."""
LEAST = 2
"""So often must two labels have been mixed up before it is called a habit."""


@dataclass(frozen=True, slots=True)
class Row:
    """Sentences of one label: how often each label was given."""

    expected: str
    given: tuple[int, ...]
    """Counts in the order of LABELS."""

    @property
    def word(self) -> str:
        """The label as it stands in a sentence."""
        return str(WORDS[self.expected])

    @property
    def total(self) -> int:
        """How many answers."""
        return sum(self.given)

    @property
    def right(self) -> int:
        """How many of them were right."""
        return self.given[LABELS.index(self.expected)]

    @property
    def per_cent(self) -> int:
        """The right ones in per cent, 0 to 100; 0 without answers."""
        return round(100 * self.right / self.total) if self.total else 0

    @property
    def cells(self) -> list[tuple[str, int, bool]]:
        """Label given, how often, and whether that is the right one."""
        return [
            (label, count, label == self.expected) for label, count in zip(LABELS, self.given, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Table:
    """The four by four counts: a row for what sentences are, a column for what the learner called them."""

    rows: tuple[Row, ...]

    @classmethod
    def of(cls, counts: Mapping[tuple[str, str], int]) -> "Table":
        """Build it from how often each (right label, given label) occurred."""
        return cls(
            tuple(Row(right, tuple(counts.get((right, given), 0) for given in LABELS)) for right in LABELS)
        )

    @property
    def total(self) -> int:
        """How many answers there are."""
        return sum(row.total for row in self.rows)

    @property
    def right(self) -> int:
        """How many of them were right."""
        return sum(row.right for row in self.rows)

    @property
    def habit(self) -> tuple[str, str] | None:
        """The commonest confusion as (right label, given label); None below LEAST, or where two are level."""
        wrong = sorted(
            (
                (count, row.expected, given)
                for row in self.rows
                for given, count, right in row.cells
                if not right
            ),
            reverse=True,
        )
        if wrong[0][0] < LEAST or wrong[0][0] == wrong[1][0]:
            return None
        return wrong[0][1], wrong[0][2]

    @property
    def sentence(self) -> str:
        """One sentence about it, or nothing where there is nothing to say yet."""
        if self.habit:
            expected, given = self.habit
            return _("You most often say “%(given)s” where it is “%(expected)s”.") % {
                "given": WORDS[given],
                "expected": WORDS[expected],
            }
        if not self.total:
            return ""
        if self.right == self.total:
            return _("You have not mixed any of them up.")
        return _("You have no confusion that stands out.")

    def weight(self, label: str) -> float:
        """How urgent sentences of a label are: from 1 (never mixed up, or never met) to 4 (always)."""
        row = self.rows[LABELS.index(label)]
        return 1 + 3 * (row.total - row.right) / row.total if row.total else 1.0

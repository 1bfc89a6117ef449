"""The kinds of figures. Each module reads its data, draws it, and says the same as a table. Pure.

`overlap` two circles; `timelines` spans and moments in lanes; `bars` facts of one unit; `decision-tree`
questions with ways out; `raci` who does what; `critical-path` tasks by what they wait for. docs/authoring.md
has an example of each and says how to add one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from courses.figures import bars, critical_path, decision_tree, overlap, raci, timelines
from courses.figures.canvas import NARROW, WIDE, Drawing
from courses.figures.shape import Number, Numbers, Origin, Table, Undrawable, origins
from courses.wording import gettext as _
from courses.yaml_records import ContentFile, Record, compose, line_of

__all__ = [
    "KINDS",
    "Drawing",
    "Figure",
    "FigureKind",
    "Number",
    "Origin",
    "Reading",
    "Table",
    "Undrawable",
    "origins",
    "read",
]


class FigureKind(Protocol):
    """What a module of this package offers."""

    NAME: str

    def read(self, record: Record) -> Any:
        """Return the kind's data. Faults are reported to the record, which asks for unknown fields itself."""

    def draw(self, content: Any, width: int, numbers: Numbers) -> Drawing:
        """Return the marks in one of the two widths. Raises Undrawable."""

    def rows(self, content: Any, numbers: Numbers) -> Table:
        """Return what the figure shows as a table."""


KINDS: dict[str, FigureKind] = {
    module.NAME: module for module in (overlap, timelines, bars, decision_tree, raci, critical_path)
}


@dataclass(frozen=True)
class Figure:
    """A figure that was read without a fault."""

    kind: str
    title: str
    description: str
    """What it shows, for those who do not see it."""

    note: str
    """Shown below it; may be empty."""

    content: Any
    facts: tuple[str, ...]
    """Keys of the facts that it shows, each once."""

    def drawings(self, numbers: Numbers) -> dict[str, Drawing]:
        """Return the figure for wide and for narrow places. Raises Undrawable."""
        if missing := set(self.facts) - set(numbers):
            raise Undrawable(f"no live fact {', '.join(sorted(missing))}")
        kind = KINDS[self.kind]
        return {
            "wide": kind.draw(self.content, WIDE, numbers),
            "narrow": kind.draw(self.content, NARROW, numbers),
        }

    def table(self, numbers: Numbers) -> Table:
        """Return what the figure shows as a table."""
        return KINDS[self.kind].rows(self.content, numbers)


@dataclass
class Reading:
    """What came of a figure's source: the figure, unless there are problems; lines are those of the text."""

    figure: Figure | None = None
    problems: list[tuple[int, str]] = field(default_factory=list)
    facts: list[tuple[str, int]] = field(default_factory=list)
    """Keys of facts with the lines that name them."""


def read(kind: str, source: str, *, line: int) -> Reading:
    """Read a figure of a kind from YAML that begins in a line of the text."""
    if kind not in KINDS:
        known = ", ".join(KINDS)
        said = _("unknown kind of figure %(kind)r; known are %(known)s") % {"kind": kind, "known": known}
        return Reading(problems=[(line - 1, said)])
    if not source.strip():
        return Reading(problems=[(line - 1, _("figure is empty"))])
    file = ContentFile("")
    node = compose(source, file, first_line=line)
    figure = None
    facts: list[tuple[str, int]] = []
    if node is not None:
        record = Record(node, file)
        facts = list(_facts(node))
        named = tuple(dict.fromkeys(key for key, _ in facts))
        title, description = record.text("title", most=80), record.text("description", most=600)
        note = record.text("note", "", most=200)
        figure = Figure(kind, title, description, note, KINDS[kind].read(record), named)
        record.finish()
    problems = [(fault.line, fault.message) for fault in file.faults]
    return Reading(None if problems else figure, problems, facts)


def _facts(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Yield every value of a field `fact`, in whatever depth: in all kinds it names a fact."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "fact" and isinstance(value, yaml.ScalarNode):
                yield str(value.value), line_of(value)
            yield from _facts(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _facts(item)

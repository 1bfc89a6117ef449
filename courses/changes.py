"""What is new in a lesson for somebody who read an older version of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses import plain_text

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a lesson: the id that links name it by, and its words."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Sections that were not there before, and sections that say something else now."""

    new: list[Section] = field(default_factory=list)
    reworded: list[Section] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.reworded)


def since(before: Body, after: Body) -> Changes:
    """Compare two versions of a lesson by their bodies, section by section, in the order of `after`.

    A section is known by its heading's id. Figures are left out of the comparison: they live in the ledger of
    facts and say themselves how old they are.
    """
    known = {identifier: rest for identifier, *rest in plain_text.sections(before["markdown"], first="")}
    changes = Changes()
    for identifier, *rest in plain_text.sections(after["markdown"], first=""):
        if identifier and known.get(identifier) != rest:
            kind = changes.reworded if identifier in known else changes.new
            kind.append(Section(identifier, rest[0]))
    return changes


def new_headings(before: list[dict[str, str]], after: list[dict[str, str]]) -> list[Section]:
    """Return the sections that are new, from the headings of two versions alone, in the order of `after`."""
    known = {each["id"] for each in before}
    return [Section(each["id"], each["text"]) for each in after if each["id"] not in known]

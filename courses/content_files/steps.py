"""What an import would do with each object of the content files. Pure; the rooms' `sync` fill and do it."""

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from courses.content_files.format import Keyed, digest
from courses.wording import gettext as _

Item = TypeVar("Item", bound=Keyed)
Held = TypeVar("Held", bound=Keyed, covariant=True)
Action = Literal["add", "update", "keep", "same"]
Name = tuple[str, str, str]
"""Kind of object, key of its course ("" if it belongs to none), key."""


@dataclass(frozen=True)
class Shipped(Generic[Held]):
    """An object as the database holds it."""

    item: Held
    shipped_hash: str
    archived: bool = False


@dataclass(frozen=True)
class Step(Generic[Item]):
    """What an import does with one object, and why if it leaves it."""

    action: Action
    course: str
    item: Item
    reason: str = ""
    offers: Literal["", "choice", "later"] = ""
    """What the files have that is new and was not taken: for somebody's choice, or once something else is."""

    @property
    def name(self) -> Name:
        """Which object it is."""
        return type(self.item).__name__, self.course, self.item.key

    def __str__(self) -> str:
        where = f" of {self.course}" if self.course and self.course != self.item.key else ""
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.action} {self.name[0].lower()} {self.item.key}{where}{reason}"


@dataclass
class Plan(Generic[Item]):
    """What an import does, in the order in which it does it."""

    steps: list[Step[Item]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """What was shipped once and is in the files no more. It stays as it is."""

    def of(self, *actions: Action) -> list[Step[Item]]:
        """Return the steps with one of these actions."""
        return [step for step in self.steps if step.action in actions]


def step_for(course: str, item: Item, held: Shipped[Item] | None) -> Step[Item]:
    """Say what an import does with an object, given what the database holds of it.

    What nobody edited since it was imported follows the files. What an editor changed, or archived, is kept.
    """
    if held is None:
        return Step("add", course, item)
    if held.item == item:
        return Step("same", course, item)
    if held.archived:
        return Step("keep", course, item, _("an editor archived it"))
    if digest(held.item) != held.shipped_hash:
        if digest(item) == held.shipped_hash:
            return Step("keep", course, item, _("an editor changed it"))
        return Step("keep", course, item, _("an editor changed it, and so do the files"), offers="choice")
    return Step("update", course, item)

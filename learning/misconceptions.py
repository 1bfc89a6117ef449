"""Which mistaken ideas somebody still holds, as their answers tell, and which they have left behind. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What one answer said about mistaken ideas: those that its question offers, and those it fell for."""

    at: datetime
    offered: Collection[str]
    fallen_for: Collection[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """Keys of mistaken ideas. `open`: the last answer that met it fell for it; `cleared`: an earlier one."""

    open: list[str]
    cleared: list[str]


def standing(answers: Iterable[Said]) -> Standing:
    """Return which ideas are open and which are cleared, the latest first; in any order of the answers."""
    ever: set[str] = set()
    last: dict[str, tuple[datetime, bool]] = {}
    for said in sorted(answers, key=lambda each: each.at):
        ever.update(said.fallen_for)
        for key in {*said.offered, *said.fallen_for}:
            last[key] = said.at, key in said.fallen_for
    latest = sorted(ever, key=lambda key: (last[key][0], key), reverse=True)
    return Standing(
        open=[key for key in latest if last[key][1]], cleared=[key for key in latest if not last[key][1]]
    )

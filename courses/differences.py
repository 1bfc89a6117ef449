"""What differs between two states of something that is published, in an editor's words. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from courses.readable import Readable

Mark = Literal["same", "added", "removed"]
MOST_WORDS = 3_000
"""A passage longer than this is shown as removed and added as a whole: comparing takes the square of it."""

SHORT = 20
"""Words; a title or another short value that is replaced is one change, whatever both have in common."""

ALIKE = 0.4
"""From this ratio of common words on, two passages are one that was changed (difflib's ratio, 0 to 1)."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that are the same in both states, or in one of them only."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a value: added, removed, changed, or `moved` to here from elsewhere in the field.

    `same` stands for passages in a row that did not change: it has no runs, and says how many they are.
    """

    mark: Literal["same", "added", "removed", "changed", "moved"]
    runs: Sequence[Run] = ()
    same: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, under the name that its editor knows it by."""

    label: str
    passages: Sequence[Passage]


def between(before: Readable | None, after: Readable) -> list[Difference]:
    """Compare two states field by field, in the order of `after`; what has gone stands last.

    Without a state before, everything is added.
    """
    old: Mapping[str, Sequence[str]] = before or {}
    found = [
        Difference(label, passages(old.get(label, ()), text))
        for label, text in after.items()
        if list(old.get(label, ())) != list(text)
    ]
    gone = [label for label in old if label not in after and old[label]]
    return found + [Difference(label, passages(old[label], ())) for label in gone]


def passages(before: Sequence[str], after: Sequence[str]) -> list[Passage]:
    """Compare two texts paragraph by paragraph, and changed paragraphs word by word."""
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone = Counter(text for tag, i, j, _, _ in steps if tag != "equal" for text in before[i:j])
    come = Counter(text for tag, _, _, k, m in steps if tag != "equal" for text in after[k:m])
    moved = set(gone & come)
    found: list[Passage] = []
    for tag, i, j, k, m in steps:
        if tag == "equal":
            found.append(Passage("same", same=j - i))
        else:
            found.extend(_replaced([text for text in before[i:j] if text not in moved], after[k:m], moved))
    return found


def _replaced(before: Sequence[str], after: Sequence[str], moved: Set[str]) -> Iterator[Passage]:
    """Pair each paragraph with the first one below the last pair that it resembles."""
    if len(before) == len(after) == 1 and _short(before[0]) and _short(after[0]):
        yield Passage("changed", words(before[0], after[0]))
        return
    position = 0
    for text in after:
        if text in moved:
            yield Passage("moved", [Run("same", text)])
            continue
        alike = (at for at in range(position, len(before)) if _alike(before[at], text))
        found = next(alike, None)
        if found is None:
            yield Passage("added", [Run("added", text)])
            continue
        yield from (Passage("removed", [Run("removed", gone)]) for gone in before[position:found])
        yield Passage("changed", words(before[found], text))
        position = found + 1
    yield from (Passage("removed", [Run("removed", gone)]) for gone in before[position:])


def _short(text: str) -> bool:
    return len(text.split()) <= SHORT


def _alike(before: str, after: str) -> bool:
    old, new = before.split(), after.split()
    if max(len(old), len(new)) > MOST_WORDS:
        return False
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def words(before: str, after: str) -> list[Run]:
    """Compare two texts word by word. Line breaks and runs of spaces count as one space."""
    old, new = before.split(), after.split()
    runs: list[Run] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", " ".join(old[i:j])))
        if tag in ("delete", "replace"):
            runs.append(Run("removed", " ".join(old[i:j])))
        if tag in ("insert", "replace"):
            runs.append(Run("added", " ".join(new[k:m])))
    return runs

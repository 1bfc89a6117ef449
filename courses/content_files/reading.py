"""What is read of a content folder so far: its objects, where each stands, every fault with file and line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from courses.content_checks import Fault
from courses.content_files.format import Item, Package
from courses.wording import gettext as _
from courses.yaml_records import MOST_BYTES, ContentFault, ContentFile, Record, compose


@dataclass(frozen=True)
class Place:
    """Where an object stands in the files."""

    record: Record
    body_line: int = 0
    """Of a lesson: the line of the file in which its Markdown begins."""

    @property
    def broken(self) -> bool:
        """Whether the object's own form has a fault: what it names cannot be told then."""
        return any(self.record.line <= fault.line <= self.record.end for fault in self.record.file.faults)

    def line_of(self, fault: Fault) -> int:
        """Return the line of the file in which a fault of the object stands."""
        if fault.line:
            return self.body_line + fault.line - 1
        if fault.where[:1] == ("choices",) and not self.record.has("choices"):
            names = ("items", "pairs", "sequence", "feedback")
            name = next((name for name in names if self.record.has(name)), "prompt")
            return self.record.line_at((name, *fault.where[1:]))
        return self.record.line_at(fault.where)

    def report(self, fault: Fault) -> None:
        """Note a fault of the object at its line."""
        self.record.file.report(self.line_of(fault), fault.message)


@dataclass
class Reading:
    """A content folder that was read, or what is wrong with it."""

    root: Path
    package: Package = field(default_factory=Package)
    files: list[ContentFile] = field(default_factory=list)
    places: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    """By kind of object, key of its course, and key."""

    @property
    def faults(self) -> list[ContentFault]:
        """All faults, by file and line."""
        found = {fault for file in self.files for fault in file.faults}
        return sorted(found, key=lambda fault: (fault.file, fault.line, fault.message))

    def open(self, path: Path) -> tuple[ContentFile, str]:
        """Return a file and its text; empty, with a fault, if it cannot be read."""
        file = ContentFile(str(path))
        self.files.append(file)
        try:
            if path.stat().st_size > MOST_BYTES:
                file.report(1, _("the file is larger than %(most)s bytes") % {"most": f"{MOST_BYTES:,}"})
                return file, ""
            return file, path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            file.report(1, _("the file cannot be read: %(error)s") % {"error": error})
            return file, ""

    def place(self, item: Item, course: str, place: Place) -> None:
        """Remember where an object stands; two of one kind and key are a fault."""
        name = (type(item).__name__, course, item.key)
        if name in self.places:
            place.record.report(
                "key", _("two %(kind)ss have the key %(key)r") % {"kind": name[0].lower(), "key": item.key}
            )
        self.places[name] = place


def whole(reading: Reading, path: Path) -> Record | None:
    """Return a file that is one mapping; None, with a fault, if it cannot be read."""
    file, text = reading.open(path)
    node = compose(text, file) if not file.faults else None
    return Record(node, file) if node else None


def lesson_parts(text: str) -> tuple[str, str, int] | None:
    """Return a lesson's front matter, its Markdown, and the line in which that begins; None without any.

    The front matter begins in line 2.
    """
    parts = re.fullmatch(r"---\n(.*?\n)---\n(.*)", text.replace("\r\n", "\n"), re.DOTALL)
    if parts is None:
        return None
    before = len(parts[2]) - len(parts[2].lstrip("\n"))
    return parts[1], parts[2].strip(), 3 + parts[1].count("\n") + before


def listed(reading: Reading, path: Path, what: str) -> Iterator[Record]:
    """Yield the entries of a file that is a list; none if the file is not there."""
    if not path.exists():
        return
    file, text = reading.open(path)
    node = compose(text, file) if not file.faults else None
    if node is None:
        return
    if not isinstance(node.value, list) or node.tag != "tag:yaml.org,2002:seq":
        file.report(1, _("here must stand a list of %(what)s") % {"what": what})
        return
    for entry in node.value:
        yield Record(entry, file)

"""Read YAML so that every fault knows its line: safe, without aliases, without guesses about types. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import yaml

from courses.wording import gettext as _

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_BYTES, MOST_NESTED = 1_000_000, 20
Value = TypeVar("Value")


@dataclass(frozen=True)
class ContentFault:
    """What is wrong with a file, and where. Reads as `file:line: message`."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass
class ContentFile:
    """A file under its name for people, and the faults found in it."""

    name: str
    faults: list[ContentFault] = field(default_factory=list)

    def report(self, line: int, message: str) -> None:
        """Note a fault."""
        self.faults.append(ContentFault(self.name, line, message))


LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader, by libyaml where the wheel has it: ten times as fast, with the same marks."""


def compose(text: str, file: ContentFile, first_line: int = 1) -> yaml.Node | None:
    """Return the root node of a YAML text that begins in `first_line` of the file; None after a fault.

    Aliases and deep nesting are faults: they can make a small file unfold without end.
    """
    padded = "\n" * (first_line - 1) + text
    try:
        depth = 0
        for event in yaml.parse(padded, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > MOST_NESTED:
                file.report(_mark_line(event.start_mark), _("aliases (*) and deep nesting are not used here"))
                return None
        node: yaml.Node | None = yaml.compose(padded, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        file.report(_mark_line(mark) or first_line, _("no valid YAML: %s") % (error.problem or error.context))
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        file.report(first_line, _("no valid YAML: %s") % type(error).__name__)
        return None
    if node is None:
        file.report(first_line, _("the file is empty"))
    return node


def _mark_line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 0


def line_of(node: yaml.Node) -> int:
    """Return the line (from 1) in which a node begins."""
    return int(node.start_mark.line) + 1


class Record:
    """A mapping of a file, asked for its fields one by one; `finish` reports those that nobody asked for.

    A field that is missing or of another kind is a fault, and a value that does no harm is returned, so that
    reading goes on and finds the next fault too.
    """

    def __init__(self, node: yaml.Node, file: ContentFile) -> None:
        self.file = file
        self.line = line_of(node)
        self.end = int(node.end_mark.line) + (node.end_mark.column > 0)
        """The last line of it."""

        self.fields: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        self.asked: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            file.report(self.line, _("here must stand fields, each as `name: value`"))
            return
        for key, value in node.value:
            name = str(key.value)
            if name in self.fields:
                file.report(line_of(key), _("the field %r stands here twice") % name)
            self.fields[name] = value
            self.lines[name] = line_of(key)

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self.fields

    def line_at(self, where: tuple[str, ...]) -> int:
        """Return the line of a field, of an element of it by its key, or else of the record."""
        if not where or where[0] not in self.fields:
            return self.line
        node = self.fields[where[0]]
        if len(where) > 1:
            for element in node.value if isinstance(node, yaml.CollectionNode) else []:
                if isinstance(element, tuple) and element[0].value == where[1]:
                    return line_of(element[0])
                if isinstance(element, yaml.MappingNode):
                    inner = Record(element, ContentFile(self.file.name))
                    if inner.has("key") and inner.fields["key"].value == where[1]:
                        return inner.line
        return self.lines[where[0]]

    def report(self, name: str, message: str) -> None:
        """Note a fault in the line of a field, or of the record if the field is missing."""
        self.file.report(self.lines.get(name, self.line), message)

    def text(self, name: str, default: str | None = None, *, most: int | None = None) -> str:
        """Return a text of at most so many characters, without space around it."""
        return self._read(name, default, "", lambda node: _text(node, most))

    def labels(self, name: str, *, most: int) -> tuple[str, ...]:
        """Return a list of short texts."""
        return self._read(name, None, (), lambda node: tuple(_text(item, most) for item in _listed(node)))

    def raw(self, name: str) -> str:
        """Return a scalar as it is written, be it a text, a number or a day."""
        return self._read(name, None, "", _scalar)

    def key(self, name: str, default: str | None = None) -> str:
        """Return a key: lower-case letters, digits and single hyphens, at most 60."""
        return self._read(name, default, "", lambda node: _key(_scalar(node)))

    def flag(self, name: str, default: bool | None = None) -> bool:
        """Return true or false."""

        def read(node: yaml.Node) -> bool:
            if node.tag != "tag:yaml.org,2002:bool":
                raise ValueError(_("must be true or false"))
            return str(node.value).lower() in ("true", "yes", "on")

        return self._read(name, default, False, read)

    def number(self, name: str, default: int | None = None, *, least: int = 0, most: int = 32_767) -> int:
        """Return a whole number between two bounds."""

        def read(node: yaml.Node) -> int:
            value = _scalar(node)
            if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
                said = _("must be a whole number from %(least)s to %(most)s")
                raise ValueError(said % {"least": least, "most": most})
            return int(value)

        return self._read(name, default, least, read)

    def decimal(self, name: str) -> Decimal:
        """Return a number with at most four places after the point."""

        def read(node: yaml.Node) -> Decimal:
            try:
                value = Decimal(_scalar(node))
            except InvalidOperation:
                raise ValueError(_("must be a number")) from None
            if not value.is_finite() or abs(value) >= 10**12 or round(value, 4) != value:
                raise ValueError(_("must be a number below 10^12 with at most 4 places after the point"))
            return value

        return self._read(name, None, Decimal(0), read)

    def day(self, name: str) -> date:
        """Return a day, written as 2026-11-21."""

        def read(node: yaml.Node) -> date:
            try:
                return date.fromisoformat(_scalar(node))
            except ValueError:
                raise ValueError(_("must be a day such as 2026-11-21")) from None

        return self._read(name, None, date.min, read)

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Return one of the allowed words."""

        def read(node: yaml.Node) -> str:
            value = _scalar(node)
            if value not in allowed:
                said = _("is %(value)r; it must be one of %(allowed)s")
                raise ValueError(said % {"value": value, "allowed": ", ".join(allowed)})
            return value

        return self._read(name, default, allowed[0], read)

    def words(self, name: str, default: tuple[str, ...] | None = None, *, most: int = 60) -> tuple[str, ...]:
        """Return a list of keys of at most so many characters, each once."""

        def read(node: yaml.Node) -> tuple[str, ...]:
            values = tuple(_key(_scalar(item)) for item in _listed(node))
            if len(set(values)) < len(values):
                raise ValueError(_("names something twice"))
            if max(map(len, values), default=0) > most:
                raise ValueError(_("names something of more than %s characters") % most)
            return values

        return self._read(name, default, (), read)

    def texts(self, name: str, *, most: int | None = None) -> dict[str, str]:
        """Return texts of at most so many characters by key, in their order."""
        if (inner := self.record(name)) is None:
            return {}
        return {key: inner.text(key, most=most) for key in inner.fields if inner.checked_key(key)}

    def record(self, name: str) -> "Record | None":
        """Return a mapping inside this one; None, and a fault, if it is missing."""
        return self._read(name, None, None, lambda node: Record(node, self.file))

    def records(self, name: str) -> "list[Record]":
        """Return a list of mappings."""
        return self._read(
            name, None, [], lambda node: [Record(item, self.file) for item in _listed(node, least=1)]
        )

    def named(self) -> "Iterator[tuple[str, Record]]":
        """Yield every field as a mapping with its key."""
        for name, node in self.fields.items():
            self.asked.add(name)
            if self.checked_key(name):
                yield name, Record(node, self.file)

    def checked_key(self, name: str) -> bool:
        """Whether a field's name is a proper key; a fault if not."""
        try:
            _key(name)
        except ValueError as error:
            self.report(name, _("%(name)r %(fault)s") % {"name": name, "fault": error})
            return False
        return True

    def finish(self) -> None:
        """Report the fields that nobody asked for."""
        for name in self.fields.keys() - self.asked:
            said = _("unknown field %(name)r; known are %(known)s")
            self.report(name, said % {"name": name, "known": ", ".join(sorted(self.asked))})

    def _read(
        self, name: str, default: Value | None, harmless: Value, read: Callable[[yaml.Node], Value]
    ) -> Value:
        self.asked.add(name)
        if name not in self.fields:
            if default is not None:
                return default
            self.file.report(self.line, _("the field %r is missing") % name)
            return harmless
        try:
            return read(self.fields[name])
        except ValueError as error:
            self.report(name, _("%(name)s %(fault)s") % {"name": name, "fault": error})
            return harmless


def _text(node: yaml.Node, most: int | None) -> str:
    if node.tag != "tag:yaml.org,2002:str":
        raise ValueError(_("must be text; put it in quotes if it looks like something else"))
    if not node.value.strip():
        raise ValueError(_("is empty"))
    if most and len(node.value) > most:
        said = _("has %(count)s characters, at most %(most)s are kept")
        raise ValueError(said % {"count": len(node.value), "most": most})
    return str(node.value).strip()


def _listed(node: yaml.Node, *, least: int = 0) -> list[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode) or len(node.value) < least:
        raise ValueError(_("must be a list"))
    return list(node.value)


def _scalar(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ValueError(_("must be a single value"))
    return str(node.value)


def _key(value: str) -> str:
    if not KEY.fullmatch(value) or len(value) > 60:
        raise ValueError(_("must be a key: a-z, 0-9 and single hyphens, at most 60"))
    return value

"""Objects of content files as JSON keeps them, and back. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

from courses.content_files import format as files

KINDS: dict[str, type[files.Item]] = {kind.__name__: kind for kind in get_args(files.Item)}
"""The kinds of objects by name, in the order in which each is written after what it names."""

TEXT_BY_KEY = dict[str, str]
ORDER = (
    *("Source", "Fact", "Term", "Misconception", "Sentence", "Advert"),
    *("Course", "Lesson", "Question", "Quiz"),
)


def dumped(item: files.Item) -> dict[str, Any]:
    """Return an object as plain JSON values. Texts by key become pairs: PostgreSQL keeps no order of keys."""
    values: dict[str, Any] = asdict(item)
    pairs = {name for name, kind in _hints(type(item)).items() if kind == TEXT_BY_KEY}
    return {
        name: [list(pair) for pair in value.items()] if name in pairs else _plain(value)
        for name, value in values.items()
    }


def loaded(kind: str, values: Mapping[str, Any]) -> files.Item:
    """Return the object that `dumped` wrote; fields that it did not have yet get their default."""
    item: files.Item = _typed(KINDS[kind], values)
    return item


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _typed(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        known = {each.name for each in fields(kind)} & set(value)
        return kind(**{name: _typed(hints[name], value[name]) for name in known})
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], each) for each in value)
    if kind == TEXT_BY_KEY:
        return dict(value)
    if kind is Decimal:
        return Decimal(value)
    return date.fromisoformat(value) if kind is date else value


def _hints(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)

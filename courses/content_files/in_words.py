"""An object of content files as labelled paragraphs, for those who compare two. Pure."""

from collections.abc import Iterator
from dataclasses import fields

from courses.content_files import format as files
from courses.readable import Readable, paragraphs
from courses.wording import gettext as _
from courses.wording import gettext_lazy

LEFT_OUT = {"key", "order"}
YES_NO = {True: gettext_lazy("yes"), False: gettext_lazy("no")}


def read(item: files.Item) -> Readable:
    """Return what an object says, field by field."""
    said: dict[str, list[str]] = {}
    for field in fields(item):
        if field.name not in LEFT_OUT:
            for label, lines in _field(field.name, getattr(item, field.name)):
                said[label] = [line for line in lines if line]
    return {label: lines for label, lines in said.items() if lines}


def _field(name: str, value: object) -> Iterator[tuple[str, list[str]]]:
    label = name.replace("_", " ").capitalize()
    if name == "choices" and isinstance(value, tuple):
        for choice in value:
            yield _("Choice %(key)s") % {"key": choice.key}, _choice(choice)
    elif isinstance(value, dict):
        yield label, [f"{_one(each)} ({key})" for key, each in value.items()]
    elif isinstance(value, tuple):
        yield label, [_one(each) for each in value]
    elif isinstance(value, str):
        yield label, paragraphs(value)
    else:
        yield label, [_one(value)]


def _choice(choice: files.Choice) -> list[str]:
    credit = _("worth %(credit)g") % {"credit": choice.credit} if choice.credit is not None else ""
    truth = _("right") if choice.correct else credit or choice.bucket
    return [choice.text, truth, choice.feedback, choice.misconception]


def _one(value: object) -> str:
    if isinstance(value, bool):
        return str(YES_NO[value])
    if isinstance(value, files.Pool):
        parts = [*value.objectives, *value.tags, value.difficulty]
        what = ", ".join(part for part in parts if part)
        if not what:
            return _("%(count)s of all") % {"count": value.draw}
        return _("%(count)s of %(what)s") % {"count": value.draw, "what": what}
    if isinstance(value, files.Duty):
        return f"{value.text} ({value.side}) {value.reason}"
    if isinstance(value, list):
        return "; ".join(_one(each) for each in value)
    if isinstance(value, dict):
        return ": ".join(_one(each) for each in value.values())
    return "" if value is None else str(value)

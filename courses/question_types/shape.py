"""What a question of a type is made of, as data: files, editors' forms and snapshots all go by it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from courses.wording import gettext as _
from courses.wording import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Fault = tuple[tuple[str, ...], str]
"""Where (a field; or `choices` and the key of one) and what is wrong."""


@dataclass(frozen=True)
class Setting:
    """A value of the question as a whole, such as the right number. Kept in `Question.settings`."""

    name: str
    kind: Literal["number", "text", "texts", "near_numbers", "near_texts"]
    """`near_…`: answers that are nearly right, each with the feedback it gets."""

    help: "StrPromise | str"
    required: bool = True
    public: bool = False
    """Shown before the answer; everything else is part of the answer key."""


@dataclass(frozen=True)
class Shape:
    """How a type's questions look in a file, and where they hold what is right."""

    listed_as: str = ""
    """The file's field with the choices; empty if people write their answer."""

    text_as: str = "text"
    """The field with a choice's text."""

    truth: Literal["", "correct", "credit", "bucket", "right", "place"] = ""
    """What of a choice says what is right; `right` is kept as its bucket, `place` is where it is listed."""

    buckets_as: Literal["", "buckets", "extra"] = ""
    """The file's field for `Question.buckets`; `extra` may be left out."""

    settings: tuple[Setting, ...] = ()

    @property
    def explains_choices(self) -> bool:
        """Whether each choice has feedback of its own."""
        return bool(self.listed_as) and self.truth != "place"


class ChoiceDraft(Protocol):
    """A choice that is being written."""

    @property
    def key(self) -> str:
        """Its key."""

    @property
    def text(self) -> str:
        """What people read."""

    @property
    def correct(self) -> bool:
        """Whether it is right."""

    @property
    def bucket(self) -> str:
        """Where it belongs."""

    @property
    def credit(self) -> float | None:
        """What it is worth, 0 to 1."""


@dataclass(frozen=True)
class Draft:
    """The part of a question that its type has rules for."""

    choices: Sequence[ChoiceDraft] = ()
    buckets: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


def at_least_two(draft: Draft) -> Iterator[Fault]:
    """Yield a fault unless there is something to choose from."""
    if len(draft.choices) < 2:
        yield ("choices",), _("a question has at least two choices")


def setting_faults(shape: Shape, settings: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the settings: missing, of another kind, or of another type of question."""
    known = {setting.name: setting for setting in shape.settings}
    for name in settings.keys() - known.keys():
        yield (name,), _("this type of question has no field %(name)r") % {"name": name}
    for name, setting in known.items():
        if name in settings:
            yield from (((name,), message) for message in _value_faults(setting, settings[name]))
        elif setting.required:
            yield (name,), _("the field %(name)r is missing") % {"name": name}


def _value_faults(setting: Setting, value: object) -> Iterable[str]:
    """Return what is wrong with one value."""
    match setting.kind:
        case "number":
            fits = _is_number(value)
        case "text":
            fits = isinstance(value, str) and bool(value.strip() or setting.public)
        case "texts":
            fits = isinstance(value, list) and bool(value) and all(_is_text(each) for each in value)
        case "near_numbers":
            fits = isinstance(value, list) and all(_is_near(each, "value", _is_number) for each in value)
        case "near_texts":  # pragma: no branch - there is no other kind
            fits = isinstance(value, list) and all(_is_near(each, "text", _is_text) for each in value)
    if fits:
        return []
    return [_("%(name)s must be %(kind)s") % {"name": setting.name, "kind": WORDS[setting.kind]}]


WORDS = {
    "number": gettext_lazy("a number"),
    "text": gettext_lazy("a text"),
    "texts": gettext_lazy("a list of texts"),
    "near_numbers": gettext_lazy("a list of values, each with feedback"),
    "near_texts": gettext_lazy("a list of texts, each with feedback"),
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**12


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_near(value: object, name: str, fits: Any) -> bool:
    if not isinstance(value, Mapping) or value.keys() != {name, "feedback"}:
        return False
    return bool(fits(value[name])) and _is_text(value["feedback"])

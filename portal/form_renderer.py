"""How forms are drawn: the parts that every form is full of as strings, all else by its template.

A field of the admin is made of half a dozen templates of one line each, and a form has dozens of fields. What
is made here is what the templates make, byte for byte; a test compares them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData
from django.utils.translation import get_language

Context = Mapping[str, Any]
SAMPLE: dict[str, Any] = {
    "type": "text",
    "name": "sample",
    "value": None,
    "attrs": {},
    "template_name": "unfold/widgets/date.html",
}
FIELD = "the-field-itself"
OPTION: dict[str, Any] = {
    "value": "sample",
    "label": "sample",
    "attrs": {},
    "template_name": "django/forms/widgets/select_option.html",
}
BESIDE = ("prefix", "prefix_icon", "suffix", "suffix_icon")
"""What may stand in a field, beside its text: rare, so that the template draws it."""


class FormRenderer(DjangoTemplates):
    """Django's own, but for the templates of MADE."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return what a template makes of a context."""
        made = MADE[template_name](template_name, context) if template_name in MADE else None
        return super().render(template_name, context, request) if made is None else made.strip()


TEMPLATES = DjangoTemplates()


def _text(value: object) -> str:
    """Return a value as templates write it into an attribute."""
    return value if isinstance(value, SafeData) and isinstance(value, str) else escape(str(value))


def _attrs(attrs: Mapping[str, Any] | None) -> str:
    return "".join(
        [
            f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
            for name, value in (attrs or {}).items()
            if value is not False
        ]
    )


def _input_of(widget: Context) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    kind, name = _text(widget["type"]), _text(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attrs(widget["attrs"])}>'


def _input(template: str, context: Context) -> str:
    return _input_of(context["widget"])


def _framed_input(template: str, context: Context) -> str | None:
    widget = context["widget"]
    if any(widget.get(name) for name in BESIDE):
        return None
    before, after = _around_input(template)
    return f"{before}{_input_of(widget)}{after}"


@lru_cache
def _around_input(template: str) -> list[str]:
    """Return what a template puts before and after the field itself."""
    return _split(template, {"widget": SAMPLE}, _input_of(SAMPLE))


def _split(template: str, context: dict[str, Any], *parts: str) -> list[str]:
    """Return what a template puts around `parts`, which come in this order."""
    rest, around = str(TEMPLATES.get_template(template).render(context)), []
    for part in parts:
        before, found, rest = rest.partition(part)
        if not found:
            raise ValueError(f"{template} does not put {part} where it is looked for.")
        around.append(before)
    return [*around, rest]


def _two_inputs(template: str, context: Context) -> str:
    pair = context["widget"]["subwidgets"]
    first, second = (_framed_input(each["template_name"], {"widget": each}) for each in pair)
    before, between, after = _around_two_inputs(template)
    return f"{before}{first}{between}{second}{after}"


@lru_cache
def _around_two_inputs(template: str) -> list[str]:
    part = _framed_input(SAMPLE["template_name"], {"widget": SAMPLE}) or ""
    return _split(template, {"widget": {"subwidgets": [SAMPLE, SAMPLE]}}, part, part)


def _textarea(template: str, context: Context) -> str:
    widget = context["widget"]
    value = conditional_escape(widget["value"]) if widget["value"] else ""
    before, opening, after = _around_text(template)
    name = _text(widget["name"])
    return f'{before}<textarea name="{name}"{_attrs(widget["attrs"])}>{opening}{value}{after}'


@lru_cache
def _around_text(template: str) -> list[str]:
    return _split(template, {"widget": {**SAMPLE, "value": "text"}}, '<textarea name="sample">', "text")


def _select(template: str, context: Context) -> str | None:
    """Return a list to choose from, where its options stand in no groups and are drawn as usual."""
    widget = context["widget"]
    options = [option for _, group, _ in widget["optgroups"] for option in group]
    grouped = any(name for name, _, _ in widget["optgroups"])
    if grouped or not options or not all(map(_is_plain, options)):
        return None
    before, opening, between, after = _around_options(template)
    head = f'{before}<select name="{_text(widget["name"])}"{_attrs(widget["attrs"])}>'
    return head + opening + between.join(map(_option_of, options)) + after


def _is_plain(option: Context) -> bool:
    return option["template_name"] == OPTION["template_name"] and isinstance(option["label"], str | Promise)


def _option_of(option: Context) -> str:
    label = conditional_escape(option["label"])
    return f'<option value="{_text(option["value"])}"{_attrs(option["attrs"])}>{label}</option>'


@lru_cache
def _around_options(template: str) -> list[str]:
    widget = {"name": "sample", "attrs": {}, "optgroups": [(None, [OPTION, OPTION], 0)]}
    option = _option_of(OPTION)
    return _split(template, {"widget": widget}, '<select name="sample">', option, option)


def _related(template: str, context: Context) -> str:
    """Return a field with the links to what it names; they are the same for the same field."""
    known = dict(context)
    field = conditional_escape(known.pop("rendered_widget"))
    known["model_has_limit_choices_to"] = bool(known["model_has_limit_choices_to"])
    before, after = _around_related(template, get_language(), tuple(known.items()))
    return f"{before}{field}{after}"


@lru_cache(maxsize=1024)
def _around_related(template: str, language: str | None, known: tuple[tuple[str, Any], ...]) -> list[str]:
    return _split(template, {**dict(known), "rendered_widget": FIELD}, FIELD)


def _label(template: str, context: Context) -> str:
    words = conditional_escape(context["label"])
    if not context["use_tag"]:
        return words.strip()
    tag = conditional_escape(context["tag"])
    return f"<{tag}{_attrs(context['attrs'])}>{words}</{tag}>"


def _no_errors(template: str, context: Context) -> str | None:
    return None if context["errors"] else ""


MADE: dict[str, Callable[[str, Context], str | None]] = {
    **{
        f"django/forms/widgets/{kind}.html": _input
        for kind in (
            "checkbox",
            "date",
            "email",
            "hidden",
            "input",
            "number",
            "password",
            "text",
            "time",
            "url",
        )
    },
    **{f"unfold/widgets/{kind}.html": _framed_input for kind in ("date", "text", "time")},
    "unfold/widgets/split_datetime.html": _two_inputs,
    "django/forms/widgets/textarea.html": _textarea,
    "unfold/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "unfold/widgets/select.html": _select,
    "unfold/widgets/related_widget_wrapper.html": _related,
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _no_errors,
    "django/forms/errors/list/ul.html": _no_errors,
}
"""What makes the text of a template from its context; None: the template shall."""

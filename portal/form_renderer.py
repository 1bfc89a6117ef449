"""How forms are drawn: the parts that every form is full of as strings, all else by its template.

A field of the admin is made of half a dozen templates of one line each, and a form has dozens of fields. What
is made here is what the templates make, byte for byte; a test compares them.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeData

Context = Mapping[str, Any]
SAMPLE: dict[str, Any] = {"type": "text", "name": "sample", "value": None, "attrs": {}}
BESIDE = ("prefix", "prefix_icon", "suffix", "suffix_icon")
"""What may stand in a field, beside its text: rare, so that the template draws it."""


class FormRenderer(DjangoTemplates):
    """Django's own, but for the templates of MADE."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return what a template makes of a context."""
        made = MADE[template_name](template_name, context) if template_name in MADE else None
        return super().render(template_name, context, request) if made is None else made


TEMPLATES = DjangoTemplates()


def _text(value: object) -> str:
    """Return a value as templates write it into an attribute."""
    return value if isinstance(value, SafeData) and isinstance(value, str) else escape(str(value))


def _attrs(attrs: Mapping[str, Any] | None) -> str:
    return "".join(
        [
            f" {conditional_escape(name)}"
            if value is True
            else f' {conditional_escape(name)}="{_text(value)}"'
            for name, value in (attrs or {}).items()
            if value is not False
        ]
    )


def _input_of(widget: Context) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    kind, name = conditional_escape(widget["type"]), conditional_escape(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attrs(widget["attrs"])}>'


def _input(template: str, context: Context) -> str:
    return _input_of(context["widget"])


@lru_cache
def _around(template: str) -> tuple[str, str]:
    """Return what a template puts before and after the field itself."""
    before, field, after = TEMPLATES.render(template, {"widget": SAMPLE}).partition(_input_of(SAMPLE))
    if not field:
        raise ValueError(f"{template} has no plain field in it.")
    return before, after


def _framed_input(template: str, context: Context) -> str | None:
    widget = context["widget"]
    if any(widget.get(name) for name in BESIDE):
        return None
    before, after = _around(template)
    return f"{before}{_input_of(widget)}{after}"


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
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _no_errors,
    "django/forms/errors/list/ul.html": _no_errors,
}
"""What makes the text of a template from its context; None: the template shall."""

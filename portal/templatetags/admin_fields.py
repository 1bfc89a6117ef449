"""The rows of the admin's forms, which Unfold puts together from six templates a field."""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from unfold.templatetags.unfold import fieldset_line_classes, fieldset_row_classes
from unfold.widgets import CHECKBOX_LABEL_CLASSES, LABEL_CLASSES

register = template.Library()
LABEL, CHECKBOX_LABEL = " ".join(LABEL_CLASSES), " ".join(CHECKBOX_LABEL_CLASSES)
REQUIRED = SafeString('<span class="text-red-600 dark:text-red-500">*</span>')
BESIDE = "lg:min-w-56 lg:w-56 lg:h-[38px] lg:flex lg:items-center lg:self-start lg:leading-[38px] lg:*:m-0"


@register.simple_tag(takes_context=True)
def field_row(context: Context) -> SafeString:
    """Return the row of fields `line` as Unfold draws it.

    It knows forms that show all of their fields, labels beside them and no files to look at, as all of ours.
    """
    line = context["line"]
    known = {"line": line, **{name: context.get(name) for name in ("inline_admin_formset", "adminform")}}
    last = "last" if context["forloop"]["last"] else ""
    compressed = bool(known["adminform"] and known["adminform"].model_admin.compressed_fields)
    fields = [
        f'<div class="{_line_classes(*_known(field), compressed)}" > '
        f"{_checkbox(field) if field.is_checkbox else _field(field)} </div>"
        for field in line
    ]
    return SafeString(f'<div class="{fieldset_row_classes(known)} {last}"> {" ".join(fields)} </div>')


def _known(field: Any) -> tuple[str, bool]:
    """Return a field's name, and whether it has errors; what is only shown has neither."""
    return ("", False) if field.is_readonly else (field.field.name, bool(field.field.errors))


@lru_cache(maxsize=1024)
def _line_classes(name: str, errors: bool, compressed: bool) -> str:
    """Return the classes that Unfold gives a field; it draws all errors to know whether there are any."""
    field = SimpleNamespace(field=SimpleNamespace(name=name), errors=lambda: errors)
    form = SimpleNamespace(model_admin=SimpleNamespace(compressed_fields=compressed))
    return str(fieldset_line_classes({"field": field, "adminform": form}))


def _field(field: Any) -> str:
    if field.is_readonly:
        label, shown, words, errors = field.label_tag(), _readonly(field), field.field["help_text"], ""
    else:
        label, shown, words, errors = _label(field, LABEL), field.field, field.field.help_text, _errors(field)
    said = f'<div class="leading-relaxed mt-2 text-xs"> {words} </div>' if words else ""
    return f'<div class="{BESIDE}"> {label} </div> <div class="grow relative"> {shown} {said} {errors} </div>'


def _checkbox(field: Any) -> str:
    words = field.field.help_text
    said = (
        f'<div class="lg:-mt-2 lg:ml-2"> <div class="leading-relaxed mt-2 text-xs"> {words} </div> </div>'
        if words
        else ""
    )
    return (
        '<div class="flex flex-col gap-2 py-2 lg:flex-row"> '
        '<div class="font-medium flex items-start -ml-2 min-w-32 w-32 lg:min-w-56 lg:w-56"> '
        f'{_label(field, CHECKBOX_LABEL)} </div> <div class="grow"> '
        f'<div class="flex flex-col lg:flex-row"> {field.field} {said} </div> {_errors(field)} </div> </div>'
    )


def _label(field: Any, classes: str) -> str:
    """Return a field's label; Unfold's own reads the whole configuration for it."""
    bound = field.field
    words: str = conditional_escape(bound.label)
    if bound.field.required:
        classes += " required"
        words += REQUIRED if words and words[-1] not in ":?.!" else ""
    place = bound.id_for_label
    names = f' for="{place}"' if place else ""
    return f'<label class="{classes}"{names}>{words}</label>'


def _readonly(field: Any) -> str:
    shown = field.contents() or "-"
    if shown == "None":
        shown = "-"
    width = "max-w-4xl" if field.is_json else "max-w-2xl"
    return f'<div class="readonly break-words {width} *:rounded-default">{conditional_escape(shown)}</div>'


def _errors(field: Any) -> str:
    if not field.field.errors:
        return ""
    return f'<div class="mt-2 text-red-600 text-xs dark:text-red-500"> {field.errors()} </div>'

"""Parts of the admin's pages that Unfold's templates put together from dozens of others on each request."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import lookup_field, quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import BooleanField, DateField, ManyToOneRel, Model, TimeField
from django.template import Context
from django.template.defaultfilters import capfirst
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from unfold.admin import checkbox
from unfold.templatetags.unfold_list import CHECKBOX_CLASSES, LINK_CLASSES, ROW_CLASSES, result_headers
from unfold.utils import display_for_field, display_for_header, display_for_label, display_for_value

from courses.admin.kept_rows import KeptRows

register = template.Library()
Groups = Iterable[tuple[str, Iterable[tuple[str, str, str, bool]]]]

FILTERS = SafeString("\0")
"""Stands in the address of a row for the filters of the list, which are not the row's own."""

STRIPES = ("", "bg-base-50 dark:bg-white/[.02]")
ROWS = [
    f'<tbody class="block relative lg:table-row-group {stripe}"><tr class="data-row block border '
    "border-base-200 mb-3 relative rounded-default lg:table-row lg:border-none lg:mb-0 lg:rounded-none "
    'dark:border-base-800">'
    for stripe in STRIPES
]
END = "</tr></tbody>"
BOX, CELL, LINK = " ".join(CHECKBOX_CLASSES), " ".join(ROW_CLASSES), " ".join(LINK_CLASSES)


def _made(groups: Groups) -> SafeString:
    return render_to_string("admin/navigation.html", {"groups": groups})


_kept: Callable[..., SafeString] = _made if settings.DEBUG else lru_cache(maxsize=1024)(_made)


@register.simple_tag
def kept_navigation(groups: Groups) -> SafeString:
    """Return the lists beside every page; the same groups look the same, so they are kept."""
    return _kept(tuple((title, tuple(items)) for title, items in groups))


@register.simple_tag
def kept_button(words: str, **looks: Any) -> SafeString:
    """Return Unfold's button; `looks`: what its template knows. The same looks the same, so it is kept."""
    return _kept_button(str(words), tuple(looks.items()))


@lru_cache(maxsize=256)
def _kept_button(words: str, looks: tuple[tuple[str, Any], ...]) -> SafeString:
    return render_to_string("unfold/components/button.html", {**dict(looks), "children": words})


@register.inclusion_tag("admin/rows.html", takes_context=True)
def admin_rows(context: Context, cl: ChangeList) -> dict[str, Any]:
    """Return the rows of a list as Unfold shows them, without its headers made anew for each row."""
    headers = list(result_headers(cl))
    columns = list(_columns(cl, [capfirst(header["text"]) for header in headers]))
    box, rows = _box(), cl.result_list
    before, after = _address(cl)

    def draw(row: Model) -> str:
        return "".join(_cells(cl, row, columns, before, box))

    kept_by = [before, *((each.opening, each.opening_of_time, each.links) for each in columns)]
    texts = rows.drawn(draw, columns=kept_by) if isinstance(rows, KeptRows) else [draw(row) for row in rows]
    drawn = "".join([f"{ROWS[place % 2]}{text}{END}" for place, text in enumerate(texts)])
    return {
        "cl": cl,
        "rows": SafeString(drawn.replace(FILTERS, after)),
        "result_headers": headers,
        "num_sorted_fields": sum(bool(header["sortable"] and header["sorted"]) for header in headers),
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: what stands around its cells is the same in every row."""

    name: Any
    opening: SafeString
    opening_of_time: SafeString
    """Where the cell holds a time, which is not broken into lines."""

    closing: SafeString
    links: bool


def _columns(cl: ChangeList, headers: Sequence[str]) -> Iterator[Column]:
    chosen, leads = cl.list_display_links, True
    for name, header in zip(cl.list_display, headers, strict=True):
        links = name != "action_checkbox" and chosen is not None and (name in chosen if chosen else leads)
        tag = "th" if links and leads else "td"
        leads = leads and not links
        classes = f"field-{getattr(name, '__name__', name)} {CELL}"
        opening, of_time = (
            format_html('<{} class="{}" data-label="{}">', tag, each, header)
            for each in (classes, f"{classes} nowrap")
        )
        yield Column(name, opening, of_time, format_html("</{}>", tag), links)


def _cells(
    cl: ChangeList, row: Model, columns: Sequence[Column], address: str, box: tuple[str, str]
) -> Iterator[str]:
    empty = cl.model_admin.get_empty_value_display()
    for column in columns:
        if column.name == "action_checkbox":
            yield f"{box[0]}{escape(row.pk)}{box[1]}"
            continue
        text, is_time = _shown(cl.model_admin, row, column.name, empty)
        if column.links:
            text = format_html(
                '<a href="{}/{}/{}" class="{}">{}</a>', address, quote(row.pk), FILTERS, LINK, text
            )
        yield column.opening_of_time if is_time else column.opening
        yield conditional_escape(text)
        yield column.closing


def _shown(admin: Any, row: Model, name: Any, empty: str) -> tuple[Any, bool]:
    """Return what a cell shows, and whether it is a time, which is not broken into lines."""
    try:
        field, attr, value = _looked_up(admin, row, name)
    except ObjectDoesNotExist:
        return empty, False
    empty = getattr(attr, "empty_value_display", empty)
    if field is None or field.auto_created:
        if label := getattr(attr, "label", False):
            shown = _label(value, empty, label)
        elif getattr(attr, "header", False):
            shown = display_for_header(value, empty)
        elif getattr(attr, "boolean", False):
            shown = _kept_mark(value, empty, get_language())
        else:
            shown = display_for_value(value, empty)
        return shown, isinstance(value, date | time)
    if isinstance(field.remote_field, ManyToOneRel):
        return getattr(row, field.name) or empty, False
    if isinstance(field, BooleanField):
        return _kept_mark(value, empty, get_language()), False
    if field.flatchoices and isinstance(value, str):
        return _kept_choice(field, value, empty, get_language()), False
    if isinstance(value, datetime):
        zone, language = timezone.get_current_timezone_name(), get_language()
        return _kept_moment(value.replace(microsecond=0), zone, language), True
    return display_for_field(value, field, empty), isinstance(field, DateField | TimeField)


@lru_cache(maxsize=1024)
def _kept_choice(field: Any, value: str, empty: str, language: str | None) -> str:
    """Return what a value that was chosen from a few is called."""
    return str(display_for_field(value, field, empty))


@lru_cache(maxsize=1024)
def _kept_moment(value: datetime, zone: str, language: str | None) -> str:
    """Return a moment in the words of a language: what is published together carries the same."""
    return formats.localize(timezone.localtime(value))


def _looked_up(admin: Any, row: Model, name: Any) -> tuple[Any, Any, Any]:
    """Return what Django finds. It looks for a field first, and fails, for what an admin works out."""
    if _is_worked_out(admin, type(row), name):
        attr = getattr(admin, name)
        return None, attr, attr(row)
    found: tuple[Any, Any, Any] = lookup_field(name, row, admin)
    return found


@cache
def _is_worked_out(admin: Any, model: type[Model], name: Any) -> bool:
    fields = {getattr(field, part, "") for field in model._meta.get_fields() for part in ("name", "attname")}
    return isinstance(name, str) and hasattr(admin, name) and name not in {*fields, "__str__", "pk"}


@lru_cache(maxsize=64)
def _kept_mark(value: bool | None, empty: str, language: str | None) -> SafeString:
    """Return the mark for yes or no."""
    shown: SafeString = display_for_value(value, empty, boolean=True)
    return shown


def _label(value: Any, empty: str, label: Mapping[Any, str] | bool) -> SafeString:
    """Return a coloured label; a value may be a pair of what the colour goes by and what is shown."""
    key, shown = value if isinstance(value, tuple) else (value, value)
    kind = label.get(key, "") if isinstance(label, Mapping) else ""
    return _kept_label(str(shown) if shown is not None else "", empty, kind)


@lru_cache(maxsize=1024)
def _kept_label(text: str, empty: str, kind: str) -> SafeString:
    shown: SafeString = display_for_label(text, empty, {text: kind})
    return shown


def _address(cl: ChangeList) -> tuple[str, SafeString]:
    """Return what stands before and after the key in the address of a row: rows differ in nothing else."""
    before, _, after = cl.url_for_result(cl.model(pk=0)).partition("/0/")
    return before, escape(f"{after}?{cl.preserved_filters}" if cl.preserved_filters else after)


def _box() -> tuple[str, str]:
    """Return what stands before and after a row's key in the box that chooses it."""
    before, _, after = str(checkbox.render(ACTION_CHECKBOX_NAME, "0-0")).partition("0-0")
    opening = format_html('<td class="{}" data-label="{}">', BOX, gettext("Select record"))
    return f"{opening}{before}", f"{after}</td>"

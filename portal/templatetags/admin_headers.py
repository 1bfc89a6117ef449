"""The headers of the admin's lists, of which Unfold's template asks a dozen questions each."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.template.defaultfilters import capfirst
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()
Header = Mapping[str, Any]
"""As Unfold's `result_headers` makes them."""

CELL = (
    "align-middle font-semibold py-2 text-left text-font-important-light dark:text-font-important-dark "
    "whitespace-nowrap"
)
BOX, WIDE = "lg:px-3 lg:w-10", "hidden px-3 lg:table-cell"
ARROW = (
    "flex items-center leading-none text-base-400 hover:text-base-500 dark:text-base-500 "
    "dark:hover:text-base-400 toggle"
)
REMOVE = (
    "sortremove flex items-center leading-none ml-1 text-base-400 dark:text-base-500 transition-all "
    "hover:text-red-700 dark:hover:text-red-500"
)


@register.simple_tag
def list_headers(headers: Sequence[Header], sorted_by: int) -> SafeString:
    """Return the head of a list's table as Unfold draws it. `sorted_by`: how many columns it is sorted by.

    It knows lists whose rows are not dragged and have no sections, as all of ours.
    """
    cells = [_header(header, number == 0, sorted_by) for number, header in enumerate(headers)]
    return SafeString(f"<thead> <tr> {' '.join(cells)} </tr> </thead>")


def _header(header: Header, leads: bool, sorted_by: int) -> str:
    text = str(conditional_escape(capfirst(header["text"])))
    chooses = leads and "action-toggle" in header["text"]
    sorting = ""
    if header["sortable"]:
        shown = f'<a href="{escape(header["url_primary"])}"> {text} </a>'
        sorting = _sorting(header, sorted_by) if header["sort_priority"] > 0 else ""
    elif chooses:
        shown = (
            f'<label class="flex flex-row items-center gap-2"> {text} '
            f'<span class="block font-normal lg:hidden"> {gettext("Select all rows")} </span> </label>'
        )
    else:
        shown = f"<span> {text} </span>"
    return (
        f'<th class="{CELL} {header["class_attrib"]} {BOX if chooses else WIDE}" scope="col"> '
        f'<div class="flex items-center"> <div class="text"> {shown} </div> {sorting} </div> </th>'
    )


def _sorting(header: Header, sorted_by: int) -> str:
    """Return what turns a column's order round and takes it away, and its place among the others."""
    way, icon = ("ascending", "down") if header["ascending"] else ("descending", "up")
    place = ""
    if sorted_by > 1:
        priority = header["sort_priority"]
        words = gettext("Sorting priority: %(priority_number)s") % {"priority_number": priority}
        place = f'<span class="sortpriority font-medium ml-2 text-xs" title="{words}"> {priority} </span>'
    toggle, remove = escape(header["url_toggle"]), escape(header["url_remove"])
    return (
        '<div class="sortoptions flex items-center ml-2"> '
        f'<a href="{toggle}" class="{ARROW} {way}" title="{gettext("Toggle sorting")}"> '
        f'<span class="block material-symbols-outlined">arrow_circle_{icon}</span> </a> '
        f'<a class="{REMOVE}" href="{remove}" title="{gettext("Remove from sorting")}"> '
        f'<span class="block material-symbols-outlined">cancel</span> </a> </div> {place}'
    )

"""The frame of a list or an editor: all but its content and what stands below it.

Head, lists beside the page, header and buttons above it cost as much to put together as what they surround,
and change with nothing but what `_name` holds. Where a frame is kept, only the parts in it are drawn.
"""

import re
from itertools import chain, zip_longest
from typing import Any

from django.core.cache import caches
from django.template.response import TemplateResponse
from django.utils.html import escape

from courses import versions

CUT = "\0"
FILTERS = b"<!-- filters -->"
"""Stands for the filters of a list, which the links around it carry."""

FIELD = b'name="csrfmiddlewaretoken" value="'
TOKEN = re.compile(FIELD + rb"[A-Za-z0-9]*")

Frame = list[bytes]
"""What stands before the first part, between the parts, and behind the last."""

DEPENDS_ON = ("title", "subtitle", "original", "is_popup", "to_field", "has_add_permission")
LINKS = ("actions_list", "actions_detail")


def with_token(page: bytes, token: str) -> bytes:
    """Return a page that was drawn here with what its forms must hold of the session they are sent from."""
    return page.replace(FIELD, FIELD + token.encode())


def drawn(response: TemplateResponse, *, reader: object) -> bytes:
    """Return a page that was not drawn yet, with no token in its forms. `reader`: who it is for, in JSON.

    Whoever has messages waiting must not come here: they would be kept.
    """
    context = response.context_data or {}
    parts = _parts(response, context)
    kept, name = caches["admin_frames"], _name(response, context, [len(parts), reader])
    filters = escape(context.get("preserved_filters", "")).encode()
    frame: Frame | None = kept.get(name)
    if frame is None:
        page = TOKEN.sub(FIELD, response.rendered_content.encode())
        frame = _around(parts, page, filters)
        if frame is not None:
            kept.set(name, frame)
        return page
    pieces = [piece.replace(FILTERS, filters) for piece in frame]
    return b"".join(chain.from_iterable(zip_longest(pieces, parts, fillvalue=b"")))


def _name(response: TemplateResponse, context: dict[str, Any], others: object) -> str:
    links = [
        [str(link.get("title")), str(link.get("path")), str(link.get("items", ""))]
        for name in LINKS
        for link in context.get(name) or []
    ]
    depends = [str(context.get(name)) for name in DEPENDS_ON]
    inlines = [type(each.opts).__name__ for each in context.get("inline_admin_formsets") or []]
    address, filtered = response._request.path, bool(context.get("preserved_filters"))
    return versions.digest([address, response.template_name, others, depends, links, inlines, filtered])


def _parts(response: TemplateResponse, context: dict[str, Any]) -> list[bytes]:
    """Return what of a page changes with its content: see admin/parts.html."""
    template = response.resolve_template(response.template_name)
    alone = {**context, "only_parts": "admin/parts.html", "cut": CUT}
    parts = template.render(alone, response._request).split(CUT)
    return [TOKEN.sub(FIELD, part.strip().encode()) for part in parts if part.strip()]


def _around(parts: list[bytes], page: bytes, filters: bytes) -> Frame | None:
    """Return what is around the parts of a page; None where it cannot be told from them."""
    frame, rest = [], page
    for part in parts:
        before, found, rest = rest.partition(part)
        if not found or part in rest:
            return None
        frame.append(before)
    frame.append(rest)
    if not filters:
        return frame
    frame = [piece.replace(filters, FILTERS) for piece in frame]
    return None if b"_changelist_filters" in b"".join(frame) else frame

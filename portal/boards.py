"""The progress page's own part, kept for a while: who comes back without having done anything sees it again.

It is kept under everything that it is made of: nothing needs to be thrown away when something changes.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

TOKEN = secrets.token_hex(16)
"""Stands for the token of a form, which is another at every look. Nobody can guess it and write it in."""


class Board(NamedTuple):
    """A drawn board, and what the frame around it needs to know."""

    html: str
    """With TOKEN in its forms."""

    due: int
    my_course_url: str


def shown(
    request: HttpRequest, make: Callable[[], Mapping[str, Any]], *, key: object = None
) -> dict[str, object]:
    """Return what the progress page's template shows. `make` returns what the board is drawn with.

    The `repr` of `key` names all that the board depends on: who looks at what, when. None: it is not kept.
    """
    name = hashlib.blake2b(repr(key).encode(), digest_size=20).hexdigest()
    board: Board | None = caches["boards"].get(name) if key else None
    if board is None:
        board = _drawn(make())
        if key:
            caches["boards"].set(name, board)
    html: SafeString = mark_safe(board.html.replace(TOKEN, get_token(request)))  # noqa: S308 - a template's
    return {"board": html, "due": board.due, "my_course_url": board.my_course_url}


def _drawn(context: Mapping[str, Any]) -> Board:
    html = render_to_string("portal/dashboard_board.html", {**context, "csrf_token": TOKEN})
    return Board(html, context["due"], context["my_course_url"])

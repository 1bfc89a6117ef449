"""What the head of an admin page calls the page: by the names that the lists beside it have."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import Model
from django.utils.text import capfirst
from unfold.settings import get_config

register = template.Library()


@register.filter
def as_listed(parts: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return title and address of each part of a page's path, from the list on.

    Unfold begins with the app, which is nothing that editors know, and calls lists by their tables. An app
    stays where the page is about the whole of it.
    """
    found = [(each["title"], str(each.get("link", ""))) for each in parts]
    listed = _titles()
    return [(_title(title, listed.get(link)), link) for title, link in found[1:] or found]


def _title(title: object, listed: object) -> str:
    if listed is not None:
        return str(listed)
    return str(title) if isinstance(title, Model) else capfirst(str(title))


@lru_cache(maxsize=1)
def _titles() -> dict[str, object]:
    """Return the names of the lists beside every page by their addresses (portal/admin_look.py)."""
    groups = get_config()["SIDEBAR"]["navigation"]
    return {str(each["link"]): each["title"] for group in groups for each in group["items"] if each["table"]}

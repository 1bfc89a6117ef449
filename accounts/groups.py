"""Groups that people join: higher rooms keep them (settings.GROUPS), this one lets people in and out.

A group is known here by its key and its words; what belonging to one means is the other room's affair.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User


def choices() -> list[tuple[str, str]]:
    """Return the groups that an invitation can name: key and words of each."""
    return list(_call("choices"))


def join(*, user: User, key: str, now: datetime) -> None:
    """Let somebody join the group with this key; none by that key is no error. Call it in a transaction."""
    if key:
        _call("join", user=user, key=key, now=now)


def follow_claim(*, user: User, values: Collection[str], now: datetime) -> None:
    """Bring somebody's groups in line with what the organisation's log-in says of them."""
    _call("follow_claim", user=user, values=values, now=now)


def told(user: User) -> Any:
    """Return the groups of a person, as the page that says who sees what shows them."""
    return _call("told", user)


def _call(verb: str, *args: object, **kwargs: object) -> Any:
    return import_string(settings.GROUPS[verb])(*args, **kwargs)

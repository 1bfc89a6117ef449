"""Classes of forms, made once for all who may do the same: they follow from rights, not from the row."""

from collections.abc import Callable, Hashable
from typing import Any

from django.http import HttpRequest

_made: dict[tuple[Hashable, ...], type[Any]] = {}


def rights(request: HttpRequest) -> list[str]:
    """Return what somebody may do, in words that can be compared."""
    user = request.user
    return ["all"] if user.is_superuser else sorted(user.get_all_permissions())


def once(request: HttpRequest, make: Callable[[], type[Any]], *names: Hashable) -> type[Any]:
    """Return the class that `make` makes for such rights and `names`: all else that it follows from."""
    name = (*names, *rights(request))
    if name not in _made:
        _made[name] = make()
    return _made[name]

"""Time zones by their IANA names: which are real, and how a list of them reads."""

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OTHER = _("Other")
REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": pgettext_lazy("the ocean, as a region of time zones", "Indian"),
    "Pacific": _("Pacific"),
}
"""The regions of IANA names, and what the list calls them."""


@cache
def names() -> frozenset[str]:
    """Return every IANA name that may be chosen; links and the machine's own entries are left out."""
    places = {name for name in available_timezones() if name.split("/")[0] in REGIONS}
    return frozenset(places | {"UTC"})


def valid_or_utc(name: str | None) -> str:
    """Return the name if it is an IANA time zone, else "UTC". Any text is safe to pass."""
    return name if name is not None and name in names() else "UTC"


@cache
def choices() -> "list[tuple[StrPromise | str, list[tuple[str, str]]]]":
    """Return the zones for a select: one group a region, places in alphabetical order, UTC last."""
    groups: list[tuple[StrPromise | str, list[tuple[str, str]]]] = []
    for region, called in REGIONS.items():
        places = sorted(name for name in names() if name.startswith(f"{region}/"))
        groups.append((called, [(name, name.partition("/")[2].replace("_", " ")) for name in places]))
    return [*groups, (OTHER, [("UTC", "UTC")])]

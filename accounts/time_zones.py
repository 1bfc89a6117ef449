"""Time zones by their IANA names: which are real, and how a list of them reads."""

from functools import cache
from zoneinfo import available_timezones

OTHER = "Other"
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def names() -> frozenset[str]:
    """Return every IANA name that may be chosen; links and the machine's own entries are left out."""
    places = {name for name in available_timezones() if name.split("/")[0] in REGIONS}
    return frozenset(places | {"UTC"})


def valid_or_utc(name: str | None) -> str:
    """Return the name if it is an IANA time zone, else "UTC". Any text is safe to pass."""
    return name if name is not None and name in names() else "UTC"


@cache
def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the zones for a select: one group a region, places in alphabetical order, UTC last."""
    groups = []
    for region in REGIONS:
        places = sorted(name for name in names() if name.startswith(f"{region}/"))
        groups.append((region, [(name, name.partition("/")[2].replace("_", " ")) for name in places]))
    return [*groups, (OTHER, [("UTC", "UTC")])]

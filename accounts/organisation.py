"""Who runs this portal: the one row that stands in footers, mails and the legal pages."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core.cache import caches

from accounts import picture_files, pictures
from accounts.models import Organisation

KEPT_SECONDS = 60
LOGO_WIDTHS = (320, 640)
KEY = "organisation"


def current() -> Organisation:
    """Return the organisation, made with its defaults if it is missing.

    Each process keeps it for a minute, so a change in the admin is everywhere after a minute at the latest.
    """
    kept: Organisation | None = caches["versions"].get(KEY)
    if kept is None:
        kept, _ = Organisation.objects.get_or_create(singleton=True)
        caches["versions"].set(KEY, kept, KEPT_SECONDS)
    return kept


def forget() -> None:
    """Drop what this process keeps, so that whoever changed the organisation sees it at once."""
    caches["versions"].delete(KEY)


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo as pages show it."""

    source: str
    width: int
    height: int


def take_logo(upload: BinaryIO, *, size: int) -> dict[str, Any]:
    """Store an uploaded logo and return what the organisation's row keeps of it. Raises NotAPicture."""
    picture = pictures.encode(upload, size=size, steps=LOGO_WIDTHS)
    picture_files.store(picture)
    return {
        "digest": picture.digest,
        "width": picture.width,
        "height": picture.height,
        "widths": list(picture.widths),
        "fallback": picture.fallback,
    }


def logo(row: Organisation) -> Logo | None:
    """Return the logo, if there is one."""
    if not row.logo:
        return None
    return Logo(picture_files.address(*_file(row.logo)), row.logo["width"], row.logo["height"])


def logo_bytes(row: Organisation) -> tuple[bytes, str] | None:
    """Return the logo and whether it is "png" or "jpeg"; None without one, or where its file is gone."""
    if not row.logo:
        return None
    try:
        file, media_type = picture_files.read(*_file(row.logo))
    except FileNotFoundError:
        return None
    with file:
        return file.read(), media_type.partition("/")[2]


def _file(kept: dict[str, Any]) -> tuple[str, str]:
    return kept["digest"], f"{pictures.fallback_width(kept['widths'])}.{kept['fallback']}"

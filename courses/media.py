"""Pictures in lessons: taken in, found by their key, and taken away where no lesson names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.cache import caches
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import picture_files, pictures
from courses.models import Lesson, MediaAsset

KEPT_SECONDS = 60
CACHE_KEY = "pictures"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as pages show it."""

    alt: str
    credit: str
    width: int
    height: int
    source: str
    """Address of the file for browsers without WebP."""

    source_set: str
    """The WebP files with their widths, as `srcset` has them."""

    small: str
    """Address of the narrowest file, for lists."""


class StillNamed(ValueError):
    """Lessons name the picture, so it stays."""

    def __init__(self, lessons: Iterable[Lesson]) -> None:
        names = ", ".join(f"“{lesson.title}”" for lesson in lessons)
        super().__init__(_("It is shown in %(names)s. Take it out of there first.") % {"names": names})


def take_in(asset: MediaAsset, upload: BinaryIO, *, size: int, now: datetime) -> None:
    """Store an uploaded picture's files and fill in what its row says of them; the row is not saved.

    Raises NotAPicture, also if the very same picture is here already.
    """
    picture = pictures.encode(upload, size=size)
    if known := MediaAsset.objects.filter(digest=picture.digest).first():
        raise pictures.NotAPicture(
            _("This picture is here already: “%(known)s”, with the key %(key)s.")
            % {"known": known, "key": known.key}
        )
    picture_files.store(picture)
    asset.digest = picture.digest
    asset.width, asset.height = picture.width, picture.height
    asset.widths, asset.fallback = list(picture.widths), picture.fallback
    asset.created_at = now


def shown() -> Mapping[str, Shown]:
    """Return all pictures by key. One query a minute in each process: they change seldom."""
    kept: dict[str, Shown] | None = caches["versions"].get(CACHE_KEY)
    if kept is None:
        kept = {asset.key: of(asset) for asset in MediaAsset.objects.all()}
        caches["versions"].set(CACHE_KEY, kept, KEPT_SECONDS)
    return kept


def keys() -> set[str]:
    """Return the keys of all pictures, as they are now (1 query)."""
    return set(MediaAsset.objects.values_list("key", flat=True))


def forget() -> None:
    """Drop what this process keeps, so that whoever changed a picture sees it at once."""
    caches["versions"].delete(CACHE_KEY)


def of(asset: MediaAsset) -> Shown:
    """Return a picture as pages show it."""
    address = picture_files.address
    webp = (f"{address(asset.digest, f'{width}.webp')} {width}w" for width in asset.widths)
    plain = f"{pictures.fallback_width(asset.widths)}.{asset.fallback}"
    return Shown(
        alt=asset.alt,
        credit=asset.credit,
        width=asset.width,
        height=asset.height,
        source=address(asset.digest, plain),
        source_set=", ".join(webp),
        small=address(asset.digest, f"{asset.widths[0]}.webp"),
    )


def lessons_naming(asset: MediaAsset) -> QuerySet[Lesson]:
    """Return the lessons whose draft, or what learners see of them, names a picture."""
    named = rf"\(<?media:{asset.key}(?![a-z0-9-])"
    found = Q(body__regex=named) | Q(live_version__body__markdown__regex=named)
    return Lesson.objects.filter(found).select_related("course").order_by("course", "module", "order")


@transaction.atomic
def delete(asset: MediaAsset) -> None:
    """Delete a picture and, once that is certain, its files. Raises StillNamed."""
    if naming := list(lessons_naming(asset)):
        raise StillNamed(naming)
    picture_files.remove_after_commit(asset.digest, asset.widths, asset.fallback)
    asset.delete()
    transaction.on_commit(forget)

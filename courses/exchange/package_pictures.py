"""Pictures in a course package: their files as they were made, and a manifest that says what each shows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit, made_pictures, picture_files, pictures
from accounts.models import User
from accounts.pictures import NotAPicture, Picture
from courses import media
from courses.content_files.writer import dump
from courses.exchange.limits import CONTROL, Archive, Deadline, NotReadable, shown
from courses.exchange.planning import IMPORTED
from courses.models import MediaAsset
from courses.yaml_records import ContentFault, ContentFile, Record, compose

MANIFEST = "pictures.yaml"
FOLDER = "pictures/"
ENDINGS = tuple(f".{each}" for each in made_pictures.FORMATS)
Action = Literal["add", "update", "same", "keep"]


class Lost(ValueError):
    """A picture's files are gone from the storage, so it cannot go out."""


@dataclass(frozen=True)
class About:
    """What is said of a picture."""

    key: str
    name: str
    alt: str
    decorative: bool
    credit: str
    digest: str
    """SHA-256 of its files (`Picture.digest`)."""


@dataclass(frozen=True)
class Packed:
    """A picture of a package."""

    about: About
    picture: Picture
    line: int
    """Of the manifest."""


@dataclass(frozen=True)
class Step:
    """What an import does with a picture, and why if it leaves it."""

    action: Action
    packed: Packed
    reason: str = ""


def is_file(name: str) -> bool:
    """Whether a name in a package is that of a picture's file."""
    return name.startswith(FOLDER) and name.endswith(ENDINGS)


def files_of(keys: Collection[str]) -> dict[str, bytes]:
    """Return manifest and files of the pictures with these keys, by name. Raises Lost."""
    assets = list(MediaAsset.objects.filter(key__in=keys).order_by("key"))
    found: dict[str, bytes] = {}
    for asset in assets:
        for name in pictures.names(asset.widths, asset.fallback):
            try:
                file, __ = picture_files.read(asset.digest, name)
            except FileNotFoundError as error:
                words = _(
                    "The files of the picture “%(name)s” are gone. Upload it anew and name that one."
                ) % {"name": asset}
                raise Lost(words) from error
            with file:
                found[f"{FOLDER}{asset.key}/{name}"] = file.read()
    if assets:
        found[MANIFEST] = dump({asset.key: _entry(asset) for asset in assets}).encode()
    return found


def _entry(asset: MediaAsset) -> dict[str, str | bool]:
    entry: dict[str, str | bool] = {"name": asset.name}
    entry |= {"decorative": True} if asset.decorative else {"alt": asset.alt}
    entry |= {"credit": asset.credit} if asset.credit else {}
    return entry | {"digest": asset.digest}


def read(archive: Archive, deadline: Deadline) -> tuple[list[Packed], list[ContentFault]]:
    """Return the pictures of a package, and what is wrong with them. Raises NotReadable."""
    file = ContentFile(MANIFEST)
    names = {name for name in archive if is_file(name)}
    found: list[Packed] = []
    for about, record in _abouts(archive, file):
        deadline.check()
        own = {name for name in names if name.startswith(f"{FOLDER}{about.key}/")}
        names -= own
        try:
            found.append(Packed(about, _picture(archive, about, own), record.line_at(("digest",))))
        except NotAPicture as refusal:
            record.report(
                "digest",
                _("the picture %(key)r is refused: %(refusal)s") % {"key": about.key, "refusal": refusal},
            )
    if names and not file.faults:
        raise NotReadable(
            _("%(name)s belongs to no picture that %(manifest)s names.")
            % {"name": shown(min(names)), "manifest": MANIFEST}
        )
    _report_twins(found, file)
    return found, file.faults


def _report_twins(found: Sequence[Packed], file: ContentFile) -> None:
    """Report a picture that is in the package, or here, under another key: one picture has one key."""
    digests = [packed.about.digest for packed in found]
    keys = dict(MediaAsset.objects.filter(digest__in=digests).values_list("digest", "key"))
    for packed in found:
        key = keys.setdefault(packed.about.digest, packed.about.key)
        if key != packed.about.key:
            words = _("the picture %(key)r has the key %(other)r already: name it so in the lessons") % {
                "key": packed.about.key,
                "other": key,
            }
            file.report(packed.line, words)


def _abouts(archive: Archive, file: ContentFile) -> Iterator[tuple[About, Record]]:
    """Yield what the manifest says of each picture; what is said wrongly is a fault of the file."""
    if MANIFEST not in archive:
        return
    try:
        text = archive.read(MANIFEST).decode()
    except UnicodeDecodeError:
        file.report(1, _("the text is not in UTF-8"))
        return
    node = compose(text, file)
    for key, record in Record(node, file).named() if node else ():
        before = len(file.faults)
        about = About(
            key=key,
            name=record.text("name", most=120),
            alt=record.text("alt", "", most=300),
            decorative=record.flag("decorative", default=False),
            credit=record.text("credit", "", most=200),
            digest=record.raw("digest"),
        )
        record.finish()
        if about.decorative == bool(about.alt):
            record.report(
                "alt", _("say in `alt` what the picture shows, or that it is `decorative: true`; not both")
            )
        if any(CONTROL.search(text) for text in (about.name, about.alt, about.credit)):
            record.report("name", _("a character that no text has"))
        if len(file.faults) == before:
            yield about, record


def _picture(archive: Archive, about: About, names: Iterable[str]) -> Picture:
    """Return a picture, looked at as an upload is. Raises NotAPicture and NotReadable."""
    files = {name.rpartition("/")[2]: archive.read(name, most=pictures.MOST_BYTES) for name in sorted(names)}
    if not files:
        raise NotAPicture(
            _("there are no files in %(folder)s%(key)s/.") % {"folder": FOLDER, "key": about.key}
        )
    picture = made_pictures.accepted(files)
    if picture.digest != about.digest:
        raise NotAPicture(_("its files are not those whose digest stands here."))
    return picture


def plan(found: Sequence[Packed], *, change: bool) -> list[Step]:
    """Say what an import would do with each picture (1 query). Reads only."""
    held = {asset.key: asset for asset in _held(found)}
    return [_step(packed, held.get(packed.about.key), change=change) for packed in found]


def _held(found: Sequence[Packed]) -> QuerySet[MediaAsset]:
    return MediaAsset.objects.filter(key__in=[packed.about.key for packed in found])


def _step(packed: Packed, held: MediaAsset | None, *, change: bool) -> Step:
    about = packed.about
    if held is None:
        return Step("add", packed)
    if held.digest != about.digest:
        return Step("keep", packed, _("another picture has this key here: lessons show that one"))
    if _about(held) == about:
        return Step("same", packed)
    return Step("update", packed) if change else Step("keep", packed, _("what is said of it differs here"))


def _about(asset: MediaAsset) -> About:
    return About(asset.key, asset.name, asset.alt, asset.decorative, asset.credit, asset.digest)


def write(
    steps: Sequence[Step], store: Callable[[Picture], None], *, author: User | None, now: datetime
) -> None:
    """Write rows and files as a plan says, in the caller's transaction. `store` writes a picture's files."""
    added = [step.packed for step in steps if step.action == "add"]
    new = MediaAsset.objects.bulk_create(_row(packed, now=now) for packed in added)
    said = {step.packed.about.key: step.packed.about for step in steps if step.action == "update"}
    rows = list(MediaAsset.objects.filter(key__in=said))
    for row in rows:
        about = said[row.key]
        row.name, row.alt, row.decorative, row.credit = about.name, about.alt, about.decorative, about.credit
    MediaAsset.objects.bulk_update(rows, ["name", "alt", "decorative", "credit"])
    audit.record_each(new, actor=author, action="add", after=IMPORTED, now=now)
    audit.record_each(rows, actor=author, action="change", after=IMPORTED, now=now)
    for packed in added:
        store(packed.picture)
    transaction.on_commit(media.forget)


def _row(packed: Packed, *, now: datetime) -> MediaAsset:
    picture, about = packed.picture, packed.about
    return MediaAsset(
        key=about.key,
        name=about.name,
        alt=about.alt,
        decorative=about.decorative,
        credit=about.credit,
        digest=picture.digest,
        width=picture.width,
        height=picture.height,
        widths=list(picture.widths),
        fallback=picture.fallback,
        created_at=now,
    )

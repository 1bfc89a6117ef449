"""Files of pictures that a portal of ours made and another one sends: taken as they are, or refused. Pure.

Drawing them anew would lose sharpness at every journey and give them another address. So each is looked at
part by part: it holds pixels and nothing beside them, all of it can be decoded, and its size is one we give.
"""

import io
import struct
from collections.abc import Callable, Iterator, Mapping

from django.utils.translation import gettext as _
from PIL import Image

from accounts import pictures
from accounts.pictures import DAMAGE, NotAPicture, Picture

WEBP_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
JPEG_PARTS = {0xDB, 0xC4, 0xDD, 0xDA, *range(0xC0, 0xC4)}
"""Tables, restart interval, scans and the beginnings of a frame: what a JPEG needs to be drawn."""

JFIF = 0xE0
SEE_THROUGH = 0x10
"""The only thing that a WebP's VP8X may announce; others are profiles, metadata and movement."""

ROUNDED = 2
"""By how many pixels heights of one picture may part: each was rounded on its own."""

FORMATS = {"webp": "WEBP", "jpg": "JPEG", "png": "PNG"}


def accepted(files: Mapping[str, bytes]) -> Picture:
    """Return a picture of these files, by name (`480.webp`, `960.jpg`). Raises NotAPicture."""
    webp = sorted(int(stem) for stem, _, kind in map(_parted, files) if kind == "webp")
    plain = [kind for _, _, kind in map(_parted, files) if kind != "webp"]
    largest = webp[-1] if webp else 0
    steps = (*(width for width in pictures.WIDTHS if width < largest), min(largest, pictures.WIDTHS[-1]))
    if len(plain) != 1 or set(files) != set(pictures.names(steps, plain[0])):
        raise NotAPicture(
            _("There are %s; these are not the widths that we make.") % ", ".join(sorted(files))[:100]
        )
    sizes = {name: _looked_at(name, content) for name, content in files.items()}
    width, height = sizes[f"{largest}.webp"]
    for name, (wide, high) in sizes.items():
        if wide != int(_parted(name)[0]) or abs(high - height * wide / width) > ROUNDED:
            raise NotAPicture(
                _("%(name)s is %(width)d × %(height)d, which is not its size.")  # noqa: RUF001  the sign between two lengths
                % {"name": name, "width": wide, "height": high}
            )
    return Picture(width, height, steps, plain[0], dict(files))


def _parted(name: str) -> tuple[str, str, str]:
    stem, dot, kind = name.partition(".")
    if not stem.isascii() or not stem.isdigit() or len(stem) > 4 or kind not in FORMATS:
        raise NotAPicture(_("%s is no name of a picture's file.") % name[:60])
    return stem, dot, kind


def _looked_at(name: str, content: bytes) -> tuple[int, int]:
    """Return width and height of a file that holds pixels alone, all of which can be decoded."""
    kind = _parted(name)[2]
    try:
        alone = PARTS[kind](content)
    except (struct.error, IndexError, ValueError):
        alone = False
    if not alone:
        raise NotAPicture(_("%s is damaged, or holds more than its pixels.") % name)
    try:
        with Image.open(io.BytesIO(content), formats=(FORMATS[kind],)) as image:
            if image.width * image.height > pictures.MOST_PIXELS:
                raise NotAPicture(
                    _("%(name)s has more than %(most)d million pixels.")
                    % {"name": name, "most": pictures.MOST_PIXELS // 1_000_000}
                )
            image.load()
            return image.size
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, *DAMAGE) as damage:
        raise NotAPicture(_("%s is damaged: it could not be read to its end.") % name) from damage


def _is_plain_webp(content: bytes) -> bool:
    """Whether a WebP is a RIFF file of the parts that make up one still picture, and ends with the last."""
    if (
        content[:4] != b"RIFF"
        or content[8:12] != b"WEBP"
        or struct.unpack("<I", content[4:8])[0] != len(content) - 8
    ):
        return False
    at, seen = 12, set[bytes]()
    while at < len(content):
        part, size = content[at : at + 4], struct.unpack("<I", content[at + 4 : at + 8])[0]
        if part not in WEBP_PARTS - seen or (part == b"VP8X" and content[at + 8] & ~SEE_THROUGH):
            return False
        seen.add(part)
        at += 8 + size + size % 2
    return at == len(content)


def _is_plain_png(content: bytes) -> bool:
    """Whether a PNG has no part beside those that its pixels need, and ends with the last."""
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        return False
    at, part = 8, b""
    while at < len(content) and part != b"IEND":
        size, part = struct.unpack(">I4s", content[at : at + 8])
        if part not in PNG_PARTS:
            return False
        at += 12 + size
    return part == b"IEND" and at == len(content)


def _is_plain_jpeg(content: bytes) -> bool:
    """Whether a JPEG has no comment, profile or metadata, and ends with its end."""
    if content[:2] != b"\xff\xd8" or content[-2:] != b"\xff\xd9":
        return False
    return all(
        part in JPEG_PARTS or (part == JFIF and size == 16)  # without the small picture that JFIF may hold
        for part, size in _jpeg_parts(content)
    )


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield marker and length of each part of a JPEG, passing over the scans' data. Raises ValueError."""
    at, end = 2, len(content) - 2
    while at < end:
        lead, part, size = struct.unpack(">BBH", content[at : at + 4])
        if lead != 0xFF:
            raise ValueError("no marker where one must stand")
        yield part, size
        at += 2 + size
        if part == 0xDA:
            at = _after_scan(content, at)
    if at != end:
        raise ValueError("a part ends behind the file")


def _after_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands: 0xFF followed by neither 0 nor a restart."""
    while True:
        at = content.index(0xFF, at)
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:
            return at
        at += 2


PARTS: dict[str, Callable[[bytes], bool]] = {
    "webp": _is_plain_webp,
    "png": _is_plain_png,
    "jpg": _is_plain_jpeg,
}

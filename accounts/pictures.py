"""Turn an uploaded picture into the ones that we show: decoded, and drawn anew from its pixels alone. Pure.

Nothing of the file that came in goes out again: not its name, not its metadata (where it was taken, by which
telephone), not what may hang behind or between its pixels. What it is, its first bytes say, not its name.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
"""Twice what a good camera takes. It bounds the memory that decoding needs: four bytes a pixel."""

LEAST_SIDE = 16
WIDTHS = (480, 960, 1600)
"""In pixels; the reading column is at most 672 wide, a screen has up to three for each."""

FALLBACK_WIDTH = 960
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
KNOWN = gettext_lazy("JPEG, PNG, WebP or GIF")
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise at files that are not what they say."""


class NotAPicture(ValueError):
    """The file is refused. The message says why, and what to do, in an editor's words."""


@dataclass(frozen=True)
class Picture:
    """A picture in the sizes and formats that we show."""

    width: int
    """Of the largest file, in pixels."""

    height: int
    widths: tuple[int, ...]
    """Of the WebP files, from narrow to wide."""

    fallback: str
    """`jpg`, or `png` where parts of it are see-through: the format for browsers without WebP."""

    files: dict[str, bytes]
    """By name: `480.webp`, `960.jpg`."""

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) of all files: the same pixels, the same digest."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}:{len(self.files[name])}:".encode() + self.files[name])
        return digest.hexdigest()


def encode(upload: BinaryIO, *, size: int, steps: tuple[int, ...] = WIDTHS) -> Picture:
    """Return an uploaded picture in our sizes and formats, never larger than it came.

    `size`: of the upload, in bytes; `steps`: the widths that are wanted, from narrow to wide. Raises
    NotAPicture.
    """
    image = _decoded(upload, size=size, wanted=steps[-1])
    widths = (*(step for step in steps if step < image.width), min(image.width, steps[-1]))
    widths = tuple(dict.fromkeys(widths))
    sizes = {width: _narrowed(image, width) for width in widths}
    files = {f"{width}.webp": _bytes(each, "WEBP", quality=80, method=4) for width, each in sizes.items()}
    largest = sizes[widths[-1]]
    plain = sizes[fallback_width(widths)]
    fallback = "png" if plain.mode == "RGBA" else "jpg"
    files[f"{plain.width}.{fallback}"] = _for_every_program(plain)
    return Picture(largest.width, largest.height, widths, fallback, files)


def _for_every_program(image: Image.Image) -> bytes:
    """Return a picture as JPEG, or as PNG where it is see-through."""
    if image.mode == "RGBA":
        return _bytes(image, "PNG", optimize=True)
    return _bytes(image, "JPEG", quality=82, optimize=True, progressive=True)


def _decoded(upload: BinaryIO, *, size: int, wanted: int) -> Image.Image:
    """Return the pixels, upright, in sRGB, and nothing else. `wanted`: the width that is enough."""
    if size > MOST_BYTES:
        raise NotAPicture(
            _("The file has %(size)s MB; at most %(most)d MB.")
            % {"size": f"{size / 1e6:.1f}", "most": MOST_BYTES // 1_000_000}
        )
    _refuse_drawings(upload)
    try:
        with Image.open(upload, formats=FORMATS) as image:
            _check_shape(image)
            image.draft("RGB", (wanted * 2, wanted * 2))  # JPEG: decode no more than is needed
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _in_srgb(upright)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise NotAPicture(_too_many_pixels()) from bomb
    except UnidentifiedImageError as unknown:
        raise NotAPicture(_("This is no picture that we can read. Send %s.") % KNOWN) from unknown
    except DAMAGE as damage:
        raise NotAPicture(_("The picture is damaged: it could not be read to its end.")) from damage


def _refuse_drawings(upload: BinaryIO) -> None:
    """Say of SVG why it is refused: it is a program that browsers run, not a picture of pixels."""
    upload.seek(0)
    start = upload.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    upload.seek(0)
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in start:
        raise NotAPicture(
            _("SVG is refused: it can hold scripts. Save the drawing as PNG or WebP (%s).") % KNOWN
        )


def _check_shape(image: Image.Image) -> None:
    """Refuse what would take too much memory, before a pixel is decoded; and what moves."""
    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture(_too_many_pixels())
    if min(image.size) < LEAST_SIDE:
        raise NotAPicture(
            _("The picture is %(width)d × %(height)d; at least %(least)d each way.")  # noqa: RUF001  the sign between two lengths
            % {"width": image.width, "height": image.height, "least": LEAST_SIDE}
        )
    if getattr(image, "is_animated", False):
        raise NotAPicture(_("Moving pictures distract from reading. Save one of its frames, and send that."))


def _too_many_pixels() -> str:
    return _("The picture has more than %d million pixels. Make it smaller first.") % (
        MOST_PIXELS // 1_000_000
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the pixels in the colours that the web expects, with nothing that was written beside them."""
    profile = image.info.get("icc_profile")
    see_through = image.has_transparency_data
    clean = image.convert("RGBA" if see_through else "RGB") if image.mode != "CMYK" else image
    if profile and clean.mode in ("RGB", "CMYK"):
        clean = _without_profile(clean, profile)
    if clean.mode == "CMYK":
        clean = clean.convert("RGB")
    clean.info.clear()  # encoders would write comments and profiles from it
    return clean


def _without_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Return the picture with the colours that its profile means; as it is where that makes no sense."""
    try:
        meant = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, meant, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *DAMAGE):
        return image
    return converted or image


def _narrowed(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _bytes(image: Image.Image, format: str, **options: bool | int) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def names(widths: Sequence[int], fallback: str) -> Iterator[str]:
    """Yield the names of a picture's files."""
    yield from (f"{width}.webp" for width in widths)
    yield f"{fallback_width(widths)}.{fallback}"


def fallback_width(widths: Sequence[int]) -> int:
    """Return the width of the file for browsers without WebP."""
    return FALLBACK_WIDTH if FALLBACK_WIDTH in widths else widths[-1]

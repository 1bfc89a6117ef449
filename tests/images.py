"""Pictures to upload, made here: no file of anybody's telephone lies in the repository."""

import io
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

CANARY = "SECRET-PLACE-48.8566N"
"""Stands wherever a file can hold words beside its pixels, and must not come out again."""


def picture(
    format: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any
) -> bytes:
    """Return a picture's file: a gradient, so that turning and cutting it can be seen."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def with_secrets() -> dict[str, bytes]:
    """Return a file of each format with the canary in all the places that it has for words."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x0131] = CANARY  # description, software
    exif.get_ifd(0x8825)[0x001D] = CANARY  # GPS
    words = CANARY.encode()
    text = PngInfo()
    text.add_text("Comment", CANARY)
    text.add_itxt("XML:com.adobe.xmp", CANARY)
    return {
        "jpeg": picture("JPEG", exif=exif, comment=words, icc_profile=words) + b"\nPK\x03\x04" + words,
        "png": picture("PNG", exif=exif, pnginfo=text) + b"<script>" + words,
        "webp": picture("WEBP", exif=exif, xmp=words),
        "gif": picture("GIF", mode="P", comment=words) + b"/*" + words,
    }

"""Uploaded pictures: drawn anew from their pixels, and refused in words where they are not what they say."""

import io
import random
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image

from accounts import pictures
from accounts.pictures import NotAPicture, encode
from tests.images import CANARY, picture, with_secrets


def taken(content: bytes) -> pictures.Picture:
    """What becomes of an upload."""
    return encode(io.BytesIO(content), size=len(content))


def opened(content: bytes) -> Image.Image:
    """The pixels of a file."""
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_format_comes_out_as_webp_and_as_one_for_every_program(format: str) -> None:
    made = taken(picture(format, (1200, 600), mode="L" if format == "GIF" else "RGB"))
    assert (made.width, made.height, made.widths) == (1200, 600, (480, 960, 1200))
    assert sorted(made.files) == ["1200.webp", "480.webp", "960.jpg", "960.webp"]
    assert opened(made.files["480.webp"]).size == (480, 240)
    assert opened(made.files["960.jpg"]).format == "JPEG"


@pytest.mark.parametrize(
    ("wide", "widths"),
    [(100, (100,)), (480, (480,)), (481, (480, 481)), (1600, (480, 960, 1600)), (4000, (480, 960, 1600))],
)
def test_nothing_is_shown_larger_than_it_came(wide: int, widths: tuple[int, ...]) -> None:
    made = taken(picture("JPEG", (wide, 40)))
    assert made.widths == widths
    assert set(pictures.names(made.widths, made.fallback)) == set(made.files)


def test_what_is_see_through_stays_so() -> None:
    glass = Image.new("RGBA", (50, 50), (200, 90, 60, 128))
    file = io.BytesIO()
    glass.save(file, "PNG")
    made = taken(file.getvalue())
    assert made.fallback == "png"
    assert opened(made.files["50.png"]).mode == opened(made.files["50.webp"]).mode == "RGBA"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_nothing_comes_out_but_pixels(kind: str) -> None:
    upload = with_secrets()[kind]
    assert CANARY.encode() in upload
    for file in taken(upload).files.values():
        assert CANARY.encode() not in file
        assert not {"exif", "icc_profile", "comment", "xmp", "Comment"} & set(opened(file).info)
        assert b"<script" not in file
        assert b"PK\x03\x04" not in file


def test_a_picture_of_a_telephone_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    made = taken(picture("JPEG", (300, 100), exif=exif))
    assert (made.width, made.height) == (100, 300)


def test_the_same_pixels_have_the_same_digest_and_others_another() -> None:
    assert taken(picture("PNG")).digest == taken(picture("PNG")).digest
    assert taken(picture("PNG")).digest != taken(picture("PNG", (65, 48))).digest


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK", "RGBA"])
def test_every_kind_of_pixels_is_read(mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (32, 32))
    file = io.BytesIO()
    image.save(file, format)
    assert taken(file.getvalue()).width == 32


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of a PNG."""
    return b"".join(
        (struct.pack(">I", len(content)), kind, content, struct.pack(">I", zlib.crc32(kind + content)))
    )


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that says that it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """Return a PNG whose comment is a thousand times as long as its file."""
    small = picture("PNG")
    return small[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 30_000_000)) + small[33:]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "svg": (SVG, "SVG is refused"),
    "svg without a head": (b"\n<svg onload=alert(1)>", "SVG is refused"),
    "svg after words": (b"<!-- GIF89a --><svg>", "SVG is refused"),
    "html": (b"<html><script>alert(1)</script>", "no picture that we can read"),
    "html with the first bytes of a gif": (b"GIF89a<script>alert(1)</script>", "damaged|no picture"),
    "pdf": (b"%PDF-1.7 ...", "no picture that we can read"),
    "tiff": (picture("TIFF"), "no picture that we can read"),
    "bmp": (picture("BMP"), "no picture that we can read"),
    "ico": (picture("ICO"), "no picture that we can read"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture that we can read"),
    "nothing": (b"", "no picture that we can read"),
    "half of one": (picture("PNG", (400, 400))[:600], "damaged"),
    "bomb": (bomb(60_000, 60_000), "more than 40 million pixels"),
    "smaller bomb": (bomb(10_000, 10_000), "more than 40 million pixels"),
    "smallest bomb": (bomb(8_001, 5_000), "more than 40 million pixels"),
    "bomb in words": (text_bomb(), "damaged"),
    "tiny": (picture("PNG", (15, 90)), "at least 16"),
    "moving": (
        picture("GIF", mode="P", save_all=True, append_images=[Image.new("P", (64, 48), 7)]),
        "Moving pictures",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_in_words(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(NotAPicture, match=words):
        taken(content)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(NotAPicture, match=r"10\.1 MB; at most 10 MB"):
        encode(io.BytesIO(b"unread"), size=10_100_000)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # it says of broken metadata that it skips them
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif"])
def test_broken_files_are_refused_and_nothing_else_happens(kind: str) -> None:
    good, luck = with_secrets()[kind], random.Random(kind)  # noqa: S311  to break files, not to keep secrets
    for _ in range(25):
        broken = bytearray(good)
        for _ in range(luck.randint(1, 12)):
            broken[luck.randrange(len(broken))] = luck.randrange(256)
        del broken[luck.randrange(len(broken), len(broken) * 2) :]
        with suppress(NotAPicture):
            assert taken(bytes(broken)).files

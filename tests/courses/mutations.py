"""Files that are nearly what they should be: each is made from a valid one by a seeded random generator."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator

ODD = [
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u0301\U0001f600".encode(),
    b"9" * 400,
    b"-1e999999",
    b"NaN",
    b"%s%n{0}",
    b"{{" * 500,
    b"<a>" * 3_000,
    b"[" * 3_000,
    b'"',
    b"'=1+1",
    b"->=~#:\\",
    b"../../etc/passwd",
    b"&amp;&#0;&#xD800;",
    b"*_`" * 2_000,
    b"\n\n",
    b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>&c;',
]
"""What a mutation puts in: signs of the formats, numbers and texts beyond all bounds, and what is no text."""


def mutated(valid: bytes, *, seed: int, many: int) -> Iterator[bytes]:
    """Yield so many mutations of a file. Of an archive, half are mutations of a file inside it."""
    chance = random.Random(seed)  # noqa: S311 - the same mutations in every run
    for _ in range(many):
        inside = valid[:2] == b"PK" and chance.random() < 0.7
        mutate = _inside if inside else chance.choice(MUTATIONS)
        changed = valid
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            changed = mutate(changed, chance)
        yield changed


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flip(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 20)):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(ODD) + data[at:]


def _replace(data: bytes, chance: random.Random) -> bytes:
    """Put something odd in the place of a word or a number."""
    words = data.split(b" ")
    words[chance.randrange(len(words))] = chance.choice(ODD)
    return b" ".join(words)


def _drop(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    del lines[chance.randrange(len(lines))]
    return b"\n".join(lines)


def _double(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join(lines[:at] + lines[at : at + 5] * chance.choice((2, 50)) + lines[at:])


def _recode(data: bytes, chance: random.Random) -> bytes:
    coding = chance.choice(["utf-16", "utf-32", "utf-7", "latin-1", "cp037"])
    return data.decode("utf-8", "replace").encode(coding, "replace")


def _wrap(data: bytes, chance: random.Random) -> bytes:
    """Put the file into an archive of its own name, or many times one in the other."""
    for _ in range(chance.choice((1, 10))):
        data = zipped([("imsmanifest.xml", data), ("course.yaml", data)])
    return data


def _inside(data: bytes, chance: random.Random) -> bytes:
    """Mutate one file of an archive, or its name, and pack all again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            held = [(name, archive.read(name)) for name in archive.namelist()]
    except zipfile.BadZipFile:
        return data
    at = chance.randrange(len(held))
    name, content = held[at]
    if chance.random() < 0.1:
        name = chance.choice([f"../{name}", f"/{name}", name * 40, name.replace("/", "\\"), "a/" * 80 + name])
    else:
        content = chance.choice(TEXT_MUTATIONS)(content, chance)
    held[at] = (name, content)
    return zipped(held)


def zipped(held: list[tuple[str, bytes]]) -> bytes:
    """Return an archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held:
            archive.writestr(name, content)
    return out.getvalue()


Mutation = Callable[[bytes, random.Random], bytes]
TEXT_MUTATIONS: list[Mutation] = [_cut, _flip, _insert, _insert, _replace, _replace, _drop, _double, _recode]
MUTATIONS: list[Mutation] = [*TEXT_MUTATIONS, _wrap]

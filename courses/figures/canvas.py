"""Marks of an SVG drawing as text, with everything escaped, and how much room words need. Pure.

Lengths are units of the drawing's view box. Colours come from the stylesheet by class, never from here.
"""

from dataclasses import dataclass
from html import escape

WIDE, NARROW = 640, 280
"""The two widths in which every figure is drawn: for a reading column, and for a phone."""

TEXT, SMALL, HEAD = 14, 13, 16
"""Sizes of letters; the stylesheet has the same under `.diagram text`, `.small` and `.head`."""

LINE = 1.3
"""From one line of a text to the next, as a multiple of its size."""

WIDTHS = (
    (" ijlI.,:;'\u2019|!", 0.29),
    ('ftr()[]-/"“”', 0.41),
    ("mwMW@%…", 0.92),
)
"""Widths of characters as a multiple of the size, a little more than in Inter; bold as wide as in DejaVu."""

LETTER, CAPITAL, BOLDER = 0.59, 0.70, 1.16


@dataclass(frozen=True)
class Drawing:
    """A figure in one width: its marks, safe as they stand."""

    width: int
    height: int
    markup: str


def number(value: float) -> str:
    """Return a length in its shortest spelling, to a tenth."""
    return format(round(value, 1) + 0, "g")


def element(name: str, content: str = "", **attributes: str | float) -> str:
    """Return an element. Its content is markup; attributes are escaped, `class_` is `class`, `_` is `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def rect(x: float, y: float, width: float, height: float, kind: str, round_: float = 6) -> str:
    """Return a rectangle of a class, its corners rounded."""
    return element("rect", class_=kind, x=x, y=y, width=width, height=height, rx=round_)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a straight line of a class."""
    return element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def path(kind: str, *points: tuple[float, float]) -> str:
    """Return a line of a class through all the points."""
    places = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return element("path", class_=kind, d=f"M{places}")


def arrow_head(x: float, y: float, kind: str = "tip", *, down: bool = False) -> str:
    """Return the head of an arrow that ends at a point, pointing to the right or down."""
    back = [(x - 4, y - 6), (x + 4, y - 6)] if down else [(x - 6, y - 4), (x - 6, y + 4)]
    corners = " L".join(f"{number(a)} {number(b)}" for a, b in [(x, y), *back])
    return element("path", class_=kind, d=f"M{corners}Z")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Return one line of words on a base line; `anchor` says which part of it stands at x."""
    attributes: dict[str, str | float] = {"class_": kind} if kind else {}
    if anchor != "start":
        attributes["text_anchor"] = anchor
    return element("text", escape(words), x=x, y=y, **attributes)


def texts(
    x: float, y: float, lines: list[str], kind: str = "", anchor: str = "start", size: float = TEXT
) -> str:
    """Return lines of words below each other, the first on the base line y."""
    return "".join(text(x, y + n * size * LINE, words, kind, anchor) for n, words in enumerate(lines))


def length(words: str, size: float = TEXT, *, bold: bool = False) -> float:
    """Return about how wide a line of words is: rather too much than too little."""
    em = 0.0
    for character in words:
        default = CAPITAL if character.isupper() or character.isdigit() else LETTER
        em += next((width for characters, width in WIDTHS if character in characters), default)
    return em * size * (BOLDER if bold else 1)


def wrap(words: str, width: float, size: float = TEXT, *, bold: bool = False) -> list[str]:
    """Return words broken into lines that fit the width; a word that is too long has a line of its own."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and length(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines

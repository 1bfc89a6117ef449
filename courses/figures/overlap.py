"""Two overlapping circles: what product work leans on, what project work leans on, what both share. Pure."""

from dataclasses import dataclass

from courses.figures.canvas import (
    HEAD,
    NARROW,
    TEXT,
    WIDE,
    Drawing,
    element,
    length,
    number,
    text,
    texts,
    wrap,
)
from courses.figures.shape import Numbers, Table
from courses.wording import gettext as _
from courses.wording import gettext_lazy
from courses.yaml_records import Record

NAME = "overlap"
MOST = 5
ROOMS = {"product": 190, "both": 175, "project": 190}
"""What one entry may take of the narrow drawing, where it has one line."""

HEADS = {"product": gettext_lazy("Product"), "both": gettext_lazy("Both"), "project": gettext_lazy("Project")}
PITCH = 18.5
GAP = 7.0
"""Between two entries, where an entry may take two lines."""


@dataclass(frozen=True)
class Content:
    """The entries of each part."""

    product: tuple[str, ...]
    both: tuple[str, ...]
    project: tuple[str, ...]

    def part(self, side: str) -> tuple[str, ...]:
        """Return the entries of one part."""
        return {"product": self.product, "both": self.both, "project": self.project}[side]


@dataclass(frozen=True)
class Circles:
    """Two circles of one radius, beside or above each other."""

    radius: float
    first: tuple[float, float]
    second: tuple[float, float]

    @property
    def lens(self) -> str:
        """The path around what both cover: two arcs between the two points where the circles meet."""
        (x1, y1), (x2, y2) = self.first, self.second
        half = (self.radius**2 - ((x2 - x1) ** 2 + (y2 - y1) ** 2) / 4) ** 0.5
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        beside = y1 == y2
        one, other = ((x, y - half), (x, y + half)) if beside else ((x + half, y), (x - half, y))
        r = number(self.radius)
        ends = [f"{number(a)} {number(b)}" for a, b in (one, other)]
        return f"M{ends[0]}A{r} {r} 0 0 1 {ends[1]}A{r} {r} 0 0 1 {ends[0]}Z"


BESIDE = Circles(196, (206, 200), (434, 200))
ABOVE = Circles(138, (140, 140), (140, 292))


def read(record: Record) -> Content:
    """Read the entries: at most five short ones a part, as more find no room."""
    parts = []
    for side in HEADS:
        entries = record.labels(side, most=30)
        for entry in entries:
            if length(entry) > ROOMS[side]:
                record.report(side, _("%(entry)r is too long for a circle on a phone") % {"entry": entry})
        if record.has(side) and not 1 <= len(entries) <= MOST:
            record.report(
                side,
                _("%(side)s holds 1 to %(most)s entries, not %(count)s")
                % {"side": side, "most": MOST, "count": len(entries)},
            )
        parts.append(entries)
    return Content(*parts)


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw the circles beside each other, or above each other where it is narrow."""
    return _beside(content) if width == WIDE else _above(content)


def rows(content: Content, numbers: Numbers) -> Table:
    """Return one row a part."""
    return Table(
        (_("Leans on it"), _("What")),
        tuple((str(HEADS[side]), "; ".join(content.part(side))) for side in ("product", "both", "project")),
    )


def _discs(circles: Circles) -> list[str]:
    (x1, y1), (x2, y2) = circles.first, circles.second
    return [
        element("circle", class_="disc-product", cx=x1, cy=y1, r=circles.radius),
        element("circle", class_="disc-project", cx=x2, cy=y2, r=circles.radius),
        element("path", class_="disc-both", d=circles.lens),
    ]


def _beside(content: Content) -> Drawing:
    marks = _discs(BESIDE)
    for side, x, room in (("product", 128, 180), ("both", 320, 134), ("project", 512, 180)):
        blocks = [wrap(entry, room) for entry in content.part(side)]
        height = sum(PITCH * len(block) + GAP for block in blocks) + PITCH
        y = BESIDE.first[1] - height / 2 + HEAD * 0.7
        marks.append(text(x, y, str(HEADS[side]), "head on-disc", "middle"))
        y += PITCH + GAP
        for block in blocks:
            marks.append(texts(x, y, block, "on-disc", "middle"))
            y += PITCH * len(block) + GAP
    return Drawing(WIDE, 400, "".join(marks))


def _above(content: Content) -> Drawing:
    marks = _discs(ABOVE)
    for side, middle in (("product", 82.0), ("both", 216.0), ("project", 350.0)):
        entries = content.part(side)
        y = middle - len(entries) * PITCH / 2 + TEXT / 3
        marks.append(text(NARROW / 2, y, str(HEADS[side]), "head on-disc", "middle"))
        for entry in entries:
            y += PITCH
            marks.append(text(NARROW / 2, y, entry, "on-disc", "middle"))
    return Drawing(NARROW, 432, "".join(marks))

"""A bar for each of several facts of one unit, and what nobody said about them. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from courses.figures.canvas import LINE, SMALL, TEXT, Drawing, length, line, rect, text, texts, wrap
from courses.figures.shape import SIDES, Number, Numbers, Table, Undrawable
from courses.wording import gettext as _
from courses.yaml_records import Record

NAME = "bars"
MOST = 6
PAD = 10.0
BAR = 32.0
CHIP = 27.0


@dataclass(frozen=True)
class Bar:
    """One fact, under a name of its own."""

    label: str
    side: str
    fact: str


@dataclass(frozen=True)
class Content:
    """The bars, and what the source leaves open."""

    bars: tuple[Bar, ...]
    not_stated: tuple[str, ...]


def read(record: Record) -> Content:
    """Read the bars; each names a fact."""
    content = Content(
        bars=tuple(_bar(bar) for bar in record.records("bars")),
        not_stated=record.labels("not_stated", most=26) if record.has("not_stated") else (),
    )
    if len(content.bars) > MOST:
        record.report(
            "bars",
            _("bars holds at most %(most)s bars, not %(count)s") % {"most": MOST, "count": len(content.bars)},
        )
    return content


def _bar(record: Record) -> Bar:
    bar = Bar(record.text("label", most=30), record.one_of("side", SIDES), record.key("fact"))
    record.finish()
    return bar


def rows(content: Content, numbers: Numbers) -> Table:
    """Return each fact with all that is known about it."""
    found = []
    for bar in content.bars:
        fact = numbers[bar.fact]
        found.append((bar.label, f"{fact.show}, {fact.unit}", fact.as_of, fact.source, fact.bears))
    return Table((_("What"), _("Figure"), _("As of"), _("Source"), _("What it can bear")), tuple(found))


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw the bars from zero. Raises Undrawable if the facts are not of one unit, or one is below zero."""
    facts = [numbers[bar.fact] for bar in content.bars]
    if len({fact.unit for fact in facts}) > 1 or min(fact.value for fact in facts) < 0:
        raise Undrawable(_("bars need facts of one unit, none of them below zero"))
    step = _step(max(fact.value for fact in facts))
    scale = (width - 2 * PAD) / float(_top(facts, step))
    marks: list[str] = []
    y = 0.0
    for bar, fact in zip(content.bars, facts, strict=True):
        y += TEXT + 2
        marks.append(text(PAD + 5, y, bar.label, f"strong {bar.side}"))
        y += 8
        drawn, y = _marks(bar, fact, y, scale, width)
        marks += drawn
    grid = _axis(facts, step, y, scale, width)
    y += 22 + SMALL
    if content.not_stated:
        chips, y = _not_stated(content.not_stated, y + 20, width)
        marks += chips
    return Drawing(width, round(y + 6), "".join(grid + marks))


def _marks(bar: Bar, fact: Number, y: float, scale: float, width: int) -> tuple[list[str], float]:
    """Draw a bar, its figure in it, behind it or below it, where there is room; return also the next row."""
    end = float(fact.value) * scale
    base = y + BAR / 2 + TEXT * 0.36
    drawn = rect(PAD, y, max(end, 2), BAR, f"disc-{bar.side}", 5)
    room = length(fact.show, bold=True)
    if room + 20 <= end:
        return [drawn, text(PAD + end - 10, base, fact.show, "strong on-disc", "end")], y + BAR + 14
    if PAD + end + 8 + room <= width:
        return [drawn, text(PAD + end + 8, base, fact.show, "strong halo")], y + BAR + 14
    lines = wrap(fact.show, width - 2 * PAD - 5, bold=True)
    below = texts(PAD + 5, y + BAR + TEXT + 3, lines, "strong")
    return [drawn, below], y + BAR + len(lines) * TEXT * LINE + 14


def _step(highest: Decimal) -> Decimal:
    """Return the distance between lines of the grid: 1, 2 or 5 times a power of ten, at most four lines."""
    step = Decimal(10) ** (highest or Decimal(1)).adjusted()
    for factor in (Decimal("0.2"), Decimal("0.5"), Decimal(1), Decimal(2)):
        if highest <= 4 * factor * step:
            return factor * step
    return 5 * step


def _top(facts: list[Number], step: Decimal) -> Decimal:
    """Return where the axis ends: a little beyond the longest bar."""
    return max(*(fact.value for fact in facts), step) * Decimal("1.04")


def _axis(facts: list[Number], step: Decimal, y: float, scale: float, width: int) -> list[str]:
    grid = [line(PAD, 0, PAD, y, "axis")]
    at = Decimal(0)
    while at <= _top(facts, step):
        x = PAD + float(at) * scale
        label = f"{at.normalize():,f}"
        fits = x + length(label, SMALL) / 2 <= width
        anchor = ("middle" if fits else "end") if at else "start"
        grid.append(text(x, y + SMALL + 2, label, "small quiet tabular", anchor))
        if at:
            grid.append(line(x, 0, x, y, "grid-line"))
        at += step
    grid.append(text(PAD, y + 2 * SMALL + 8, facts[0].unit, "small quiet"))
    return grid


def _not_stated(labels: tuple[str, ...], y: float, width: int) -> tuple[list[str], float]:
    """Draw what is not known as empty boxes, as many in a row as fit; return also where they end."""
    marks = [text(PAD, y + TEXT, _("Not stated by the source:"), "small strong quiet")]
    y += TEXT + 12
    x = PAD
    for label in labels:
        room = length(label, SMALL) + 22
        if x > PAD and x + room > width - PAD:
            x, y = PAD, y + CHIP + 8
        marks += [
            rect(x, y, room, CHIP, "unknown", CHIP / 2),
            text(x + room / 2, y + CHIP / 2 + SMALL * 0.36, label, "small", "middle"),
        ]
        x += room + 8
    return marks, y + CHIP

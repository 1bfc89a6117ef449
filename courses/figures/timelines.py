"""Spans and moments on one axis of time, in lanes: the projects above, the product's life below. Pure."""

from dataclasses import dataclass
from itertools import pairwise

from courses.figures.canvas import LINE, TEXT, Drawing, element, length, line, rect, text, texts, wrap
from courses.figures.shape import SIDES, Numbers, Table
from courses.wording import gettext as _
from courses.yaml_records import Record

NAME = "timelines"
MOST_UNTIL = 600
MOST_TICKS = 6
STEPS = (1, 2, 3, 6, 12, 24, 48, 60, 120)
PAD = 10.0
BAR = 26.0
ROW = 38.0


@dataclass(frozen=True)
class Span:
    """From one time to a later one."""

    label: str
    begin: int
    end: int


@dataclass(frozen=True)
class Moment:
    """A point in time."""

    label: str
    at: int


@dataclass(frozen=True)
class Lane:
    """What belongs together, such as all projects."""

    name: str
    side: str
    spans: tuple[Span, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Content:
    """Lanes on an axis from 0 to `until`, in units such as "months"."""

    unit: str
    until: int
    lanes: tuple[Lane, ...]
    mark: Moment | None
    """A moment that cuts through all lanes."""


def read(record: Record) -> Content:
    """Read the lanes; whatever lies beyond the axis is a fault."""
    until = record.number("until", least=1, most=MOST_UNTIL)
    mark = record.record("mark") if record.has("mark") else None
    return Content(
        unit=record.text("unit", most=12),
        until=until,
        lanes=tuple(_lane(lane, until) for lane in record.records("lanes")),
        mark=_moment(mark, until) if mark else None,
    )


def _lane(record: Record, until: int) -> Lane:
    lane = Lane(
        name=record.text("name", most=30),
        side=record.one_of("side", SIDES),
        spans=tuple(_span(span, until) for span in record.records("spans")),
        moments=tuple(_moment(moment, until) for moment in record.records("moments"))
        if record.has("moments")
        else (),
    )
    record.finish()
    return lane


def _span(record: Record, until: int) -> Span:
    span = Span(
        record.text("label", most=30),
        record.number("from", most=until),
        record.number("to", least=1, most=until),
    )
    if span.begin >= span.end:
        record.report("to", _("to must lie after from"))
    record.finish()
    return span


def _moment(record: Record, until: int) -> Moment:
    moment = Moment(record.text("label", most=30), record.number("at", most=until))
    record.finish()
    return moment


def rows(content: Content, numbers: Numbers) -> Table:
    """Return a row for each span and moment, in the order of time within its lane."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for place, lane in enumerate(content.lanes):
        timed = [
            (span.begin, _("%(begin)s to %(end)s") % {"begin": span.begin, "end": span.end}, span.label)
            for span in lane.spans
        ]
        timed += [(moment.at, str(moment.at), moment.label) for moment in lane.moments]
        found += [(place, (label, when, lane.name)) for _, when, label in sorted(timed)]
    if content.mark:
        found.insert(0, (0, (content.mark.label, str(content.mark.at), "")))
    return Table((_("What"), content.unit.capitalize(), _("Where")), tuple(cells for _, cells in found))


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw the lanes below each other, above their axis."""
    scale = (width - 2 * PAD) / content.until
    marks: list[str] = []
    y = 22.0 if content.mark else 0.0
    for lane in content.lanes:
        y += TEXT + 4
        marks.append(text(PAD, y, lane.name, f"strong halo {lane.side}"))
        y += 12
        for span in lane.spans:
            bar = y
            drawn, y = _bar(span, lane, y, scale, width)
            marks += drawn
        drawn, y = _flags(lane, bar, y + 4, scale, width)
        marks += drawn
        y += 8
    grid = _axis(content, y, scale)
    if content.mark:
        x = PAD + content.mark.at * scale
        half = length(content.mark.label, bold=True) / 2
        grid.append(line(x, 20, x, y, "cut"))
        marks.append(text(min(max(x, half), width - half), 14, content.mark.label, "strong", "middle"))
    return Drawing(width, round(y + 42), "".join(grid + marks))


def _bar(span: Span, lane: Lane, y: float, scale: float, width: int) -> tuple[list[str], float]:
    """Draw a span; its words stand in it where they fit, else beside it, else below. Return the next row."""
    begin, end = PAD + span.begin * scale, PAD + span.end * scale
    bar = rect(begin, y, max(end - begin, 4), BAR, f"disc-{lane.side}", 5)
    base, room = y + BAR / 2 + TEXT * 0.36, length(span.label)
    stops = [begin, *sorted(PAD + m.at * scale for m in lane.moments if span.begin < m.at < span.end), end]
    for left, right in pairwise(stops):
        if room + 20 <= right - left:
            return [bar, text((left + right) / 2, base, span.label, "on-disc", "middle")], y + ROW
    right, left = width - end - 7, begin - 7
    to_right = right >= min(room, left)
    lines = wrap(span.label, right if to_right else left)
    if len(lines) > 2 or max(length(words) for words in lines) > max(right, left):
        below = text(max(min(begin, width - room), 0), y + BAR + TEXT + 3, span.label, "halo")
        return [bar, below], y + ROW + TEXT * LINE
    first = base - (len(lines) - 1) * TEXT * LINE / 2
    if to_right:
        return [bar, texts(end + 7, first, lines, "halo")], y + ROW
    return [bar, texts(begin - 7, first, lines, "halo", "end")], y + ROW


def _flags(lane: Lane, bar: float, y: float, scale: float, width: int) -> tuple[list[str], float]:
    """Draw moments as pins on the bar above, their words at the pins' ends; return also where those end.

    The latest comes first, so that no pin has to pass through the words of another that stand to its right.
    """
    pins: list[str] = []
    words: list[str] = []
    for moment in sorted(lane.moments, key=lambda moment: -moment.at):
        x = PAD + moment.at * scale
        label = f"{moment.at}: {moment.label}"
        to_right = width - x - 8 >= min(length(label), x - 8)
        lines = wrap(label, width - x - 8 if to_right else x - 8)
        pins.append(line(x, bar + BAR / 2, x, y + TEXT - 4, "pin"))
        pins.append(element("circle", class_="dot", cx=x, cy=bar + BAR / 2, r=5))
        at = x + 7 if to_right else x - 7
        words.append(texts(at, y + TEXT, lines, "halo", "start" if to_right else "end"))
        y += len(lines) * TEXT * LINE + 6
    return pins + words, y


def _axis(content: Content, y: float, scale: float) -> list[str]:
    step = next((step for step in STEPS if content.until / step <= MOST_TICKS), content.until)
    grid = [line(PAD, y, PAD + content.until * scale, y, "axis")]
    for at in range(0, content.until + 1, step):
        x = PAD + at * scale
        grid += [
            line(x, 22, x, y, "grid-line"),
            text(x, y + 17, str(at), "small quiet tabular", "middle"),
        ]
    grid.append(text(PAD, y + 35, content.unit.capitalize(), "small quiet"))
    return grid

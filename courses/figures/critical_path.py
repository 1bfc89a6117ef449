"""Tasks on an axis of time by what they wait for; the chain that decides the date stands out. Pure.

The times are worked out here, by the critical path method: earliest times in a pass forwards, latest times
in a pass backwards; slack is what lies between, and tasks without slack are critical.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.figures.canvas import (
    SMALL,
    TEXT,
    Drawing,
    arrow_head,
    length,
    line,
    path,
    rect,
    text,
    texts,
    wrap,
)
from courses.figures.shape import NOTHING, Numbers, Table
from courses.wording import gettext as _
from courses.yaml_records import Record

NAME = "critical-path"
MOST_TASKS = 12
MOST_TIME = 60
MOST_TICKS = 14
STEPS = (1, 2, 5, 10, 20, 50, 100)
PAD = 9.0
BAR = 24.0
ROW = 48.0
SHORTEST = 16
"""Of so many parts of the whole time a task takes one at least, or its bar would vanish on a phone."""


@dataclass(frozen=True)
class Task:
    """One piece of work: how long it takes, and the keys of what it waits for."""

    key: str
    name: str
    time: int
    after: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """Tasks, each listed after those that it waits for."""

    unit: str
    tasks: tuple[Task, ...]
    slack: bool
    """Whether to show how far a task may move without moving the end."""


@dataclass(frozen=True)
class Times:
    """When a task can begin and end at the earliest, and may do so at the latest; counted from 0."""

    begin: int
    end: int
    latest_begin: int
    latest_end: int

    @property
    def slack(self) -> int:
        """How far the task may move without moving the end."""
        return self.latest_begin - self.begin


def read(record: Record) -> Content:
    """Read the tasks; one that waits for what stands below it, or nowhere, is a fault."""
    tasks: dict[str, Task] = {}
    for entry in record.records("tasks"):
        task = _task_of(entry, tasks)
        if task.key in tasks:
            entry.report("key", _("two tasks have the key %(key)r") % {"key": task.key})
        tasks.setdefault(task.key, task)
    if len(tasks) > MOST_TASKS:
        record.report(
            "tasks",
            _("tasks holds at most %(most_tasks)s, not %(count)s")
            % {"most_tasks": MOST_TASKS, "count": len(tasks)},
        )
    shortest = min((task.time for task in tasks.values()), default=1)
    whole = max((at.end for at in times(list(tasks.values())).values()), default=1)
    if whole > SHORTEST * shortest:
        record.report(
            "tasks",
            _("a time of %(shortest)s in %(whole)s is too short to be seen on a phone")
            % {"shortest": shortest, "whole": whole},
        )
    slack = record.flag("slack", default=False)
    return Content(record.text("unit", most=12), tuple(tasks.values()), slack)


def _task_of(entry: Record, above: Mapping[str, Task]) -> Task:
    """Read one task; what it waits for stands above it."""
    after = entry.labels("after", most=3) if entry.has("after") else ()
    for key in after:
        if key not in above:
            entry.report("after", _("waits for %(key)r, and no task above it has that key") % {"key": key})
    task = Task(
        entry.text("key", most=3),
        entry.text("name", most=18),
        entry.number("time", least=1, most=MOST_TIME),
        tuple(key for key in after if key in above),
    )
    entry.finish()
    return task


def times(tasks: Sequence[Task]) -> dict[str, Times]:
    """Return the times of each task by its key; a task stands after those that it waits for."""
    begin: dict[str, int] = {}
    end: dict[str, int] = {}
    for task in tasks:
        begin[task.key] = max((end[key] for key in task.after), default=0)
        end[task.key] = begin[task.key] + task.time
    last = max(end.values(), default=0)
    latest: dict[str, int] = {}
    for task in reversed(tasks):
        behind = [latest[other.key] - other.time for other in tasks if task.key in other.after]
        latest[task.key] = min(behind, default=last)
    return {
        task.key: Times(begin[task.key], end[task.key], latest[task.key] - task.time, latest[task.key])
        for task in tasks
    }


def rows(content: Content, numbers: Numbers) -> Table:
    """Return each task with its times."""
    found = times(content.tasks)
    head = [_("Task"), content.unit.capitalize(), _("Waits for"), _("Earliest beginning"), _("Earliest end")]
    head += (
        [_("Latest beginning"), _("Latest end"), _("Slack")] if content.slack else [_("On the critical path")]
    )
    lines = []
    for task in content.tasks:
        at = found[task.key]
        cells = [f"{task.key} {task.name}", str(task.time), ", ".join(task.after) or NOTHING]
        cells += [str(at.begin), str(at.end)]
        late = [str(at.latest_begin), str(at.latest_end), str(at.slack)]
        cells += late if content.slack else [_("no") if at.slack else _("yes")]
        lines.append(tuple(cells))
    return Table(tuple(head), tuple(lines))


@dataclass(frozen=True)
class _Frame:
    """Where a time stands, and what is left free at either end of a bar for the lines that pass."""

    width: int
    end: int
    shortest: int

    @property
    def unit(self) -> float:
        return (self.width - 2 * PAD) / self.end

    @property
    def gutter(self) -> float:
        return min(6.0, self.shortest * self.unit / 4)

    def x(self, time: int) -> float:
        return PAD + time * self.unit


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw a bar a task in the order of beginning, and a line from each task to what waits for it."""
    at = times(content.tasks)
    frame = _Frame(width, max(each.end for each in at.values()), min(task.time for task in content.tasks))
    order = sorted(content.tasks, key=lambda task: (at[task.key].begin, bool(task.after), at[task.key].end))
    top = {task.key: n * ROW + TEXT + 6 for n, task in enumerate(order)}
    bottom = len(order) * ROW
    marks = _axis(frame, bottom, content.unit)
    if content.slack:
        marks += [_room(at[task.key], top[task.key], frame) for task in order if at[task.key].slack]
    for task in order:
        for key in task.after:
            marks += _link(at[key], at[task.key], top[key], top[task.key], frame)
    for task in order:
        marks += _task(task, at[task.key], top[task.key], frame, content.slack)
    legend, y = _legend(content, at, frame, bottom + 44)
    return Drawing(width, round(y), "".join(marks + legend))


def _axis(frame: _Frame, bottom: float, unit: str) -> list[str]:
    step = next((step for step in STEPS if frame.end / step <= MOST_TICKS), frame.end)
    marks = [line(PAD, bottom, frame.x(frame.end), bottom, "axis")]
    for at in range(0, frame.end + 1, step):
        x = frame.x(at)
        marks.append(line(x, 0, x, bottom, "grid-line"))
        marks.append(text(x, bottom + 16, str(at), "small quiet tabular", "middle"))
    over = _("%(unit)s that are over") % {"unit": unit.capitalize()}
    marks.append(text(PAD, bottom + 33, over, "small quiet"))
    return marks


def _room(at: Times, y: float, frame: _Frame) -> str:
    """Draw how far a task may move."""
    x = frame.x(at.end) - frame.gutter
    return rect(x, y + 4, frame.x(at.latest_end) - frame.gutter - x, BAR - 8, "room", 4)


def _link(before: Times, after: Times, from_y: float, to_y: float, frame: _Frame) -> list[str]:
    """Draw what waits: along the row while it waits, then down and into the bar."""
    x1, x2 = frame.x(before.end), frame.x(after.begin)
    y1, y2 = from_y + BAR / 2, to_y + BAR / 2
    critical = " critical" if x1 == x2 and not before.slack and not after.slack else ""
    marks = [] if x1 == x2 else [path("waits", (x1 - frame.gutter, y1), (x2, y1))]
    start = (x1 - frame.gutter, y1) if x1 == x2 else (x2, y1)
    tip = arrow_head(x2 + frame.gutter, y2, f"tip{critical}")
    return [*marks, path(f"way{critical}", start, (x2, y1), (x2, y2), (x2 + 1, y2)), tip]


def _task(task: Task, at: Times, y: float, frame: _Frame, slack: bool) -> list[str]:
    x, end = frame.x(at.begin) + frame.gutter, frame.x(at.end) - frame.gutter
    critical = not at.slack
    name = f"{task.key} {task.name}"
    if slack and at.slack:
        name = _("%(task)s, slack %(time)s") % {"task": name, "time": at.slack}
    label = min(x, frame.width - length(name, SMALL, bold=critical) - 2)
    return [
        rect(x, y, end - x, BAR, "task critical" if critical else "task", 5),
        text((x + end) / 2, y + BAR / 2 + SMALL * 0.36, str(task.time), _number_class(critical), "middle"),
        text(label, y - 5, name, "small halo strong" if critical else "small halo"),
    ]


def _number_class(critical: bool) -> str:
    return "small strong on-ink" if critical else "small strong"


def _legend(content: Content, at: dict[str, Times], frame: _Frame, y: float) -> tuple[list[str], float]:
    """Say what bars and lines mean; return also where the words end."""
    chain = ", ".join(task.key for task in content.tasks if not at[task.key].slack)
    words = {"chain": chain, "time": frame.end, "unit": content.unit}
    entries = [
        ("task critical", _("critical: %(chain)s; %(time)s %(unit)s in all") % words),
        ("task", _("not critical")),
    ]
    if content.slack:
        entries.append(("room", _("how far it may move")))
    marks: list[str] = []
    x = PAD
    for kind, meaning in [*entries, ("waits", _("waits"))]:
        lines = wrap(meaning, frame.width - PAD - 36, SMALL)
        room = 30 + max(length(each, SMALL) for each in lines) + 16
        if x > PAD and x + room - 16 > frame.width:
            x, y = PAD, y + 22
        sample = path(kind, (x, y + 7), (x + 22, y + 7)) if kind == "waits" else rect(x, y, 22, 14, kind, 4)
        marks += [sample, texts(x + 30, y + 12, lines, "small", size=SMALL)]
        x += room
        y += (len(lines) - 1) * SMALL * 1.3
    return marks, y + 20

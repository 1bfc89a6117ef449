"""Tasks on an axis of time by what they wait for; the chain that decides the date stands out. Pure.

The times are worked out here, by the critical path method: earliest times in a pass forwards, latest times
in a pass backwards; slack is what lies between, and tasks without slack are critical.
"""

from collections.abc import Sequence
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
from courses.yaml_records import Record

NAME = "critical-path"
MOST_TASKS = 12
MOST_TIME = 60
MOST_TICKS = 14
STEPS = (1, 2, 5, 10, 20, 50, 100)
PAD = 9.0
BAR = 24.0
ROW = 48.0
GUTTER = 6.0
"""Left free at either end of a bar, so that lines can pass between a task and what waits for it."""


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
    lines = record.records("tasks")
    for entry in lines:
        task = Task(
            entry.text("key", most=3),
            entry.text("name", most=18),
            entry.number("time", least=1, most=MOST_TIME),
            entry.labels("after", most=3) if entry.has("after") else (),
        )
        entry.finish()
        if task.key in tasks:
            entry.report("key", f"two tasks have the key {task.key!r}")
        for key in task.after:
            if key not in tasks:
                entry.report("after", f"waits for {key!r}, and no task above it has that key")
        tasks[task.key] = task
    if len(lines) > MOST_TASKS:
        record.report("tasks", f"tasks holds at most {MOST_TASKS}, not {len(lines)}")
    slack = record.flag("slack", default=False)
    return Content(record.text("unit", most=12), tuple(tasks.values()), slack)


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
    head = ["Task", content.unit.capitalize(), "Waits for", "Earliest beginning", "Earliest end"]
    head += ["Latest beginning", "Latest end", "Slack"] if content.slack else ["On the critical path"]
    lines = []
    for task in content.tasks:
        at = found[task.key]
        cells = [f"{task.key} {task.name}", str(task.time), ", ".join(task.after) or NOTHING]
        cells += [str(at.begin), str(at.end)]
        late = [str(at.latest_begin), str(at.latest_end), str(at.slack)]
        cells += late if content.slack else ["no" if at.slack else "yes"]
        lines.append(tuple(cells))
    return Table(tuple(head), tuple(lines))


def draw(content: Content, width: int, numbers: Numbers) -> Drawing:
    """Draw a bar a task in the order of beginning, and a line from each task to what waits for it."""
    at = times(content.tasks)
    end = max(each.end for each in at.values())
    scale = (width - 2 * PAD) / end
    order = sorted(content.tasks, key=lambda task: (at[task.key].begin, bool(task.after), at[task.key].end))
    top = {task.key: n * ROW + TEXT + 6 for n, task in enumerate(order)}
    bottom = len(order) * ROW
    marks = _axis(end, bottom, scale, content.unit)
    for task in order:
        for key in task.after:
            critical = not at[task.key].slack and not at[key].slack and at[key].end == at[task.key].begin
            marks += _link(at[key].end, at[task.key].begin, top[key], top[task.key], scale, critical)
    for task in order:
        marks += _task(task, at[task.key], top[task.key], scale, width, content.slack)
    legend, y = _legend(content, at, end, bottom + 44, width)
    return Drawing(width, round(y), "".join(marks + legend))


def _axis(end: int, bottom: float, scale: float, unit: str) -> list[str]:
    step = next((step for step in STEPS if end / step <= MOST_TICKS), end)
    marks = [line(PAD, bottom, PAD + end * scale, bottom, "axis")]
    for at in range(0, end + 1, step):
        x = PAD + at * scale
        marks.append(line(x, 0, x, bottom, "grid-line"))
        marks.append(text(x, bottom + 16, str(at), "small quiet tabular", "middle"))
    marks.append(text(PAD, bottom + 33, f"{unit.capitalize()} that are over", "small quiet"))
    return marks


def _link(end: int, begin: int, from_y: float, to_y: float, scale: float, critical: bool) -> list[str]:
    """Draw what waits: along the row while it waits, then down and into the bar."""
    x1, x2 = PAD + end * scale, PAD + begin * scale
    y1, y2 = from_y + BAR / 2, to_y + BAR / 2
    kind = "way critical" if critical else "way"
    marks = [] if x1 == x2 else [path("waits", (x1 - GUTTER, y1), (x2, y1))]
    start = (x1 - GUTTER, y1) if x1 == x2 else (x2, y1)
    tip = arrow_head(x2 + GUTTER, y2, "tip critical" if critical else "tip")
    return [*marks, path(kind, start, (x2, y1), (x2, y2), (x2 + 1, y2)), tip]


def _task(task: Task, at: Times, y: float, scale: float, width: int, slack: bool) -> list[str]:
    x, end = PAD + at.begin * scale + GUTTER, PAD + at.end * scale - GUTTER
    critical = not at.slack
    name = f"{task.key} {task.name}"
    if slack and at.slack:
        name += f", slack {at.slack}"
    label = min(x, width - length(name, SMALL, bold=critical) - 2)
    marks = []
    if slack and at.slack:
        room = rect(end, y + 4, PAD + at.latest_end * scale - GUTTER - end, BAR - 8, "room", 4)
        marks.append(room)
    return [
        *marks,
        rect(x, y, end - x, BAR, "task critical" if critical else "task", 5),
        text((x + end) / 2, y + BAR / 2 + SMALL * 0.36, str(task.time), _number_class(critical), "middle"),
        text(label, y - 5, name, "small halo strong" if critical else "small halo"),
    ]


def _number_class(critical: bool) -> str:
    return "small strong on-ink" if critical else "small strong"


def _legend(
    content: Content, at: dict[str, Times], end: int, y: float, width: int
) -> tuple[list[str], float]:
    """Say what bars and lines mean; return also where the words end."""
    chain = ", ".join(task.key for task in content.tasks if not at[task.key].slack)
    entries = [("task critical", f"critical: {chain}; {end} {content.unit} in all"), ("task", "not critical")]
    if content.slack:
        entries.append(("room", "how far it may move"))
    marks: list[str] = []
    x = PAD
    for kind, meaning in [*entries, ("waits", "waits")]:
        words = wrap(meaning, width - PAD - 36, SMALL)
        room = 30 + max(length(each, SMALL) for each in words) + 16
        if x > PAD and x + room - 16 > width:
            x, y = PAD, y + 22
        sample = path(kind, (x, y + 7), (x + 22, y + 7)) if kind == "waits" else rect(x, y, 22, 14, kind, 4)
        marks += [sample, texts(x + 30, y + 12, words, "small", size=SMALL)]
        x += room
        y += (len(words) - 1) * SMALL * 1.3
    return marks, y + 20

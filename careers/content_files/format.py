"""What fit-check.yaml, already.yaml and plans.yaml hold, as plain values, and their records. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from courses.wording import gettext as _
from courses.yaml_records import Record

SCALES = ("product", "project")
PATHS = ("product", "project", "both")
ANSWERS = 5
DAYS_MOST = 20
FIT_CHECK, ALREADY, PLANS = FILES = ("fit-check.yaml", "already.yaml", "plans.yaml")


@dataclass(frozen=True)
class Preview:
    """What a role is like on good and on dull days."""

    good: str
    dull: str


@dataclass(frozen=True)
class FitCheck:
    """The frame of the fit check: names of scales, words of answers, previews by scale."""

    scales: dict[str, str]
    answers: tuple[str, ...]
    previews: dict[str, Preview]
    key: str = "fit-check"


@dataclass(frozen=True)
class Statement:
    """A statement to agree with or not. `order` is its place among statements, from 1."""

    key: str
    scale: str
    reverse: bool
    text: str
    order: int


@dataclass(frozen=True)
class Option:
    """A way to act in a scenario; 0 to 2 says how much it speaks for either role."""

    key: str
    text: str
    product: int
    project: int


@dataclass(frozen=True)
class Scenario:
    """A short case to choose in. `order` is its place among scenarios, from 1."""

    key: str
    text: str
    options: tuple[Option, ...]
    order: int


@dataclass(frozen=True)
class Task:
    """An everyday task from another walk of life. `lesson` is `<course>/<lesson>`."""

    key: str
    task: str
    walk: str
    proves: str
    why: str
    cv_line: str
    gap: str
    lesson: str
    order: int


@dataclass(frozen=True)
class PlanStep:
    """One thing to do on some of the thirty days. `lesson` is `<course>/<lesson>` or empty."""

    key: str
    days: str
    text: str
    lesson: str = ""


@dataclass(frozen=True)
class Plan:
    """A plan of thirty days; its key is the path."""

    key: str
    title: str
    summary: str
    steps: tuple[PlanStep, ...]


Item = FitCheck | Statement | Scenario | Task | Plan


@dataclass
class Package:
    """All that the careers room has in a content folder."""

    fit_check: FitCheck | None = None
    statements: list[Statement] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def items(self) -> Iterator[Item]:
        """Yield every object, what others need first."""
        if self.fit_check:
            yield self.fit_check
        yield from self.statements
        yield from self.scenarios
        yield from self.tasks
        yield from self.plans

    def counts(self) -> dict[str, int]:
        """Return how many of each kind there are."""
        return {
            "statements": len(self.statements),
            "scenarios": len(self.scenarios),
            "tasks": len(self.tasks),
            "plans": len(self.plans),
        }


def fit_check(record: Record) -> FitCheck:
    """Read the frame of fit-check.yaml."""
    named, previews = record.texts("scales"), {}
    if set(named) != set(SCALES):
        record.report(
            "scales", _("scales must be %(one)s and %(other)s") % {"one": SCALES[0], "other": SCALES[1]}
        )
    scales = {key: named[key] for key in SCALES if key in named}
    answers = record.labels("answers", most=40)
    if len(answers) != ANSWERS:
        record.report("answers", _("there must be %d answers, from disagreement to agreement") % ANSWERS)
    inner = record.record("previews")
    for key in SCALES if inner else ():
        preview = inner.record(key) if inner else None
        if preview:
            previews[key] = Preview(preview.text("good", most=400), preview.text("dull", most=400))
            preview.finish()
    if inner:
        inner.finish()
    return FitCheck(scales, answers, previews)


def statement(record: Record, order: int) -> Statement:
    """Read one statement of fit-check.yaml."""
    item = Statement(
        key=record.key("key"),
        scale=record.one_of("scale", SCALES),
        reverse=record.flag("reverse"),
        text=record.text("text", most=400),
        order=order,
    )
    record.finish()
    return item


def scenario(record: Record, order: int) -> Scenario:
    """Read one scenario of fit-check.yaml; two options with one key are a fault."""
    options: dict[str, Option] = {}
    for entry in record.records("options"):
        option = Option(
            key=entry.key("key"),
            text=entry.text("text", most=240),
            product=entry.number("product", most=2),
            project=entry.number("project", most=2),
        )
        entry.finish()
        if option.key in options:
            entry.report("key", _("two options have the key %s") % repr(option.key))
        options[option.key] = option
    item = Scenario(record.key("key"), record.text("text", most=400), tuple(options.values()), order)
    record.finish()
    return item


def task(record: Record, order: int) -> Task:
    """Read one entry of already.yaml."""
    item = Task(
        key=record.key("key"),
        task=record.text("task", most=240),
        walk=record.text("walk", most=60),
        proves=record.one_of("proves", PATHS),
        why=record.text("why", most=400),
        cv_line=record.text("cv_line", most=400),
        gap=record.text("gap", most=400),
        lesson=record.text("lesson", most=121),
        order=order,
    )
    record.finish()
    return item


def plan(record: Record) -> Plan:
    """Read one entry of plans.yaml; two steps with one key are a fault."""
    steps: dict[str, PlanStep] = {}
    for entry in record.records("steps"):
        step = PlanStep(
            key=entry.key("key"),
            days=entry.raw("days"),
            text=entry.text("text", most=400),
            lesson=entry.text("lesson", "", most=121),
        )
        entry.finish()
        if len(step.days) > DAYS_MOST:
            entry.report("days", _("days are a day or a span of days, such as 1 or 2-4"))
        if step.key in steps:
            entry.report("key", _("two steps have the key %s") % repr(step.key))
        steps[step.key] = step
    item = Plan(
        key=record.one_of("key", PATHS),
        title=record.text("title", most=120),
        summary=record.text("summary", most=400),
        steps=tuple(steps.values()),
    )
    record.finish()
    return item


def fit_check_record(package: Package) -> dict[str, Any]:
    """Return what fit-check.yaml holds."""
    frame = package.fit_check
    if frame is None:
        return {}
    return {
        "scales": dict(frame.scales),
        "answers": list(frame.answers),
        "statements": [
            {"key": each.key, "scale": each.scale, "reverse": each.reverse, "text": each.text}
            for each in sorted(package.statements, key=_order)
        ],
        "scenarios": [_scenario_record(each) for each in sorted(package.scenarios, key=_order)],
        "previews": {
            key: {"good": preview.good, "dull": preview.dull} for key, preview in frame.previews.items()
        },
    }


def _scenario_record(item: Scenario) -> dict[str, Any]:
    options = [
        {"key": each.key, "text": each.text, "product": each.product, "project": each.project}
        for each in item.options
    ]
    return {"key": item.key, "text": item.text, "options": options}


def task_record(item: Task) -> dict[str, Any]:
    """Return a task as already.yaml holds it."""
    return {
        "key": item.key,
        "task": item.task,
        "walk": item.walk,
        "proves": item.proves,
        "why": item.why,
        "cv_line": item.cv_line,
        "gap": item.gap,
        "lesson": item.lesson,
    }


def plan_record(item: Plan) -> dict[str, Any]:
    """Return a plan as plans.yaml holds it; a single day is a number."""
    steps = []
    for step in item.steps:
        days = int(step.days) if step.days.isdecimal() else step.days
        record: dict[str, Any] = {"key": step.key, "days": days, "text": step.text}
        if step.lesson:
            record["lesson"] = step.lesson
        steps.append(record)
    return {"key": item.key, "title": item.title, "summary": item.summary, "steps": steps}


def _order(item: Statement | Scenario) -> tuple[int, str]:
    return item.order, item.key

"""Plain values of the careers room's files into rows, and rows into plain values."""

from collections.abc import Callable
from typing import Any

from careers import models
from careers.content_files import format as files
from courses.content_files.format import digest, tidy
from courses.models import Lesson

INSTRUMENT = files.FitCheck({}, (), {}).key


def write(item: files.Item, *, shipped_version: str) -> None:
    """Make or change the row of an object and of what it is made of; the caller holds the transaction."""
    WRITERS[type(item)](item, {"shipped_hash": digest(item), "shipped_version": shipped_version})


def _write_fit_check(item: files.FitCheck, shipped: dict[str, Any]) -> None:
    values = {"answers": list(item.answers), **shipped}
    row, _ = models.Instrument.objects.update_or_create(key=item.key, defaults=values)
    for key, name in item.scales.items():
        preview = item.previews[key]
        about = {"name": name, "good": preview.good, "dull": preview.dull}
        row.scales.update_or_create(key=key, defaults=about)


def _write_statement(item: files.Statement, shipped: dict[str, Any]) -> None:
    instrument = models.Instrument.objects.get(key=INSTRUMENT)
    values = {
        "instrument": instrument,
        "kind": models.Item.Kind.STATEMENT,
        "scale": instrument.scales.get(key=item.scale),
        "reverse": item.reverse,
        "text": item.text,
        "order": item.order,
    }
    models.Item.objects.update_or_create(key=item.key, defaults={**values, **shipped})


def _write_scenario(item: files.Scenario, shipped: dict[str, Any]) -> None:
    values = {
        "instrument": models.Instrument.objects.get(key=INSTRUMENT),
        "kind": models.Item.Kind.SCENARIO,
        "scale": None,
        "reverse": False,
        "text": item.text,
        "order": item.order,
    }
    row, _ = models.Item.objects.update_or_create(key=item.key, defaults={**values, **shipped})
    row.options.all().delete()
    models.ItemOption.objects.bulk_create(
        models.ItemOption(
            item=row,
            order=order,
            key=option.key,
            text=option.text,
            product=option.product,
            project=option.project,
        )
        for order, option in enumerate(item.options, start=1)
    )


def _write_task(item: files.Task, shipped: dict[str, Any]) -> None:
    values = {
        "task": item.task,
        "walk": item.walk,
        "proves": item.proves,
        "why": item.why,
        "cv_line": item.cv_line,
        "gap": item.gap,
        "lesson": _lesson(item.lesson),
        "order": item.order,
    }
    models.Task.objects.update_or_create(key=item.key, defaults={**values, **shipped})


def _write_plan(item: files.Plan, shipped: dict[str, Any]) -> None:
    values = {"title": item.title, "summary": item.summary, **shipped}
    row, _ = models.Plan.objects.update_or_create(key=item.key, defaults=values)
    row.steps.all().delete()
    models.PlanStep.objects.bulk_create(
        models.PlanStep(
            plan=row,
            order=order,
            key=step.key,
            days=step.days,
            text=step.text,
            lesson=_lesson(step.lesson) if step.lesson else None,
        )
        for order, step in enumerate(item.steps, start=1)
    )


def _lesson(name: str) -> Lesson:
    course, _, key = name.partition("/")
    return Lesson.objects.get(course__key=course, key=key)


WRITERS: dict[type[files.Item], Callable[[Any, dict[str, Any]], None]] = {
    files.FitCheck: _write_fit_check,
    files.Statement: _write_statement,
    files.Scenario: _write_scenario,
    files.Task: _write_task,
    files.Plan: _write_plan,
}


def fit_check(row: models.Instrument) -> files.FitCheck:
    """Return the frame of the fit check; asks for its scales."""
    scales = {scale.key: scale for scale in row.scales.all()}
    held = [scales[key] for key in files.SCALES if key in scales]
    return files.FitCheck(
        scales={scale.key: tidy(scale.name) for scale in held},
        answers=tuple(row.answers),
        previews={scale.key: files.Preview(tidy(scale.good), tidy(scale.dull)) for scale in held},
        key=row.key,
    )


def item(row: models.Item) -> files.Statement | files.Scenario:
    """Return a statement or a scenario; asks for its scale and options."""
    if row.scale is not None:
        return files.Statement(row.key, row.scale.key, row.reverse, tidy(row.text), row.order)
    options = tuple(
        files.Option(option.key, tidy(option.text), option.product, option.project)
        for option in row.options.all()
    )
    return files.Scenario(row.key, tidy(row.text), options, row.order)


def task(row: models.Task) -> files.Task:
    """Return a task; asks for its lesson and course."""
    return files.Task(
        key=row.key,
        task=tidy(row.task),
        walk=tidy(row.walk),
        proves=row.proves,
        why=tidy(row.why),
        cv_line=tidy(row.cv_line),
        gap=tidy(row.gap),
        lesson=_name(row.lesson),
        order=row.order,
    )


def plan(row: models.Plan) -> files.Plan:
    """Return a plan; asks for its steps with their lessons and courses."""
    steps = tuple(
        files.PlanStep(step.key, step.days, tidy(step.text), _name(step.lesson) if step.lesson else "")
        for step in row.steps.all()
    )
    return files.Plan(row.key, tidy(row.title), tidy(row.summary), steps)


def _name(lesson: Lesson) -> str:
    return f"{lesson.course.key}/{lesson.key}"

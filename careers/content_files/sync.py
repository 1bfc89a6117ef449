"""Bring the careers room's files into the database and out of it. What editors changed is left alone."""

from collections.abc import Iterator

from django.db import transaction

from careers.content_files import rows
from careers.content_files.format import FitCheck, Item, Package, Scenario, Statement
from careers.content_files.format import Plan as PlanFile
from careers.content_files.format import Task as TaskFile
from careers.models import Instrument, Plan, Task
from careers.models import Item as ItemRow
from courses.content_files.steps import Name, Shipped, step_for
from courses.content_files.steps import Plan as ImportPlan


def plan_import(package: Package) -> ImportPlan[Item]:
    """Compare the files with the database and say what an import would do. Reads only."""
    held = dict(_held())
    plan: ImportPlan[Item] = ImportPlan()
    for item in package.items():
        plan.steps.append(step_for("", item, held.pop((type(item).__name__, "", item.key), None)))
    plan.gone = [f"{kind.lower()} {key}" for (kind, _, key), shipped in held.items() if shipped.shipped_hash]
    return plan


@transaction.atomic
def apply(plan: ImportPlan[Item], *, shipped_version: str) -> None:
    """Write what the plan adds and updates; all of it or nothing. Lessons that it names must be there."""
    for step in plan.of("add", "update"):
        rows.write(step.item, shipped_version=shipped_version)


def from_database() -> Package:
    """Return all that is not archived, as an export writes it."""
    package = Package()
    for _, shipped in _held():
        item = shipped.item
        if shipped.archived:
            continue
        if isinstance(item, FitCheck):
            package.fit_check = item
        elif isinstance(item, Statement):
            package.statements.append(item)
        elif isinstance(item, Scenario):
            package.scenarios.append(item)
        elif isinstance(item, TaskFile):
            package.tasks.append(item)
        elif isinstance(item, PlanFile):
            package.plans.append(item)
    return package


def _held() -> Iterator[tuple[Name, Shipped[Item]]]:
    """Yield everything that the database holds, by name."""
    found: list[tuple[Item, str, bool]] = [
        (rows.fit_check(row), row.shipped_hash, False)
        for row in Instrument.objects.prefetch_related("scales")
    ]
    items = ItemRow.objects.select_related("scale").prefetch_related("options")
    found += [(rows.item(row), row.shipped_hash, row.archived_at is not None) for row in items]
    tasks = Task.objects.select_related("lesson__course")
    found += [(rows.task(row), row.shipped_hash, row.archived_at is not None) for row in tasks]
    plans = Plan.objects.prefetch_related("steps__lesson__course")
    found += [(rows.plan(row), row.shipped_hash, False) for row in plans]
    for item, shipped_hash, archived in found:
        yield (type(item).__name__, "", item.key), Shipped(item, shipped_hash, archived)

"""`manage.py makemigrations`, which creates a new table together with its indexes and constraints.

Django adds those one by one after all tables, and builds every related model anew at each step: a first
`migrate` would take twice as long.
"""

from collections.abc import Iterable
from itertools import chain

from django.core.management.commands import makemigrations
from django.db.migrations import Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation


def with_their_tables(operations: Iterable[Operation]) -> list[Operation]:
    """Move indexes and constraints into the creation of their table, unless it gets fields later."""
    steps = list(operations)
    grows = {step.model_name_lower for step in steps if isinstance(step, AddField)}
    made = {step.name_lower: step for step in steps if isinstance(step, CreateModel)}
    kept: list[Operation] = []
    for step in steps:
        match step:
            case AddIndex(model_name_lower=name) if name in made and name not in grows:
                made[name].options.setdefault("indexes", []).append(step.index)
            case AddConstraint(model_name_lower=name) if name in made and name not in grows:
                made[name].options.setdefault("constraints", []).append(step.constraint)
            case _:
                kept.append(step)
    return kept


class Autodetector(MigrationAutodetector):
    """Django's, with `with_their_tables`."""

    def changes(
        self,
        graph: MigrationGraph,
        trim_to_apps: set[str] | None = None,
        convert_apps: set[str] | None = None,
        migration_name: str | None = None,
    ) -> dict[str, list[Migration]]:
        """Return the migrations to write, by room."""
        found = super().changes(graph, trim_to_apps, convert_apps, migration_name)
        for migration in chain.from_iterable(found.values()):
            steps = with_their_tables(migration.operations)
            migration.operations = steps  # type: ignore[misc]  # the stubs know only a class's operations
        return found


class Command(makemigrations.Command):
    """Write migrations for changed models."""

    autodetector = Autodetector

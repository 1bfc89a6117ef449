"""What tests stand on is what the product would make, however cheaply it comes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey, Model

from courses import versions
from courses.models import ContentChange, Course, Source, Version
from tests import factories, kept_rows
from tests.careers import small


def everything() -> dict[type[Model], list[dict[str, Any]]]:
    """All rows of all rooms but outlines and notes of writing, with places in their tables instead of ids."""
    tables = {
        table: list(table._default_manager.order_by("pk").values())
        for table in apps.get_models(include_auto_created=True)
        if table is not ContentChange
    }
    places = {
        table: {row.get("id"): place for place, row in enumerate(rows)} for table, rows in tables.items()
    }
    for table, rows in tables.items():
        for row in rows:
            row.pop("id", None)
            for field in table._meta.concrete_fields:
                if isinstance(field, ForeignKey) and row[field.attname] is not None:
                    row[field.attname] = places[field.related_model][row[field.attname]]
    tables[Version] = [row for row in tables[Version] if row["kind"] != Version.Kind.OUTLINE]
    return tables


def make_unpublished(folder: Path) -> None:
    factories.make_course(published=False)


def make_course(folder: Path) -> None:
    factories.make_course()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_course, make_unpublished, small.bring])
def test_content_that_is_written_again_is_the_content_that_was_made(
    make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(kept_rows, "_kept", {})
    made = []
    for folder in ("first", "again"):
        (tmp_path / folder).mkdir()
        with transaction.atomic():
            make(tmp_path / folder)
            states = [versions.state(course) for course in Course.objects.all()]  # an outline names ids
            made.append((states, everything()))
            transaction.set_rollback(True)
    assert made[0] == made[1]


@pytest.mark.django_db
def test_content_is_made_where_there_is_other_content() -> None:
    Source.objects.create(
        key="other", title="Another", publisher="A", interest="None.", read=date(2026, 1, 1)
    )
    made: list[str] = []
    for _ in range(2):
        kept_rows.once("nothing", lambda: made.append("once more"))
    assert len(made) == 2


@pytest.mark.django_db
def test_content_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "_kept", {})
    made: list[str] = []
    for _ in range(2):
        kept_rows.once("nothing", lambda: made.append("made"))
    assert len(made) == 1

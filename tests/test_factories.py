"""What tests stand on is what the product would make, however cheaply it comes."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import ForeignKey, Model

from courses import versions
from courses.models import Version
from tests import factories, kept_rows


def everything() -> dict[type[Model], list[dict[str, Any]]]:
    """All rows of all rooms but outlines, with places in their tables instead of ids."""
    tables = {
        table: list(table._default_manager.order_by("pk").values())
        for table in apps.get_models(include_auto_created=True)
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


@pytest.mark.django_db
@pytest.mark.parametrize("published", [True, False])
def test_a_course_that_is_written_again_is_the_course_that_was_made(
    published: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "_kept", {})
    made = []
    for state in (versions.State.LIVE, versions.State.LIVE) if published else (versions.State.DRAFT,) * 2:
        with transaction.atomic():
            assert kept_rows.is_nothing_there()
            course = factories.make_course(published=published)
            assert versions.state(course) is state  # its outline is of the very lessons that are there
            made.append(everything())
            transaction.set_rollback(True)
    assert made[0] == made[1]
    assert len(made[0][Version]) == (28 if published else 0)

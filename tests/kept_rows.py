"""Content made once in this process, written again under new ids: a tenth of what making it costs."""

import json
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, ForeignKey, Model
from psycopg.sql import SQL, Composable, Identifier, Literal

Rows = dict[type[Model], list[dict[str, Any]]]
"""Table by table, its rows as PostgreSQL says them in JSON: column -> value."""


def is_nothing_there() -> bool:
    """Say whether no table of the courses room has a row."""
    each = [SQL("EXISTS (SELECT FROM {})").format(_name(table)) for table in _tables()]
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT NOT ({})").format(SQL(" OR ").join(each)))
        return bool(cursor.fetchone()[0])


def read() -> Rows:
    """Return all rows of the courses room."""
    tables = _tables()
    each = [SQL("(SELECT json_agg(r) FROM {} AS r)::text").format(_name(table)) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT {}").format(SQL(", ").join(each)))
        found = zip(tables, cursor.fetchone(), strict=True)
    return {table: json.loads(rows) for table, rows in found if rows is not None}


@transaction.atomic
def write(rows: Rows) -> None:
    """Write rows again, each under an id of its own, and let those that name it follow.

    Ids inside of JSON and text do not follow. Raises KeyError for a row that names one of another room.
    """
    into = SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, {1})")
    with connection.cursor() as cursor:
        fresh = _fresh_ids(rows)
        each = [
            into.format(_name(table), Literal(json.dumps([_renumbered(table, row, fresh) for row in found])))
            for table, found in rows.items()
        ]
        cursor.execute(SQL("; ").join(each))


def _fresh_ids(rows: Rows) -> dict[type[Model], dict[int, int]]:
    """Draw an id from its table's sequence for each row, in the order of the old ones."""
    numbered = [table for table in rows if isinstance(table._meta.pk, AutoField)]
    draw = SQL("ARRAY(SELECT nextval(pg_get_serial_sequence({}, 'id')) FROM generate_series(1, {}))")
    each = [draw.format(table._meta.db_table, len(rows[table])) for table in numbered]
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT {}").format(SQL(", ").join(each)))
        drawn = zip(numbered, cursor.fetchone(), strict=True)
    return {
        table: dict(zip(sorted(row["id"] for row in rows[table]), ids, strict=True)) for table, ids in drawn
    }


def _renumbered(
    table: type[Model], row: dict[str, Any], fresh: dict[type[Model], dict[int, int]]
) -> dict[str, Any]:
    changed = {"id": fresh[table][row["id"]]} if table in fresh else {}
    for field in table._meta.concrete_fields:
        if isinstance(field, ForeignKey) and row[field.column] is not None:
            changed[field.column] = fresh[field.related_model][row[field.column]]
    return row | changed


def _tables() -> list[type[Model]]:
    return list(apps.get_app_config("courses").get_models(include_auto_created=True))


def _name(table: type[Model]) -> Composable:
    return Identifier(table._meta.db_table)

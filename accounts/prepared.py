"""Statements that PostgreSQL keeps prepared: planned once a connection, and not put together by Django.

A long statement takes longer to plan than to run, and Django's own cursor writes the values into the text,
which makes every call another statement. For what most requests ask; all else is better said by the ORM.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import JSONField, Model

Row = TypeVar("Row", bound=Model)
Values = Sequence[Any] | Mapping[str, Any]
Names = tuple[str, ...]


class _Cursor(ServerBindingCursor):
    """Sends the values apart from the statement."""

    def execute(self, query: str, params: Values | None = None) -> "_Cursor":
        """Run a statement, and say for Django's log of queries which it was: psycopg does not."""
        super().execute(query, params)  # type: ignore[misc]  # the stubs know no psycopg
        self._query = SimpleNamespace(query=query.encode())
        return self


def rows(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT. `statement` must be one of few: each is kept. JSON comes as text.

    Raises django.db.DatabaseError as the ORM does.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        raw: Any = _Cursor(connection.connection)  # type: ignore[call-arg]  # the stubs know no psycopg
    made = connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
    with made as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def row(statement: str, values: Values) -> tuple[Any, ...]:
    """Return the first row that a statement finds; it must find one."""
    return rows(statement, values)[0]


def columns(model: type[Model], alias: str, without: Names = ()) -> str:
    """Return the columns of a table for a SELECT in which it goes by `alias`, as `made` reads them."""
    return ", ".join(f'{alias}."{field.column}"' for field in fields(model, without))


def made(model: type[Row], values: Sequence[Any], without: Names = ()) -> Row:
    """Return the row of a table from its `columns`; those that it is `without` are fetched when asked for."""
    names, in_json = _names(model, without)
    found = list(values)
    for place in in_json:
        if found[place] is not None:
            found[place] = json.loads(found[place])
    return model.from_db(DEFAULT_DB_ALIAS, names, found)


def by_id(model: type[Row], pk: object) -> Row | None:
    """Return the row of a table with that id, or None."""
    found = rows(_by_id(model), [pk])
    return made(model, found[0]) if found else None


@cache
def _by_id(model: type[Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    return f'SELECT {columns(model, "own")} FROM "{table}" AS own WHERE own."{key}" = %s'  # noqa: S608 - our names


@cache
def fields(model: type[Model], without: Names = ()) -> list[Any]:
    """Return what a row of a table is made of: all that is stored but what PostgreSQL makes of the rest."""
    stored = model._meta.concrete_fields
    return [field for field in stored if not field.generated and field.name not in without]


@cache
def _names(model: type[Model], without: Names) -> tuple[dict[str, None], list[int]]:
    """The names of the fields, and the places of those that come as JSON."""
    found = fields(model, without)
    in_json = [place for place, field in enumerate(found) if isinstance(field, JSONField)]
    return dict.fromkeys(field.attname for field in found), in_json

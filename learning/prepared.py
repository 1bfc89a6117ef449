"""Statements that PostgreSQL keeps prepared.

A long statement takes longer to plan than to run. Prepared, it is planned once a connection; Django's own
cursor writes the values into the text, which makes every call another statement.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor


class Cursor(ServerBindingCursor):
    """Prepares each statement at its first use, and sends the values apart."""

    def execute(self, query: str, params: Mapping[str, Any] | None = None) -> "Cursor":
        """Run a statement, and say for Django's log of queries which it was: psycopg does not."""
        super().execute(query, params)  # type: ignore[misc]  # the stubs know no psycopg
        self._query = SimpleNamespace(query=query.encode())
        return self


def behind_a_pooler() -> bool:
    """Say whether connections are lent per transaction: what one prepared, the next would not know.

    DATABASE_URL then says `?disable_server_side_cursors=true` (docs/operating.md).
    """
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def row(statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the first row that a statement finds. `statement` must be one of few: each is kept."""
    with connection.cursor() as asking:
        asking.cursor.close()
        connection.connection.prepare_threshold = None if behind_a_pooler() else 0
        asking.cursor = Cursor(connection.connection)  # type: ignore[call-arg]  # the stubs know no psycopg
        asking.execute(statement, dict(values))
        found: tuple[Any, ...] = asking.fetchone()
    return found

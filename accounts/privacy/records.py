"""The rows that belong to a person, found by the table of fates (settings.PERSONAL_DATA)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet

from accounts.models import User

Rows = QuerySet[Model, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the download: its label, what it is in words, the person's rows, and the fields told."""

    label: str
    about: str
    rows: QuerySet[Model]
    fields: tuple[str, ...]

    def told(self) -> Rows:
        """Return the rows as the download has them, the oldest first."""
        return self.rows.order_by("pk").values(*self.fields)


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of one table is a person's: rows, and bytes as PostgreSQL holds them."""

    table: Table
    rows: int
    size: int


def tables(user: User) -> Iterator[Table]:
    """Yield every table of the download, in the order of the list of fates."""
    for rule in settings.PERSONAL_DATA:
        if rule.in_download:
            model = apps.get_model(rule.table)
            told = [
                field.attname
                for field in model._meta.concrete_fields
                if field.name not in rule.without and (not rule.only or field.name in rule.only)
            ]
            key = [model._meta.pk.attname] if model._meta.pk.attname not in told else []
            rows = model._base_manager.filter(**{rule.path: user.pk})
            yield Table(rule.table, str(rule.why), rows, (*key, *told))


def weigh(user: User) -> list[Weight]:
    """Return how much there is of each table, in one query. Its cost grows with the person's rows."""
    found = list(tables(user))
    parts: list[str] = []
    values: list[Any] = []
    for place, table in enumerate(found):
        sql, parameters = table.rows.order_by().query.sql_with_params()
        parts.append(
            f"SELECT {place}, count(*), coalesce(sum(pg_column_size(x.*)), 0) FROM ({sql}) x"  # noqa: S608  the ORM's own
        )
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        weights = {place: (rows, size) for place, rows, size in cursor.fetchall()}
    return [Weight(table, *map(int, weights[place])) for place, table in enumerate(found)]

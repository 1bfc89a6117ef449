"""Rows with the rows that they are shown with, by statements that PostgreSQL keeps prepared.

A list asks for a page of rows in the same words each time. Django puts these words together anew, and
PostgreSQL plans half a dozen joins: together that takes longer than the reading.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Model

from accounts import prepared
from accounts.models import User
from accounts.prepared import Names
from courses.models import Course, Lesson, Module, Objective, Version

Row = TypeVar("Row", bound=Model)

SHOWN: dict[type[Model], Names] = {
    Course: ("key", "title"),
    Lesson: ("key", "title"),
    Module: ("key", "title"),
    Objective: ("key", "text"),
    User: ("name", "email"),
    Version: ("content_hash",),
}
"""What others are shown with of such a row: the rest is fetched where somebody asks for it after all."""


class Source(NamedTuple):
    """Where rows are found, in SQL: what a SELECT is from, the key they are found by, and their order."""

    tables: str
    key: str
    order: str


def of(
    model: type[Row], keys: Sequence[int], *, ones: Names = (), lists: Names = (), without: Names = ()
) -> dict[int, Row]:
    """Return the rows with these keys that are there, with what they lead to and `without` some columns.

    `ones`: relations to one other row; `lists`: relations to several, and one more behind these after "__".
    One query, and one for each list of other rows.
    """
    source = Source(f'"{model._meta.db_table}" AS own', 'own."id"', "")
    rows = {key: cast(Row, row) for key, row in _read(model, source, ones, keys, without)}
    for path in lists if rows else ():
        _fill(list(rows.values()), path)
    return rows


def _fill(rows: Sequence[Model], path: str) -> None:
    """Read for each row the list that a relation leads to, and what the path names behind it."""
    name, _, rest = path.partition("__")
    relation: Any = rows[0]._meta.get_field(name)
    other = relation.related_model
    behind = other._meta.get_field(rest) if rest else None
    ones = (rest,) if behind is not None and behind.many_to_one else ()
    listed = defaultdict(list)
    for key, row in _read(other, _listed(relation), ones, [row.pk for row in rows]):
        listed[key].append(row)
    for row in rows:
        found: Any = getattr(row, name).all()
        found._result_cache, found._prefetch_done = listed[row.pk], True
        vars(row).setdefault("_prefetched_objects_cache", {})[name] = found
    if listed and behind is not None and not ones:
        _fill([row for each in listed.values() for row in each], rest)


def _read(
    model: type[Model], source: Source, ones: Names, keys: Sequence[int], without: Names = ()
) -> Iterator[tuple[int, Model]]:
    """Yield rows with those that they lead to, each with the key that it was found by."""
    statement, width, joined = _statement(model, source, ones, without)
    known: dict[object, Model] = {}
    for key, *values in prepared.rows(statement, [list(keys)]):
        row = prepared.made(model, values[:width], without)
        for relation, other, left_out, start, end, place in joined:
            name = (other, values[place])
            if name not in known and name[1] is not None:
                known[name] = prepared.made(other, values[start:end], left_out)
            relation.set_cached_value(row, known.get(name))
        yield key, row


class Joined(NamedTuple):
    """A relation to one other row that is read along: what is left out of it, and where its columns stand."""

    relation: Any
    model: type[Model]
    left_out: Names
    start: int
    end: int
    place: int
    """Where its key stands."""


@cache
def _statement(
    model: type[Model], source: Source, ones: Names, without: Names
) -> tuple[str, int, list[Joined]]:
    """Return a SELECT, how many columns of it are the row's own, and what it joins."""
    shown, tables, joined = [prepared.columns(model, "own", without)], source.tables, []
    width = end = len(prepared.fields(model, without))
    for number, name in enumerate(ones):
        field: Any = model._meta.get_field(name)
        other, alias, start = field.related_model, f"one{number}", end
        names = [each.name for each in other._meta.concrete_fields if not each.primary_key]
        left_out = tuple(each for each in names if each not in SHOWN.get(other, names))
        read = prepared.fields(other, left_out)
        end += len(read)
        place = start + [each.primary_key for each in read].index(True)
        joined.append(Joined(field, other, left_out, start, end, place))
        shown.append(prepared.columns(other, alias, left_out))
        here, there = (field.column, "id") if field.concrete else ("id", field.field.column)
        tables += f' LEFT JOIN "{other._meta.db_table}" AS {alias} ON {alias}."{there}" = own."{here}"'
    found = f"SELECT {source.key}, {', '.join(shown)} FROM {tables}"  # noqa: S608 - our names
    return f"{found} WHERE {source.key} = ANY(%s) {source.order}", width, joined


def _listed(relation: Any) -> Source:
    """Return where the rows are that a relation to several leads to, by the key of the row it leads from."""
    other = relation.related_model._meta
    columns = ["id" if name == "pk" else name for name in other.ordering]
    order = "ORDER BY " + ", ".join(f'own."{column}"' for column in columns)
    table = f'"{other.db_table}" AS own'
    if not relation.many_to_many:
        return Source(table, f'own."{relation.field.column}"', order)
    through = relation.remote_field.through._meta.db_table
    joined = f'"{through}" AS link JOIN {table} ON own."id" = link."{relation.m2m_reverse_name()}"'
    return Source(joined, f'link."{relation.m2m_column_name()}"', order)

"""Stamps of what pages are drawn from: where a stamp is the one of before, what was made then stands.

Of whole tables the notes tell that PostgreSQL takes of every statement that writes to them. With each row it
keeps where the row lies (ctid) and which transaction wrote it (xmin); every change makes another of both.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model

from accounts import prepared
from courses.models import ContentChange, SearchEntry, SearchWord, Upload

Tables = tuple[type[Model], ...]
Parts = tuple[str, ...]
"""What a row is shown with besides itself, as paths of relations."""

TAGS = "courses_question.tags"
"""Noted besides tables: that a tag of a question was given or taken."""

KEPT = 1000
"""Notes that are kept."""

CHANGES = "SELECT table_name, concat(count(*), ' ', sum(id)) FROM courses_contentchange GROUP BY table_name"
"""The number of notes and the sum of their ids: a note that comes late has a lower id than others, and those
that are forgotten have lower ids than those that come."""


def of_content(*, also: Tables = (), without: Tables = ()) -> dict[str, str]:
    """Return the stamp of each table in this room, of TAGS and of tables `also` (1 query).

    `without`: tables that do not matter.
    """
    found = dict(prepared.rows(CHANGES, []))
    return {table: found.get(table, "") for table in _tables(also, without)}


def watched() -> Tables:
    """Return the tables of this room whose changes are noted: all that pages are drawn from."""
    models = apps.get_app_config("courses").get_models(include_auto_created=True)
    left_out = {ContentChange, SearchEntry, SearchWord, Upload}
    return tuple(model for model in models if model not in left_out)


@cache
def _tables(also: Tables, without: Tables) -> list[str]:
    return [*(model._meta.db_table for model in (*watched(), *also) if model not in without), TAGS]


def forget_changes() -> int:
    """Delete all notes but the last; return how many."""
    last = ContentChange.objects.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1].first()
    return ContentChange.objects.filter(pk__lte=last).delete()[0] if last is not None else 0


def of_rows(model: type[Model], keys: Sequence[int], parts: Parts) -> dict[int, str]:
    """Return the stamp of each row with these keys that is there, and of its `parts` (1 query).

    It names where they lie and who wrote them, so it is another one after any change of any of them.
    """
    return dict(prepared.rows(_of_each(model, parts), [list(keys)])) if keys else {}


@cache
def _of_each(model: type[Model], parts: Parts) -> str:
    stamps = ", ".join(_with_parts(model, "r", parts))
    return f"SELECT r.id, concat_ws(' ', {stamps}) FROM {model._meta.db_table} r WHERE r.id = ANY(%s)"  # noqa: S608 - names of tables


def _with_parts(model: type[Model], alias: str, parts: Iterable[str]) -> list[str]:
    """Return the stamp of a row, then of what each path of relations leads to."""
    return [f"{alias}.ctid", f"{alias}.xmin", *(_part(model, alias, path) for path in parts)]


def _part(model: type[Model], alias: str, path: str) -> str:
    name, _, rest = path.partition("__")
    relation: Any = model._meta.get_field(name)
    other, inner = relation.related_model, f"{alias}r"
    key = f"{alias}.id"
    if relation.many_to_many:
        through, link = relation.remote_field.through, f"{alias}t"
        start, end = relation.m2m_column_name(), relation.m2m_reverse_name()
        tables = (
            f"{through._meta.db_table} {link} JOIN {other._meta.db_table} {inner} "
            f"ON {inner}.id = {link}.{end} WHERE {link}.{start} = {key}"
        )
    elif relation.concrete:
        tables = f"{other._meta.db_table} {inner} WHERE {inner}.id = {alias}.{relation.column}"
    else:
        tables = f"{other._meta.db_table} {inner} WHERE {inner}.{relation.field.column} = {key}"
    stamps = ", ".join(_with_parts(other, inner, [rest] if rest else []))
    return f"(SELECT string_agg(concat_ws(' ', {stamps}), ',') FROM {tables})"  # noqa: S608 - as above

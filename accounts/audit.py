"""The log of what staff did. PostgreSQL refuses to change or delete a row of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, IntegerField, Model, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import AuditLog, User
from mailing import trace

LOG_IN, LOG_OUT, LOG_IN_FAILED = "log_in", "log_out", "log_in_failed"
WRITES = ("add", "change", "draft", "restore", "bank_edit", "duplicate")
"""The actions that change the words of a draft."""
CALLED_BY = ("title", "prompt", "show", "name")
"""The fields that may hold what an object is called, the first that a table has."""
LONGEST_NAME = 60
"""Letters of it that are shown."""


def record(
    *,
    actor: User | None,
    action: str,
    obj: Model | type[Model] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditLog:
    """Write one row, inside the caller's transaction, with the request that it belongs to.

    `obj` is what it was done with, or the table where it was done with many rows of it.
    `before` and `after` hold plain JSON values; for rows about people pass ids and field names only, since
    this log outlives an erased account.
    """
    return AuditLog.objects.create(
        at=now,
        actor=actor,
        action=action,
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if isinstance(obj, Model) else "",
        before=before,
        after=after,
        request_id=trace.request_id.get(),
    )


def record_each(
    objs: Iterable[Model], *, actor: User | None, action: str, after: Mapping[str, Any] | None, now: datetime
) -> None:
    """Write one row for each of many objects, with one query."""
    request_id = trace.request_id.get()
    AuditLog.objects.bulk_create(
        AuditLog(
            at=now,
            actor=actor,
            action=action,
            object_type=obj._meta.label,
            object_id=str(obj.pk),
            after=after,
            request_id=request_id,
        )
        for obj in objs
    )


def record_log_in(user: object, action: str, *, now: datetime) -> None:
    """Note that somebody of the staff logged in or out, or that it was tried; of others nothing is noted.

    Whoever tried and failed is nobody known, so a row about that has no actor.
    """
    if isinstance(user, User) and user.is_staff:
        record(actor=None if action == LOG_IN_FAILED else user, action=action, obj=user, now=now)


def history(obj: Model) -> QuerySet[AuditLog]:
    """Return what was done with an object, the newest first."""
    return _about(type(obj), obj.pk).select_related("actor")


def last_author(table: type[Model], key: int) -> int | None:
    """Return the id of who last wrote at a draft; None if nobody known did (1 query)."""
    return _about(table, key).filter(action__in=WRITES).values_list("actor", flat=True).first()


def _about(table: type[Model], key: object) -> QuerySet[AuditLog]:
    rows = AuditLog.objects.filter(object_type=table._meta.label, object_id=str(key))
    return rows.order_by("-at", "-pk")


def who(row: AuditLog) -> str:
    """Return who did it, as staff know them."""
    return row.actor.name or row.actor.email or "" if row.actor else _("Nobody known")


def words(row: AuditLog) -> str:
    """Return what was done, in words."""
    return row.action.replace(".", ": ").replace("_", " ")


def told(row: AuditLog) -> str:
    """Return what the row says besides: names of fields, ids, numbers, as they were and as they are."""
    parts = [f"{name} {_plain(value)}" for name, value in (row.after or {}).items()]
    before = [f"{name} {_plain(value)}" for name, value in (row.before or {}).items()]
    return "; ".join([*parts, *(f"before: {part}" for part in before)])


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def about(rows: Iterable[AuditLog]) -> dict[int, str]:
    """Return what each row is about, by the row's id: such as “lesson “When does it end?”” (1 query).

    Objects are called as they are now; those that are gone, or have no name, go by their ids.
    """
    rows = list(rows)
    tables = {row.object_type: _table(row.object_type) for row in rows}
    named = [
        _called(table, label, {row.object_id for row in rows if row.object_type == label})
        for label, table in tables.items()
        if table is not None
    ]
    names: dict[tuple[str, str], str] = {}
    if found := [each for each in named if each is not None]:
        first, *others = found
        for label, key, called in first.union(*others, all=True):
            names[label, key] = called
    return {row.pk: _about_one(row, tables[row.object_type], names) for row in rows}


def _about_one(row: AuditLog, table: type[Model] | None, names: Mapping[tuple[str, str], str]) -> str:
    noun = str(table._meta.verbose_name) if table else row.object_type.rpartition(".")[2].lower()
    called = names.get((row.object_type, row.object_id))
    if called:
        return _("%(noun)s “%(name)s”") % {"noun": noun, "name": Truncator(called).chars(LONGEST_NAME)}
    return f"{noun} {row.object_id}".strip()


def _table(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _called(table: type[Model], label: str, keys: Iterable[str]) -> QuerySet[Any, Any] | None:
    """Return label, key and name of those of a table's rows that have one; None if such rows have none."""
    field = next((name for name in CALLED_BY if _has(table, name)), None)
    numbers = [int(key) for key in keys if key.isdecimal()]
    if field is None or not numbers or not isinstance(table._meta.pk, IntegerField):
        return None
    name = Coalesce(NullIf(F("name"), Value("")), F("email")) if table is User else F(field)
    columns = (Value(label), Cast("pk", TextField()), Cast(name, TextField()))
    rows = table._base_manager.filter(pk__in=numbers).order_by()
    return rows.values_list(*columns)


def _has(table: type[Model], name: str) -> bool:
    try:
        return bool(table._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False

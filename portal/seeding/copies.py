"""Copies of a few learners, in any number, made by PostgreSQL: a statement a table and many learners.

A copy has its own ids and lies some whole days further back, which changes no sum: every gap and every count
stays what it was. Ids follow from the number of the copy, so that rows find each other without being looked
up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from learning.models import (
    Answer,
    Attempt,
    AttemptQuestion,
    DailyActivity,
    DrillAnswer,
    Enrollment,
    LearningEvent,
    LessonProgress,
    ReminderContract,
    ReviewCard,
    ReviewLog,
    WeekGoal,
)

COPIED: tuple[type[models.Model], ...] = (
    User,
    EmailAddress,
    Enrollment,
    LessonProgress,
    Attempt,
    AttemptQuestion,
    Answer,
    ReviewCard,
    ReviewLog,
    DrillAnswer,
    LearningEvent,
    DailyActivity,
    WeekGoal,
    ReminderContract,
)
"""What a history is made of, each behind what it points to."""
OWNERS = {AttemptQuestion: Attempt, ReviewLog: ReviewCard}
"""Tables whose rows belong to a person through another one."""
STAYS = (ReminderContract, WeekGoal)
"""What lies ahead is not moved back."""
AT_ONCE = 20_000
MANY = 5_000
"""From so many on, indexes are taken away and made anew behind the rows: the tables stand still meanwhile."""
LONGEST_AGO = 120
TABLE = (
    "CREATE TEMPORARY TABLE seed_copies (number bigint, owner bigint, ago int, back interval) ON COMMIT DROP"
)
COPIES = f"""
    INSERT INTO seed_copies
    SELECT number, owner, ago, ago * interval '1 day'
    FROM generate_series(%s, %s) AS number CROSS JOIN generate_series(0, %s - 1) AS owner CROSS JOIN LATERAL (
        SELECT ({LONGEST_AGO} * power((number * 7919 + owner * 104729) %% 1000 / 1000.0, 3))::int AS ago
    ) AS back
    WHERE number * %s + owner < %s
"""  # noqa: S608 - our number
"""How many days further back each copy lies: half of them at most 15, the others up to 120."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table's rows to be copied, kept aside: how many, and the first id of the copies (0 for UUIDs)."""

    model: type[models.Model]
    count: int
    base: int


@transaction.atomic
def make(*, ids: Sequence[int], learners: int, tell: Callable[[str], None]) -> int:
    """Copy the learners with these ids until there are so many in all; return how many rows were made.

    All of it or nothing. `tell` hears now and then how far it is.
    """
    copies = -(-learners // len(ids)) - 1  # of all of them; of the last only as many as are missing
    made = 0
    with connection.cursor() as cursor:
        checked = not _is_superuser(cursor)
        if not checked:  # the ids are right by construction
            cursor.execute("SET LOCAL session_replication_role = replica")
        sources: dict[type[models.Model], Source] = {}
        for model in COPIED:
            sources[model] = _keep_aside(cursor, model, ids, copies)
        indexes = _take_indexes(cursor) if learners >= MANY else []
        cursor.execute(TABLE)
        step = max(AT_ONCE // len(ids), 1)
        for first in range(1, copies + 1, step):
            last = min(first + step - 1, copies)
            cursor.execute("TRUNCATE seed_copies")
            cursor.execute(COPIES, [first, last, len(ids), len(ids), learners])
            cursor.execute("ANALYZE seed_copies")
            for source in sources.values():
                cursor.execute(_statement(source, sources))
                made += cursor.rowcount
            tell(f"{min((last + 1) * len(ids), learners)} of {learners} learners, {made} rows")
        _make_indexes(cursor, indexes)
        if not checked:
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return made


def _take_indexes(cursor: CursorWrapper) -> list[str]:
    """Take away all indexes but those of the primary keys; return the statements that make them again."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be changed
    cursor.execute(INDEXES, [[model._meta.db_table for model in COPIED]])
    found: list[tuple[str, str]] = cursor.fetchall()
    for take, _ in found:
        cursor.execute(take)
    return [make for _, make in found]


def _make_indexes(cursor: CursorWrapper, statements: Sequence[str]) -> None:
    """Make indexes again; what is to be unique proves to be."""
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for statement in statements:
        cursor.execute(statement)


INDEXES = """
    SELECT CASE
        WHEN rule.oid IS NULL THEN format('DROP INDEX %%s', own.indexrelid::regclass)
        ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', own.indrelid::regclass, rule.conname)
    END, CASE
        WHEN rule.oid IS NULL THEN pg_get_indexdef(own.indexrelid)
        ELSE format(
            'ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
            own.indrelid::regclass, rule.conname, pg_get_constraintdef(rule.oid)
        )
    END
    FROM pg_index AS own
    LEFT JOIN pg_constraint AS rule ON rule.conindid = own.indexrelid AND rule.contype = 'u'
    WHERE own.indrelid = ANY(%s::regclass[]) AND NOT own.indisprimary
    ORDER BY own.indrelid, own.indexrelid
"""


def _is_superuser(cursor: CursorWrapper) -> bool:
    """Whether the role may leave foreign keys and triggers unchecked."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    found: tuple[bool] = cursor.fetchone()
    return found[0]


def _keep_aside(cursor: CursorWrapper, model: type[models.Model], ids: Sequence[int], copies: int) -> Source:
    """Keep the rows with their places, and take ids for all copies from the table's sequence."""
    table = model._meta.db_table
    places = [_place(field.column, target._meta.db_table) for field, target in _copied_keys(model)]
    if model is User:
        owner, rows = "row_number() OVER (ORDER BY t.id) - 1", "WHERE t.id = ANY(%s)"
    else:
        through = OWNERS.get(model, User)
        key = next(field.column for field, target in _copied_keys(model) if target is through)
        owner, rows = "o.seed_owner", f"JOIN seed_{through._meta.db_table} AS o ON o.id = t.{key}"
    words = ", ".join(
        ["t.*", "row_number() OVER (ORDER BY t.id) - 1 AS seed_place", f"{owner} AS seed_owner", *places]
    )
    cursor.execute(f"DROP TABLE IF EXISTS seed_{table}")
    cursor.execute(
        f"CREATE TEMPORARY TABLE seed_{table} ON COMMIT DROP AS SELECT {words} FROM {table} AS t {rows}",  # noqa: S608 - all from the models
        [list(ids)] if model is User else None,
    )
    count = cursor.rowcount
    base = 0
    if not _is_uuid(model):
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        base = cursor.fetchone()[0]
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, base + copies * count])
    return Source(model, count, base)


def _place(column: str, target: str) -> str:
    return f"(SELECT seed_place FROM seed_{target} WHERE id = t.{column}) AS place_{column}"  # noqa: S608 - all from the models


def _copied_keys(model: type[models.Model]) -> list[tuple[models.ForeignKey[Any, Any], type[models.Model]]]:
    """Return the foreign keys to tables that are copied, too."""
    keys = [field for field in model._meta.local_concrete_fields if isinstance(field, models.ForeignKey)]
    return [(field, field.related_model) for field in keys if field.related_model in COPIED]


def _is_uuid(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.UUIDField)


def _statement(source: Source, sources: Mapping[type[models.Model], Source]) -> str:
    model = source.model
    values = {field.column: _value(model, field) for field in model._meta.local_concrete_fields}
    values["id"] = _id(source, "id", "seed_place")
    for field, target in _copied_keys(model):
        values[field.column] = _id(sources[target], field.column, f"place_{field.column}")
    if model is User:
        values["name"] = f"'Learner ' || {values['id']}"
    if model in (User, EmailAddress):
        number = values["id" if model is User else "user_id"]
        values["email"] = f"'learner-' || {number} || '@example.org'"
    columns = ", ".join(f'"{column}"' for column in values)
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())} "  # noqa: S608 - all from the models
        f"FROM seed_copies AS copy JOIN seed_{table} AS source ON source.seed_owner = copy.owner"
    )


def _value(model: type[models.Model], field: "models.Field[Any, Any]") -> str:
    column = f'source."{field.column}"'
    if model in STAYS or not isinstance(field, models.DateField):  # DateTimeField is one, too
        return column
    return f"{column} - copy.{'back' if isinstance(field, models.DateTimeField) else 'ago'}"


def _id(source: Source, column: str, place: str) -> str:
    """Return the id of a row's copy, from the number of the copy alone."""
    if _is_uuid(source.model):
        return f"md5(source.{column}::text || '/' || copy.number)::uuid"
    return f"({source.base} + (copy.number - 1) * {source.count} + source.{place})"

"""A constraint that PostgreSQL keeps by trigger: rows are added, and neither changed nor taken away."""

from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor
from django.db.models import BaseConstraint, Model

SQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM {owners} WHERE {owners_key} = OLD.{owner}) THEN
            RAISE EXCEPTION '{table} is append-only: a row goes only with its owner'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.{owner} = OLD.{owner} OR ({new}) IS DISTINCT FROM ({old}) THEN
        RAISE EXCEPTION '{table} is append-only: a row changes only when its owner is merged'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {name}_update BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
CREATE CONSTRAINT TRIGGER {name}_delete AFTER DELETE ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {name}();
"""


class AppendOnly(BaseConstraint):
    """Rows of a table that stay as they were written.

    A row may be given to another `owner` (accounts are merged); only then may it also point elsewhere, in
    the fields named `movable`. It is deleted only in a transaction that deletes its owner. A constraint
    rather than a written migration, so that a fresh set of migrations has it too.
    """

    def __init__(self, *, name: str, owner: str, movable: list[str]) -> None:
        super().__init__(name=name)
        self.owner = owner
        self.movable = movable

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """Return what a migration writes down."""
        path, _, kwargs = super().deconstruct()
        return path, (), {**kwargs, "owner": self.owner, "movable": self.movable}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def constraint_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Ask for the triggers after the table is made; nothing stands inside CREATE TABLE."""
        cast("Editor", schema_editor).deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Return the function and its two triggers."""
        table = cast("type[Model]", model)._meta
        owner: Any = table.get_field(self.owner)
        owners = owner.related_model
        if owners is None:
            raise TypeError(f"{self.owner} is no foreign key.")
        kept = [
            str(field.column)
            for field in table.local_concrete_fields
            if field.name not in {self.owner, *self.movable}
        ]
        return SQL.format(
            name=self.name,
            table=table.db_table,
            owner=owner.column,
            owners=owners._meta.db_table,
            owners_key=owners._meta.pk.column,
            new=", ".join(f'NEW."{column}"' for column in kept),
            old=", ".join(f'OLD."{column}"' for column in kept),
        )

    def remove_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Return what takes the function and its triggers away."""
        return f"DROP FUNCTION {self.name} CASCADE"

    def validate(self, *args: object, **kwargs: object) -> None:
        """Nothing to say about a row by itself: the triggers compare a row with what it was."""

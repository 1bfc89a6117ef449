"""A constraint that PostgreSQL keeps by trigger: whoever changes their time zone is planned anew."""

from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor as Editor
from django.db.models import BaseConstraint, Model

SQL = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {table} SET computed_zone = '' WHERE user_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER UPDATE OF time_zone ON {people}
    FOR EACH ROW WHEN (OLD.time_zone IS DISTINCT FROM NEW.time_zone) EXECUTE FUNCTION {name}();
"""


class FollowsMoves(BaseConstraint):
    """What was computed in a person's time zone is marked once they have another one.

    Comparing every row with its person at every planning would cost by how many people there are, and not by
    how many moved. By the database, so that no way to change a zone is missed.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FollowsMoves) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def constraint_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Ask for the trigger after the table is made; nothing stands inside CREATE TABLE."""
        cast("Editor", schema_editor).deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Return the function and its trigger."""
        table = cast("type[Model]", model)._meta
        people: Any = table.get_field("user").related_model
        return SQL.format(name=self.name, table=table.db_table, people=people._meta.db_table)

    def remove_sql(self, model: type[Model] | None, schema_editor: Editor | None) -> str:
        """Return what takes the function and its trigger away."""
        return f"DROP FUNCTION {self.name} CASCADE"

    def validate(self, *args: object, **kwargs: object) -> None:
        """Nothing to say about a row by itself."""

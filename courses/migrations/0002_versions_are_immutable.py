"""PostgreSQL itself refuses to change or delete a Version; only its author may be forgotten."""

from django.db import migrations

GUARD = """
CREATE FUNCTION courses_version_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.author_id IS NULL AND to_jsonb(NEW) - 'author_id' = to_jsonb(OLD) - 'author_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % is immutable; publish another', OLD.id USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER version_is_immutable BEFORE UPDATE OR DELETE ON courses_version
    FOR EACH ROW EXECUTE FUNCTION courses_version_is_immutable();
"""
UNGUARD = """
DROP TRIGGER version_is_immutable ON courses_version;
DROP FUNCTION courses_version_is_immutable();
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]

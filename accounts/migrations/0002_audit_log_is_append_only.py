"""PostgreSQL refuses to change or delete a row of the audit log; only its actor may be taken out.

There is no trigger on TRUNCATE: tests and operators who empty a whole database keep that way.
"""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL
        AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
        RETURN NEW;  -- an erased account leaves its rows without a person
    END IF;
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditlog
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
"""

CHANGEABLE = """
DROP TRIGGER audit_log_is_append_only ON accounts_auditlog;
DROP FUNCTION audit_log_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, CHANGEABLE)]

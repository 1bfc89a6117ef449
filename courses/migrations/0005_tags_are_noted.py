"""PostgreSQL notes apart when the tags of questions change: to list them, all questions are looked through."""

from django.db import migrations

NOTE = """
CREATE FUNCTION courses_note_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NOT EXISTS (
            SELECT FROM old_rows JOIN new_rows USING (id) WHERE old_rows.tags IS DISTINCT FROM new_rows.tags
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO courses_contentchange (table_name) VALUES ('courses_question.tags');
    RETURN NULL;
END $$;
CREATE TRIGGER note_tags AFTER INSERT OR DELETE OR TRUNCATE ON courses_question
    FOR EACH STATEMENT EXECUTE FUNCTION courses_note_tags();
CREATE TRIGGER note_changed_tags AFTER UPDATE ON courses_question
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION courses_note_tags();
"""
UNDO = """
DROP TRIGGER note_changed_tags ON courses_question;
DROP TRIGGER note_tags ON courses_question;
DROP FUNCTION courses_note_tags();
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_changes_are_noted")]
    operations = [migrations.RunSQL(NOTE, UNDO)]

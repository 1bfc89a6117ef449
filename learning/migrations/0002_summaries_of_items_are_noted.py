"""The list of questions shows what their answers say: when that is counted anew, it is noted as content is."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON learning_itemsummary
    FOR EACH STATEMENT EXECUTE FUNCTION courses_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial"), ("courses", "0004_changes_are_noted")]
    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER note_change ON learning_itemsummary")]

"""PostgreSQL itself notes each statement that writes content."""

from django.db import migrations

NOTE = """
CREATE FUNCTION courses_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO courses_contentchange (table_name) VALUES (TG_TABLE_NAME);
    RETURN NULL;
END $$;
"""
TABLES = (
    "advert",
    "advertduty",
    "choice",
    "course",
    "drillsentence",
    "drilltrap",
    "fact",
    "glossaryterm",
    "lesson",
    "lesson_sources",
    "lesson_terms",
    "mediaasset",
    "misconception",
    "module",
    "objective",
    "publishjob",
    "question",
    "quiz",
    "quizpool",
    "quizpool_objectives",
    "reviewrequest",
    "shippedcontent",
    "source",
    "version",
)
TRIGGER = """
CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON courses_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION courses_note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_slips_of_the_pen")]
    operations = [
        migrations.RunSQL(NOTE, "DROP FUNCTION courses_note_change()"),
        *(
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER note_change ON courses_{table}")
            for table in TABLES
        ),
    ]

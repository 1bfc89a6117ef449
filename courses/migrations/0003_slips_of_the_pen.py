"""The search knows words by their trigrams, so that a slip of the pen still finds something."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

INDEX = "CREATE INDEX search_word_trigrams ON courses_searchword USING gin (word gin_trgm_ops)"


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_versions_are_immutable")]
    operations = [
        TrigramExtension(),
        migrations.RunSQL(INDEX, "DROP INDEX search_word_trigrams"),
    ]

"""What can be found: an entry for each live lesson, term and question, and the words that they use."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.versions import Version


class SearchEntry(models.Model):
    """A live version as the search finds it. `courses.search_index` writes it when the live pointer moves.

    Of a question nothing but what it asks: its answer key never comes here.
    """

    version = models.OneToOneField(
        Version, primary_key=True, on_delete=models.CASCADE, related_name="search_entry"
    )
    config = models.CharField(max_length=20, help_text=_("PostgreSQL's text search configuration."))
    title = models.TextField()
    sections = models.JSONField(help_text=_("[[heading id or empty, heading, text], …], plain text."))
    open = models.BooleanField(default=True, help_text=_("Readable without an account."))
    passage = models.CharField(max_length=150, blank=True, help_text=_("Of a question: lesson#heading."))
    document = SearchVectorField()

    class Meta:
        verbose_name_plural = _("search entries")
        indexes = [
            GinIndex(fields=["document"], name="search_document"),
            # search: which configurations there are
            models.Index(fields=["config"], name="search_config"),
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word of a lesson or term, to know slips of the pen by. Questions add none: many have not met them.

    A trigram index (made by a migration) finds the words most like another.
    """

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")

    def __str__(self) -> str:
        return self.word

"""What lessons refer to: sources, facts with their expiry, glossary terms, named misconceptions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.versions import KEY, Shipped, Versioned, archived_is_not_live


class Source(Shipped):
    """Where a fact comes from, and what interest that source has."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY])
    title = models.CharField(max_length=200)
    publisher = models.CharField(max_length=120)
    interest = models.CharField(max_length=200, help_text=_("What the source gains from being believed."))
    read = models.DateField(help_text=_("The day somebody read it."))

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class Fact(Versioned):
    """A figure with its source and its expiry. A correction is seen everywhere at once."""

    value = models.DecimalField(max_digits=16, decimal_places=4)
    show = models.CharField(max_length=60, help_text=_("How the figure reads in a sentence."))
    unit = models.CharField(max_length=60)
    place = models.CharField(max_length=160, blank=True)
    statement = models.CharField(max_length=240)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="facts")
    as_of = models.CharField(
        max_length=10, help_text=_("A year, a month or a day: 2025, 2025-06, 2025-06-30.")
    )
    as_of_note = models.CharField(max_length=240, blank=True)
    review_by = models.DateField()
    bears = models.TextField(help_text=_("What the figure can and cannot bear."))

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="fact_key_is_unique"),
            archived_is_not_live("fact"),
        ]

    def __str__(self) -> str:
        return f"{self.show}: {self.statement}"


class GlossaryTerm(Versioned):
    """A term in one or two sentences."""

    class UsedBy(models.TextChoices):
        PRODUCT = "product", _("Product")
        PROJECT = "project", _("Project")
        BOTH = "both", _("Both")

    name = models.CharField(max_length=80)
    meaning = models.TextField()
    used_by = models.CharField(max_length=7, choices=UsedBy)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="term_key_is_unique"),
            archived_is_not_live("term"),
        ]

    def __str__(self) -> str:
        return self.name


class Misconception(Shipped):
    """A wrong idea with a name and a short correction. Wrong options carry one."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY])
    name = models.CharField(max_length=160)
    correction = models.TextField()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name

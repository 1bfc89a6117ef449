"""How questions do: one row each, counted at night from the answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Question


class ItemSummary(models.Model):
    """Roll-up: what `learning.item_statistics` says of a question. Counted afresh where answers came."""

    question = models.OneToOneField(
        Question, primary_key=True, on_delete=models.CASCADE, related_name="item_summary"
    )
    answered = models.PositiveIntegerField(help_text="Answers ever given, checks and all versions included.")
    people = models.PositiveIntegerField(help_text="Learners whose first answer in a quiz counts below.")
    facility = models.FloatField(null=True, blank=True, help_text="Mean credit, 0 to 1.")
    discrimination = models.FloatField(null=True, blank=True, help_text="Corrected item-total, -1 to 1.")
    median_seconds = models.PositiveIntegerField(null=True, blank=True)
    finding = models.CharField(max_length=20, blank=True, help_text="The one thing to mend; empty: nothing.")
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("item summaries")

    def __str__(self) -> str:
        return f"summary of question {self.question_id}"

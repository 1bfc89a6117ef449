"""What learners tell apart: everyday sentences with a label, and invented job adverts with their duties.

These rows have no versions. Nothing that a learner did is read from them again: an answer keeps the label
that was right when it was given, and a marked advert is kept nowhere. So a sentence that is mended changes
no record, and what is taken away is archived.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.knowledge import Misconception
from courses.models.versions import KEY, Shipped


class Label(models.TextChoices):
    """Whose work a sentence is about."""

    PRODUCT = "product", _("Product")
    PROJECT = "project", _("Project")
    BOTH = "both", _("Both")
    NEITHER = "neither", _("Neither")


class DrillSentence(Shipped):
    """One sentence from a meeting, a mail or an advert, and whose work it is about."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY], help_text=_("Never changes."))
    text = models.CharField(max_length=240)
    label = models.CharField(max_length=7, choices=Label)
    reason = models.CharField(max_length=240, help_text=_("Shown after the answer: why it is so."))
    archived_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on nobody is asked it."))

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(name="sentence_has_a_label", condition=Q(label__in=Label.values))
        ]

    def __str__(self) -> str:
        return self.text


class DrillTrap(models.Model):
    """The misconception behind one wrong label of a sentence."""

    sentence = models.ForeignKey(DrillSentence, on_delete=models.CASCADE, related_name="traps")
    label = models.CharField(max_length=7, choices=Label, help_text=_("The wrong label."))
    misconception = models.ForeignKey(Misconception, on_delete=models.PROTECT, related_name="traps")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sentence", "label"], name="one_trap_per_wrong_label"),
            models.CheckConstraint(name="trap_has_a_label", condition=Q(label__in=Label.values)),
        ]

    def __str__(self) -> str:
        return self.get_label_display()


class Advert(Shipped):
    """An invented job advert. Its duties tell which job it really is."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY], help_text=_("Never changes."))
    title = models.CharField(max_length=80, help_text=_("As it stands over the advert."))
    opening = models.CharField(max_length=240)
    archived_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on nobody sees it."))

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class AdvertDuty(models.Model):
    """One duty of an advert, and whose work it is."""

    class Side(models.TextChoices):
        PRODUCT = "product", _("Product")
        PROJECT = "project", _("Project")
        OTHER = "other", _("Other")

    advert = models.ForeignKey(Advert, on_delete=models.CASCADE, related_name="duties")
    key = models.CharField(max_length=60, validators=[KEY])
    text = models.CharField(max_length=240)
    side = models.CharField(max_length=7, choices=Side)
    reason = models.CharField(max_length=240, help_text=_("Shown after the answer."))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = _("advert duties")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["advert", "key"], name="duty_key_is_unique_in_advert"),
            models.CheckConstraint(
                name="duty_has_a_side", condition=Q(side__in=["product", "project", "other"])
            ),
        ]

    def __str__(self) -> str:
        return self.text

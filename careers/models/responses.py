"""What one person answered in the fit check, and what came out. Nobody else ever sees these rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from careers.models.instrument import Instrument, Item, Scale
from courses.models import Module
from courses.models.versions import KEY


class ResponseSet(models.Model):
    """One time through the fit check, whole or in part. The highest number is the current one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="fit_checks")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="response_sets")
    number = models.PositiveSmallIntegerField(help_text=_("From 1 on for each person."))
    started_at = models.DateTimeField()
    after = models.ForeignKey(
        Module,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="fit_checks",
        help_text=_("Some questions were asked again after this module; the other answers are from before."),
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], name="fit_check_number_is_unique_for_user"),
            models.UniqueConstraint(fields=["user", "after"], name="fit_check_is_asked_again_once_a_module"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Response(models.Model):
    """One answer, and what it was worth when it was given.

    `value` is 1 (strongest disagreement) to 5 for a statement, `option` the key of what was chosen in a
    scenario. `product` and `project` are points from 0 to 100 on each scale; null where the item says nothing
    about that scale.
    """

    response_set = models.ForeignKey(ResponseSet, on_delete=models.CASCADE, related_name="responses")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="responses")
    value = models.PositiveSmallIntegerField(null=True)
    option = models.CharField(max_length=60, blank=True, validators=[KEY])
    product = models.PositiveSmallIntegerField(null=True)
    project = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response_set", "item"], name="one_response_for_each_item"),
            models.CheckConstraint(
                name="response_is_a_value_or_an_option",
                condition=Q(value__range=(1, 5), option="") | (Q(value__isnull=True) & ~Q(option="")),
            ),
            models.CheckConstraint(
                name="points_lie_between_0_and_100",
                condition=(Q(product__isnull=True) | Q(product__lte=100))
                & (Q(project__isnull=True) | Q(project__lte=100)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Result(models.Model):
    """What a set of responses came to: scores from 0 to 100 with their standard errors, and the verdict."""

    class Verdict(models.TextChoices):
        CLEAR = "clear", _("Clear")
        LEANING = "leaning", _("Leaning")
        BALANCED = "balanced", _("Balanced")
        NEITHER = "neither", _("Neither")

    response_set = models.OneToOneField(ResponseSet, on_delete=models.CASCADE, related_name="result")
    answered = models.PositiveSmallIntegerField(help_text=_("How many answers it rests on."))
    product = models.FloatField()
    product_error = models.FloatField()
    project = models.FloatField()
    project_error = models.FloatField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    side = models.CharField(max_length=7, choices=Scale.Key, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clear_and_leaning_have_a_side",
                condition=Q(verdict__in=["clear", "leaning"], side__in=["product", "project"])
                | Q(verdict__in=["balanced", "neither"], side=""),
            ),
            models.CheckConstraint(
                name="scores_lie_between_0_and_100",
                condition=Q(product__range=(0, 100)) & Q(project__range=(0, 100)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AskedAgainSkipped(models.Model):
    """A person does not want to be asked again after this module."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="fit_checks_skipped"
    )
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="fit_checks_skipped")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = _("asked again, skipped")
        constraints = [models.UniqueConstraint(fields=["user", "module"], name="a_module_is_skipped_once")]

    def __str__(self) -> str:
        return str(self.pk)


class PreviewReaction(models.Model):
    """How a person takes one half of a role's preview. It counts in no scale."""

    class Part(models.TextChoices):
        GOOD = "good", _("The good part")
        DULL = "dull", _("The dull part")

    class Reaction(models.TextChoices):
        LIKE = "like", _("I would like that")
        BEAR = "bear", _("I could live with it")
        NOT = "not", _("Not for me")

    response_set = models.ForeignKey(ResponseSet, on_delete=models.CASCADE, related_name="reactions")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="reactions")
    part = models.CharField(max_length=4, choices=Part)
    reaction = models.CharField(max_length=4, choices=Reaction)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response_set", "scale", "part"], name="one_reaction_for_each_part_of_a_preview"
            ),
            models.CheckConstraint(
                name="reaction_is_one_of_three",
                condition=Q(part__in=["good", "dull"]) & Q(reaction__in=["like", "bear", "not"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

"""What the fit check asks: two scales, statements and short scenarios, and a preview of each role.

These rows have no versions. A response keeps the points that it was worth when it was given, so mending a
statement changes no result; what is taken away is archived.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.versions import KEY, Shipped


def five_words(value: object) -> None:
    """Refuse anything but a list of five texts: every page of the fit check shows them."""
    if not isinstance(value, list) or len(value) != 5 or not all(isinstance(e, str) and e for e in value):
        raise ValidationError(_("This must be a list of five words or phrases."))


class Instrument(Shipped):
    """The fit check itself: the five words that one may answer with."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY], help_text=_("Never changes."))
    answers = models.JSONField(
        validators=[five_words],
        help_text=_("Five words or phrases, from strongest disagreement to strongest agreement."),
    )

    class Meta:
        verbose_name = _("fit check")

    def __str__(self) -> str:
        return self.key


class Scale(models.Model):
    """One of the two orientations, and what its role is like on good and on dull days."""

    class Key(models.TextChoices):
        PRODUCT = "product", _("Product")
        PROJECT = "project", _("Project")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="scales")
    key = models.CharField(max_length=7, choices=Key)
    name = models.CharField(max_length=60)
    good = models.CharField(max_length=400, help_text=_("Preview of the role: what is good about it."))
    dull = models.CharField(max_length=400, help_text=_("Preview of the role: what is dull about it."))

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "key"], name="scale_key_is_unique_in_instrument"),
            models.CheckConstraint(
                name="scale_is_product_or_project", condition=Q(key__in=["product", "project"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemQuerySet(models.QuerySet["Item"]):
    def asked(self) -> "ItemQuerySet":
        """What is asked today, in the author's order, with scales and options."""
        rows = self.filter(archived_at__isnull=True).select_related("scale", "instrument")
        return rows.prefetch_related("options").order_by("order", "pk")


class Item(Shipped):
    """One statement to agree with or not, or one scenario to choose in."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("Statement")
        SCENARIO = "scenario", _("Scenario")

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="items")
    key = models.CharField(max_length=60, unique=True, validators=[KEY], help_text=_("Never changes."))
    kind = models.CharField(max_length=9, choices=Kind)
    scale = models.ForeignKey(
        Scale,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="items",
        help_text=_("Of a statement: what it measures."),
    )
    reverse = models.BooleanField(default=False, help_text=_("Agreeing speaks against the scale."))
    text = models.CharField(max_length=400)
    order = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on nobody is asked it."))

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                name="statements_have_a_scale_scenarios_none",
                condition=Q(kind="statement", scale__isnull=False)
                | Q(kind="scenario", scale__isnull=True, reverse=False),
                violation_error_message=_(
                    "A statement has a scale; a scenario has none and is not reversed."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ItemOption(models.Model):
    """One way to act in a scenario, and how much it speaks for either role: 0, 1 or 2."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="options")
    key = models.CharField(max_length=60, validators=[KEY])
    text = models.CharField(max_length=240)
    product = models.PositiveSmallIntegerField(default=0)
    project = models.PositiveSmallIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "key"], name="option_key_is_unique_in_item"),
            models.CheckConstraint(
                name="option_speaks_0_to_2", condition=Q(product__lte=2) & Q(project__lte=2)
            ),
        ]

    def __str__(self) -> str:
        return self.text

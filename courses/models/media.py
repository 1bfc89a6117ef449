"""Pictures that editors uploaded. A lesson names one by its key; its files never change."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.versions import KEY


class MediaAsset(models.Model):
    """A picture: its files, found by their digest, and what stands for it where it is not seen.

    Another picture is another row. So a lesson's older version shows what it showed then.
    """

    class Fallback(models.TextChoices):
        JPEG = "jpg"
        PNG = "png"

    key = models.CharField(
        max_length=60,
        unique=True,
        validators=[KEY],
        help_text=_("Lessons name the picture by it. Never changes."),
    )
    name = models.CharField(max_length=120, help_text=_("For editors: what to look for it by."))
    alt = models.CharField(
        _("text in its place"),
        max_length=300,
        blank=True,
        help_text=_("What it says, for those who do not see it. A lesson may say it in words of its own."),
    )
    decorative = models.BooleanField(
        default=False, help_text=_("It says nothing that the text does not: screen readers pass over it.")
    )
    credit = models.CharField(
        max_length=200, blank=True, help_text=_("Who made it and under which licence; stands below it.")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = ArrayField(models.PositiveIntegerField(), editable=False)
    fallback = models.CharField(max_length=3, choices=Fallback, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("picture")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="picture_has_a_text_or_is_decorative",
                condition=Q(decorative=True, alt="") | (Q(decorative=False) & ~Q(alt="")),
                violation_error_message=_("Say what the picture shows, or tick “decorative”; not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

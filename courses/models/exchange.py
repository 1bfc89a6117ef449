"""What comes in from outside: files that wait for a yes, and what releases of the curriculum have brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """A file that somebody looked at before its import: one a person, a newer one takes its place."""

    class Kind(models.TextChoices):
        GIFT = "gift", "GIFT"
        QTI = "qti", "QTI 3.0"
        CSV = "csv", "CSV"
        PACKAGE = "package", _("Course package")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="upload")
    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the content: names what was looked at."))
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        permissions = [
            ("import_questions", "Can import questions from files"),
            ("import_package", "Can import a course package"),
            ("export_content", "Can export questions and courses"),
        ]

    def __str__(self) -> str:
        return self.name


class ShippedContent(models.Model):
    """One object of the curriculum's files: as it was last taken over, and a newer one that waits.

    `base` is what an editor's changes are changes of. `offered` is what a later release has where an editor
    changed the draft: nobody's work is overwritten, somebody chooses.
    """

    kind = models.CharField(max_length=13, help_text=_("Name of the dataclass in content_files.format."))
    course_key = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=60)
    base = models.JSONField(null=True)
    base_release = models.CharField(max_length=20, blank=True)
    updated_in = models.CharField(
        max_length=20, blank=True, help_text=_("The release that changed it last, of those taken over.")
    )
    offered = models.JSONField(null=True)
    offered_release = models.CharField(max_length=20, blank=True)
    offered_hash = models.CharField(max_length=64, blank=True)
    waits_for = models.CharField(max_length=200, blank=True, help_text=_("Why, where no editor changed it."))

    class Meta:
        verbose_name = _("update of the curriculum")
        verbose_name_plural = _("updates of the curriculum")
        permissions = [("take_shipped", "Can take over or decline changes of the shipped curriculum")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "course_key", "key"], name="shipped_once"),
            models.CheckConstraint(
                name="what_is_offered_has_a_hash",
                condition=Q(offered__isnull=True, offered_hash="")
                | (Q(offered__isnull=False) & ~Q(offered_hash="")),
            ),
        ]
        indexes = [
            # content_files.offers: what waits for a choice
            models.Index(fields=["kind"], name="shipped_that_waits", condition=~Q(offered_hash="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

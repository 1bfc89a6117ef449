"""Certificates: what somebody earned, under which name it was issued, and the addresses that outlive it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Version
from mailing.identifiers import uuid7


class Certificate(models.Model):
    """That a learner finished a course. Earned by the course's rule, issued when they say under which name.

    The facts are those of the day it was earned: later versions, attempts and regrades change none of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="certificates")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    outline = models.ForeignKey(
        Version, on_delete=models.PROTECT, related_name="+", help_text=_("The course as it was then.")
    )
    awarded_at = models.DateTimeField(help_text=_("When the course's rule was met."))
    lessons = models.PositiveSmallIntegerField(help_text=_("Lessons that the course had, all of them done."))
    quizzes = models.PositiveSmallIntegerField(help_text=_("Quizzes of modules that were passed."))
    points = models.DecimalField(
        max_digits=7,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("Of the best final that was passed."),
    )
    questions = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("That the final asked. Empty: the course had none.")
    )
    pass_mark = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Per cent, of the final.")
    )
    name = models.CharField(max_length=120, blank=True, help_text=_("As the learner wrote it."))
    issued_at = models.DateTimeField(null=True, blank=True)
    identity_salt = models.CharField(max_length=32, blank=True)
    identity_hash = models.CharField(
        max_length=80, blank=True, help_text=_("Of the address at issue, for the signed credential.")
    )
    shared = models.BooleanField(default=False, help_text=_("Whoever has the link may see it."))
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    revoked_reason = models.CharField(
        _("reason"), max_length=200, blank=True, help_text=_("Shown to the learner, to nobody else.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course"],
                name="one_standing_certificate_per_course",
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="issued_certificate_is_whole",
                condition=Q(issued_at__isnull=True, shared=False, identity_hash="")
                | (Q(issued_at__isnull=False) & ~Q(identity_hash="")),
            ),
            models.CheckConstraint(
                name="withdrawn_certificate_has_a_reason",
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
            ),
            models.CheckConstraint(
                name="final_of_a_certificate_is_whole",
                condition=Q(points__isnull=True, questions__isnull=True, pass_mark__isnull=True)
                | Q(points__isnull=False, questions__isnull=False, pass_mark__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def title(self) -> str:
        """The course's title as it was then."""
        return str(self.outline.body["title"])

    @property
    def stands(self) -> bool:
        """Whether it is issued, neither withdrawn nor replaced."""
        return self.issued_at is not None and self.revoked_at is None and self.replaced_at is None


class IssuedAddress(models.Model):
    """That a certificate was once issued at an address. It says nothing of a person and outlives the row.

    An address that is listed here and has no certificate any more answers "withdrawn".
    """

    id = models.UUIDField(primary_key=True)

    class Meta:
        verbose_name_plural = _("issued addresses")

    def __str__(self) -> str:
        return str(self.pk)

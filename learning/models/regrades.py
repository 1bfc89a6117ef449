"""Answers graded again after an editor corrected a question: what was, what is, and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Version
from learning.models.attempts import Attempt, AttemptQuestion


class RegradeRecord(models.Model):
    """One answer of a handed-in attempt whose credit changed. Written once; the old credit is kept here."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="regrades")
    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="regrades")
    from_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    credit_before = models.DecimalField(max_digits=4, decimal_places=3, help_text="Of the answer, 0 to 1.")
    credit_after = models.DecimalField(max_digits=4, decimal_places=3, help_text="Of the answer, 0 to 1.")
    total_before = models.DecimalField(max_digits=7, decimal_places=3, help_text="Of the attempt.")
    total_after = models.DecimalField(max_digits=7, decimal_places=3, help_text="Of the attempt.")
    passed_before = models.BooleanField()
    passed_after = models.BooleanField()
    reason = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt_question", "to_version"], name="one_regrade_per_question_and_version"
            ),
            models.CheckConstraint(
                name="a_regrade_takes_no_pass_away", condition=Q(passed_before=False) | Q(passed_after=True)
            ),
        ]

    def __str__(self) -> str:
        return f"regrade {self.pk}"


class Accommodation(models.Model):
    """More time for somebody who needs it, in every quiz with a time limit that they start from now on."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accommodation"
    )
    extra_time_percent = models.PositiveSmallIntegerField(
        help_text=_("25 gives a quarter more; 100 doubles the time. Attempts under way keep their end.")
    )
    reason = models.CharField(
        max_length=200,
        help_text=_(
            "One sentence, such as “Agreed with the student office”. The learner can read it; "
            "illnesses do not belong here."
        ),
    )
    until = models.DateField(
        null=True, blank=True, help_text=_("The last day, on the learner's calendar. Empty: without an end.")
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    given_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("extra time")
        verbose_name_plural = _("entries of extra time")
        constraints = [
            models.CheckConstraint(
                name="extra_time_is_sensible",
                condition=Q(extra_time_percent__range=(1, 400)),
                violation_error_message="Between 1 and 400 per cent.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.extra_time_percent}% more time"

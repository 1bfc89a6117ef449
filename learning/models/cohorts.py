"""Cohorts: people who take a course together, and those who look after them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course


class Cohort(models.Model):
    """People who take one course together until a day. Its owners see who is done, and no more."""

    name = models.CharField(max_length=80, help_text=_("Its members read it, too."))
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cohorts")
    target_date = models.DateField(
        null=True, blank=True, help_text=_("The day by which it should be done. Nothing happens on it.")
    )
    owners = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="owned_cohorts",
        help_text=_(
            "They see each member's name, lessons done and certificate at /cohorts/, and nothing else."
        ),
    )
    claim = models.CharField(
        _("value of the claim"),
        max_length=120,
        blank=True,
        help_text=_(
            "Who logs in with this value in OIDC_COHORT_CLAIM belongs to the cohort, "
            "and only as long as it is there."
        ),
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "name"],
                name="one_cohort_per_name_and_course",
                violation_error_message="This course has a cohort of that name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class CohortMember(models.Model):
    """That somebody belongs to a cohort, since when and how they came."""

    class Via(models.TextChoices):
        STAFF = "staff", _("added by staff")
        INVITATION = "invitation", _("by invitation")
        CLAIM = "claim", _("by the organisation's log-in")

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cohort_memberships"
    )
    joined_at = models.DateTimeField()
    via = models.CharField(_("how"), max_length=10, choices=Via)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "user"], name="once_in_a_cohort")]

    def __str__(self) -> str:
        return f"member {self.pk}"

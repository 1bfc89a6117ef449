"""Plans of thirty days, one for each path, and what a person has ticked off."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from careers.models.tasks import Proves
from courses.models import Lesson
from courses.models.versions import KEY, Shipped


class Plan(Shipped):
    """What to do in thirty days to get on with one path, or to try both."""

    key = models.CharField(
        max_length=7, unique=True, choices=Proves, help_text=_("Which path. Never changes.")
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=400)

    class Meta:
        ordering = ["key"]
        constraints = [models.CheckConstraint(name="plan_is_of_a_path", condition=Q(key__in=Proves.values))]

    def __str__(self) -> str:
        return self.title


class PlanStep(models.Model):
    """One thing to do, and on which of the thirty days."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=60, validators=[KEY], help_text=_("Ticks hang on it: never change it."))
    days = models.CharField(max_length=20, help_text=_("Such as 1, 2-4 or 28-30."))
    text = models.CharField(max_length=400)
    lesson = models.ForeignKey(
        Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="plan_steps"
    )
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="step_key_is_unique_in_plan")]

    def __str__(self) -> str:
        return self.text


class PlanFollowed(models.Model):
    """A person has begun a plan. Its days are counted from `started_on`, the local date of that day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans_followed"
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="followed")
    started_on = models.DateField()
    changed_at = models.DateTimeField(help_text=_("When it was begun or last ticked."))

    class Meta:
        verbose_name_plural = _("plans followed")
        constraints = [models.UniqueConstraint(fields=["user", "plan"], name="a_plan_is_followed_once")]

    def __str__(self) -> str:
        return str(self.pk)


class PlanTick(models.Model):
    """One step of a plan is done. It hangs on the step's key: an editor may take the step away."""

    followed = models.ForeignKey(PlanFollowed, on_delete=models.CASCADE, related_name="ticks")
    step = models.CharField(max_length=60, validators=[KEY])
    ticked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["followed", "step"], name="a_step_is_ticked_once")]

    def __str__(self) -> str:
        return str(self.pk)

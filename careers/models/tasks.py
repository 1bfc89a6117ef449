"""Everyday tasks from other walks of life, and which of them a person does already."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from courses.models.versions import KEY, Shipped


class Proves(models.TextChoices):
    """For which role something counts."""

    PRODUCT = "product", _("Product")
    PROJECT = "project", _("Project")
    BOTH = "both", _("Both")


class TaskQuerySet(models.QuerySet["Task"]):
    def offered(self) -> "TaskQuerySet":
        """What one may pick today, in the author's order, with the lesson's course and its live title."""
        rows = self.filter(archived_at__isnull=True).select_related("lesson__course").order_by("order", "pk")
        return rows.annotate(lesson_title=F("lesson__live_version__body__title"))


class Task(Shipped):
    """Something people do in other jobs: which role it proves, how to say so, and what is missing."""

    key = models.CharField(max_length=60, unique=True, validators=[KEY], help_text=_("Never changes."))
    task = models.CharField(max_length=240, help_text=_("What people do, in their words."))
    walk = models.CharField(_("walk of life"), max_length=60)
    proves = models.CharField(max_length=7, choices=Proves)
    why = models.CharField(max_length=400, help_text=_("Why it counts."))
    cv_line = models.CharField(_("CV line"), max_length=400, help_text=_("A line that a learner may copy."))
    gap = models.CharField(max_length=400, help_text=_("What it does not prove yet."))
    lesson = models.ForeignKey(
        Lesson, on_delete=models.PROTECT, related_name="tasks", help_text=_("The lesson that closes the gap.")
    )
    order = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(
        null=True, blank=True, help_text=_("From then on nobody is offered it.")
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(name="task_proves_a_role", condition=Q(proves__in=Proves.values))
        ]

    def __str__(self) -> str:
        return self.task


class TaskChoice(models.Model):
    """A person does this task already."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="task_choices")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="choices")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "task"], name="a_task_is_chosen_once")]

    def __str__(self) -> str:
        return str(self.pk)

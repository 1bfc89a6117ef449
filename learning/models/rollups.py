"""What happened on each day, as numbers without people: analytics reads these and not the record."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Lesson, Misconception, Quiz
from learning.models.cohorts import Cohort


class DailyTotal(models.Model):
    """How many people did one thing on one day (UTC), of all or of one cohort.

    No row leads to a person: whoever is erased leaves the days that have been counted as they are.
    """

    class Measure(models.TextChoices):
        VISITED = "visited", _("Visits")
        SIGNED_UP = "signed_up", _("Signed up")
        BEGAN = "began", _("Began")
        FIRST_LESSON = "first_lesson", _("First lesson done")
        FINISHED = "finished", _("All lessons done")
        CERTIFIED = "certified", _("Certificate")
        LESSON_DONE = "lesson_done", _("Lesson done")
        LEFT_OFF = "left_off", _("Left off")
        TOOK_DAYS = "took_days", _("All lessons done after so many days")
        QUIZ_TAKEN = "quiz_taken", _("First attempt handed in")
        QUIZ_PASSED_FIRST = "quiz_passed_first", _("First attempt passed")
        QUIZ_SCORE = "quiz_score", _("Sum of the first attempts' scores in per cent")
        QUIZ_PASSED = "quiz_passed", _("Passed for the first time")
        MISCONCEPTION = "misconception", _("Fell for a mistaken idea")

    day = models.DateField(help_text="In UTC.")
    measure = models.CharField(max_length=17, choices=Measure)
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    quiz = models.ForeignKey(Quiz, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    misconception = models.ForeignKey(
        Misconception, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.PositiveIntegerField(null=True, blank=True, help_text="Of days, where it is about days.")
    amount = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("analytics")
        verbose_name_plural = _("analytics")
        default_permissions = ()
        permissions: ClassVar = [("view_analytics", "Can see what all learners do, in numbers")]
        constraints = [
            # Its index also answers analytics: one measure of one cohort (or of all) over some days.
            models.UniqueConstraint(
                fields=["measure", "cohort", "day", "course", "lesson", "quiz", "misconception", "number"],
                name="one_total_per_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="totals_are_of_something", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.measure} on {self.day}"


class CountedDay(models.Model):
    """That the totals of a day (UTC) were counted, and when last."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}"

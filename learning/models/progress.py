"""Enrollment, lesson progress, the ledger, and the roll-ups that make pages cheap."""

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Lesson, Version
from learning.models.append_only import AppendOnly


class Enrollment(models.Model):
    """A learner in a course: where they stopped, and the roll-ups of what they did."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="enrollments"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    started_at = models.DateTimeField()
    last_lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_active_at = models.DateTimeField()
    lessons_done = models.PositiveIntegerField(
        default=0, help_text=_("Roll-up: lessons completed and not undone, live or not.")
    )

    class Meta:
        verbose_name = _("learner")
        constraints = [models.UniqueConstraint(fields=["user", "course"], name="one_enrollment_per_course")]

    def __str__(self) -> str:
        return f"enrollment {self.pk}"


class LessonProgress(models.Model):
    """That a learner completed a lesson, in which version. Undoing sets `undone_at`; redoing clears it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="lesson_progress"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("lesson progress")
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="one_progress_per_lesson")]

    def __str__(self) -> str:
        return f"progress {self.pk}"


class LearningEvent(models.Model):
    """A row of the ledger: what happened, when, on which local date. Append-only.

    It points to the record it tells of. Local date and zone are stored as they were: a later change of zone
    moves no day.
    """

    class Kind(models.TextChoices):
        ENROLLED = "enrolled", _("Started a course")
        LESSON_COMPLETED = "lesson_completed", _("Completed a lesson")
        LESSON_UNDONE = "lesson_undone", _("Marked a lesson as not done")
        CHECK_ANSWERED = "check_answered", _("Answered a check")
        ATTEMPT_STARTED = "attempt_started", _("Started a quiz")
        ATTEMPT_SUBMITTED = "attempt_submitted", _("Handed in a quiz")
        REGRADED = "regraded", _("Quiz graded again after a correction")
        CARD_REVIEWED = "card_reviewed", _("Reviewed")
        REVIEW_UNDONE = "review_undone", _("Took back a review")
        DRILL_ANSWERED = "drill_answered", _("Answered in the drill")
        GUEST_MERGED = "guest_merged", _("Brought along what a guest did")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="learning_events"
    )
    kind = models.CharField(max_length=17, choices=Kind)
    at = models.DateTimeField()
    local_date = models.DateField()
    time_zone = models.CharField(max_length=64)
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lesson_progress = models.ForeignKey(
        LessonProgress,
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="events",
    )
    answer = models.ForeignKey(
        "learning.Answer",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="events",
    )
    attempt = models.ForeignKey(
        "learning.Attempt",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="events",
    )
    review = models.ForeignKey(
        "learning.ReviewLog",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="events",
    )
    drill_answer = models.ForeignKey(
        "learning.DrillAnswer",
        null=True,
        blank=True,
        db_index=False,
        on_delete=models.CASCADE,
        related_name="events",
    )

    class Meta:
        indexes = [
            # progress.why: the events of one learner, newest first
            models.Index(fields=["user", "-at"], name="ledger_of_learner"),
            # regrade.news: the few corrections among the many events
            models.Index(fields=["user", "-at"], name="regrades_of_learner", condition=Q(kind="regraded")),
            # day_facts: the events of one day; rows come in by time, so a few bytes a megabyte are enough
            BrinIndex(fields=["at"], name="ledger_by_time", autosummarize=True),
            # the events that point to a record; most point to one kind, and what is empty needs no entry
            *(
                models.Index(fields=[to], name=f"ledger_by_{to}", condition=Q(**{f"{to}__isnull": False}))
                for to in ("lesson_progress", "answer", "attempt", "review", "drill_answer")
            ),
        ]
        constraints = [
            AppendOnly(
                name="ledger_is_append_only", owner="user", movable=["lesson_progress", "answer", "attempt"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class DailyActivityQuerySet(models.QuerySet["DailyActivity"]):
    def studied(self) -> "DailyActivityQuerySet":
        """Days of study. On the others a quiz was begun, and no more."""
        return self.exclude(lessons=0, answers=0, quizzes=0, reviews=0)


class DailyActivity(models.Model):
    """Roll-up: what a learner did on one local date, and how long. Days without activity have no row."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="daily_activity"
    )
    local_date = models.DateField()
    lessons = models.PositiveIntegerField(default=0, help_text="Lessons completed.")
    answers = models.PositiveIntegerField(
        default=0, help_text="Answers to checks, in the drill, and in quizzes handed in."
    )
    quizzes = models.PositiveIntegerField(default=0, help_text="Quizzes handed in.")
    reviews = models.PositiveIntegerField(default=0, help_text="Cards answered in the review.")
    spent = models.DurationField(
        default=timedelta, help_text="Between one thing done and the next, long breaks left out."
    )
    last_at = models.DateTimeField(null=True, blank=True, help_text="When the last of it was done.")

    objects = DailyActivityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("daily activity")
        constraints = [
            models.UniqueConstraint(fields=["user", "local_date"], name="one_activity_row_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.local_date}"

    @property
    def minutes(self) -> int:
        """The time spent in whole minutes."""
        return int(self.spent.total_seconds()) // 60


class WeekGoal(models.Model):
    """How many days a week a learner wants to study, from a Monday on, until the next row."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="week_goals"
    )
    from_monday = models.DateField()
    days = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "from_monday"], name="one_goal_per_week"),
            models.CheckConstraint(name="goal_is_one_to_seven_days", condition=Q(days__range=(1, 7))),
        ]

    def __str__(self) -> str:
        return f"{self.days} days a week from {self.from_monday}"

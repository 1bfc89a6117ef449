"""Quiz attempts, frozen at start, and the answers given in quizzes and in lessons' checks."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Question, Quiz, Version
from mailing.identifiers import uuid7


class Attempt(models.Model):
    """One sitting of a quiz. Versions, order and public option ids are fixed when it starts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="attempts"
    )
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    quiz_version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1 for the learner's first attempt at this quiz.")
    seed = models.BigIntegerField(help_text="Of the draw and of every shuffling in this attempt.")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(
        null=True, blank=True, help_text="When time is up, fixed at start. Empty: no limit."
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    credit = models.DecimalField(
        max_digits=7, decimal_places=3, null=True, blank=True, help_text="Sum over the questions."
    )
    question_count = models.PositiveSmallIntegerField()
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        indexes = [
            # close_overdue_attempts: open attempts whose time is up
            models.Index(fields=["ends_at"], name="timed_attempts", condition=Q(submitted_at__isnull=True)),
            # overview: the quizzes that a learner handed in last
            models.Index(fields=["user", "-submitted_at"], name="attempts_of_learner"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "quiz", "number"], name="attempt_number_is_unique"),
            models.UniqueConstraint(
                fields=["user", "quiz"], name="one_open_attempt", condition=Q(submitted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="submitted_attempt_is_graded",
                condition=Q(submitted_at__isnull=True, credit__isnull=True, passed__isnull=True)
                | Q(submitted_at__isnull=False, credit__isnull=False, passed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}"

    @property
    def points(self) -> str:
        """The credit without needless zeros: 6, 5.5, 0.66. Never rounded up to what looks like a pass."""
        cut = (self.credit or Decimal(0)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
        return f"{cut.normalize():f}"

    def is_over(self, now: datetime) -> bool:
        """Say whether its time is up at `now`."""
        return self.ends_at is not None and self.ends_at <= now


class AttemptQuestion(models.Model):
    """One question of an attempt, in the version and option order that were fixed at start."""

    attempt = models.ForeignKey(Attempt, db_index=False, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="attempt_questions")
    key_version = models.ForeignKey(
        Version,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where an editor corrected the key later: the version that graded it again.",
    )
    options = models.JSONField(help_text="[[public id, choice key], …] in the order shown; ids are random.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_question_per_position"),
            models.UniqueConstraint(fields=["attempt", "question"], name="no_question_twice_in_an_attempt"),
        ]

    def __str__(self) -> str:
        return f"question {self.position}"


class Answer(models.Model):
    """An answer as given. Of a quiz: graded when the attempt is handed in. Of a check: graded at once."""

    class Context(models.TextChoices):
        CHECK = "check"
        QUIZ = "quiz"

    class Sureness(models.TextChoices):
        GUESS = "guess", _("Guess")
        THINK_SO = "think_so", _("I think so")
        SURE = "sure", _("I am sure")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="answers"
    )
    context = models.CharField(max_length=5, choices=Context)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="answers")
    attempt_question = models.OneToOneField(
        AttemptQuestion, null=True, blank=True, on_delete=models.CASCADE, related_name="answer"
    )
    response = models.JSONField(help_text="By choice keys, as the question type defines it.")
    sureness = models.CharField(max_length=8, choices=Sureness, blank=True)
    sequence = models.PositiveIntegerField(default=0, help_text="The client's counter; the highest wins.")
    saved_at = models.DateTimeField()
    credit = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True, help_text="0 to 1.")
    recent = models.BooleanField(
        default=False,
        help_text="Roll-up: graded in a quiz, and none but the last few to the question came later.",
    )

    class Meta:
        indexes = [
            # asking: when one learner last answered a question
            models.Index(fields=["user", "question", "-id"], name="answers_of_learner"),
            # evidence: the last graded answers of one learner, however long their history is
            models.Index(
                fields=["user", "question"],
                name="answers_recent",
                include=["id", "credit"],
                condition=Q(recent=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question"], name="one_answer_per_check", condition=Q(context="check")
            ),
            models.CheckConstraint(
                name="quiz_answers_belong_to_an_attempt",
                condition=Q(context="quiz", attempt_question__isnull=False)
                | Q(context="check", attempt_question__isnull=True, credit__isnull=False),
            ),
            models.CheckConstraint(
                name="credit_is_between_0_and_1", condition=Q(credit__isnull=True) | Q(credit__range=(0, 1))
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

"""What is kept in memory for a learner, and every time it was recalled or not."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.models import GlossaryTerm, Objective, Question, Version
from learning.models.attempts import Answer
from learning.rhythm import Rhythm


class ReviewPlan(models.Model):
    """How often a learner wants to be asked. Without a row it is every day, and no interview lies ahead."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="review_plan"
    )
    rhythm = models.CharField(
        max_length=7,
        choices=[(each.value, each.name.capitalize()) for each in Rhythm],
        default=Rhythm.DAILY.value,
    )
    interview_on = models.DateField(
        null=True, blank=True, help_text="Local date. Until the day before, it is every day."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="rhythm_is_known", condition=Q(rhythm__in=[each.value for each in Rhythm])
            ),
        ]

    def __str__(self) -> str:
        return f"review plan of {self.pk}"


class ReviewCard(models.Model):
    """An objective or a term that a learner has met. A cache: its reviews that count add up to it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="review_cards"
    )
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="cards"
    )
    term = models.ForeignKey(
        GlossaryTerm, null=True, blank=True, on_delete=models.PROTECT, related_name="cards"
    )
    met_at = models.DateTimeField()
    stability = models.FloatField(help_text="Days until the chance to recall it has sunk to 90 %.")
    difficulty = models.FloatField(help_text="1 to 10.")
    last_on = models.DateField(help_text="Local date of the last review that counted.")
    due_on = models.DateField(help_text="Local date from which it is due.")
    wanted_on = models.DateField(
        null=True,
        blank=True,
        help_text="Local date on which it is asked before an interview, if not already from then on.",
    )
    review_number = models.PositiveIntegerField(
        default=1,
        help_text="Goes up with whatever changes the card; a form that carries an older one is late.",
    )
    lapses = models.PositiveIntegerField(default=0, help_text="Reviews that counted and were forgotten.")
    sure_but_wrong = models.BooleanField(default=False, help_text="The last review was; it comes back first.")

    class Meta:
        indexes = [
            # review.Hand: what of one learner is due
            models.Index(fields=["user", "due_on"], name="cards_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="card_is_of_an_objective_or_a_term",
                condition=Q(objective__isnull=False, term__isnull=True)
                | Q(objective__isnull=True, term__isnull=False),
            ),
            models.UniqueConstraint(fields=["user", "objective"], name="one_card_per_objective"),
            models.UniqueConstraint(fields=["user", "term"], name="one_card_per_term"),
            models.CheckConstraint(name="card_stability_is_positive", condition=Q(stability__gt=0)),
            models.CheckConstraint(name="card_difficulty_is_1_to_10", condition=Q(difficulty__range=(1, 10))),
            models.CheckConstraint(name="card_is_due_after_its_review", condition=Q(due_on__gt=F("last_on"))),
        ]

    def __str__(self) -> str:
        return f"card {self.pk}"


class ReviewLog(models.Model):
    """One time that a card was met or asked for. Undoing sets `undone_at`; the row stays.

    A card begins with a row: of the lesson that was completed, or in which its term was opened, or of the
    first answer.
    """

    class Source(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        CHECK = "check", _("Check")
        QUIZ = "quiz", _("Quiz")
        REVIEW = "review", _("Review")

    class Direction(models.TextChoices):
        MEANING = "meaning", _("Which meaning does the word have?")
        WORD = "word", _("Which word has the meaning?")

    class Rating(models.IntegerChoices):
        AGAIN = 1
        HARD = 2
        GOOD = 3
        EASY = 4

    card = models.ForeignKey(ReviewCard, db_index=False, on_delete=models.CASCADE, related_name="logs")
    source = models.CharField(max_length=6, choices=Source)
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.PROTECT, related_name="review_logs"
    )
    version = models.ForeignKey(Version, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(
        max_length=7, choices=Direction, blank=True, help_text="Terms: what was asked."
    )
    offered = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Terms: keys in the order shown.",
    )
    response = models.JSONField(null=True, blank=True, help_text="Reviews: by choice keys.")
    sureness = models.CharField(max_length=8, choices=Answer.Sureness, blank=True)
    credit = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True, help_text="0 to 1.")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    at = models.DateTimeField()
    local_date = models.DateField()
    counted = models.BooleanField(help_text="Whether it moved the card: the first of a local date does.")
    undone_at = models.DateTimeField(null=True, blank=True)
    fsrs = models.CharField(max_length=20, help_text="Version of the package that moved the card.")
    parameters = ArrayField(models.FloatField(), help_text="Its parameters.")

    class Meta:
        indexes = [
            # review: when a question was last seen by one learner
            models.Index(fields=["card", "-at"], name="reviews_of_card"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "local_date"],
                name="one_review_a_day_counts",
                condition=Q(counted=True, undone_at__isnull=True),
            ),
            models.CheckConstraint(name="rating_is_1_to_4", condition=Q(rating__range=(1, 4))),
            models.CheckConstraint(
                name="reviews_are_answers_and_lessons_are_not",
                condition=Q(source="lesson", credit__isnull=True)
                | (~Q(source="lesson") & Q(credit__range=(0, 1))),
            ),
            models.CheckConstraint(
                name="review_keeps_its_response", condition=~Q(source="review") | Q(response__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"review {self.pk}"

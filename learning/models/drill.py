"""Answers of the drill, each with the label that was right when it was given."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.models import DrillSentence, Label


class DrillAnswer(models.Model):
    """What a learner called a sentence. Never changed; `number` counts the learner's answers from 1.

    `expected` is the label that was right then: an editor who mends a sentence later makes nobody wrong.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="drill_answers"
    )
    number = models.PositiveIntegerField()
    sentence = models.ForeignKey(DrillSentence, on_delete=models.PROTECT, related_name="answers")
    given = models.CharField(max_length=7, choices=Label)
    expected = models.CharField(max_length=7, choices=Label)
    correct = models.BooleanField()
    at = models.DateTimeField()
    local_date = models.DateField()

    class Meta:
        indexes = [
            # drill: how a learner last answered each sentence
            models.Index(
                fields=["user", "sentence", "-number"], name="drill_of_learner", include=["correct"]
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "number"], name="one_drill_answer_per_turn"),
            models.CheckConstraint(name="drill_answer_has_a_label", condition=Q(given__in=Label.values)),
            models.CheckConstraint(
                name="drill_answer_is_right_or_not",
                condition=Q(correct=True, given=F("expected")) | (Q(correct=False) & ~Q(given=F("expected"))),
            ),
        ]

    def __str__(self) -> str:
        return f"drill answer {self.pk}"

"""What learners write beside a lesson, and what they mark to come back to."""

from django.conf import settings
from django.db import models

from courses.models import Lesson


class Note(models.Model):
    """A learner's own words on a lesson. A note that was taken away stays as a row without text."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(
        default=1, help_text="Goes up with every change; a form that carries an older one is late."
    )
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="one_note_per_lesson")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class Bookmark(models.Model):
    """That a learner wants to find a lesson again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="bookmarks")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="one_bookmark_per_lesson")]

    def __str__(self) -> str:
        return f"bookmark {self.pk}"

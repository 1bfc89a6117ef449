"""Immutable numbered versions, and what rows that are versioned have in common."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

KEY = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Lower-case letters, digits and single hyphens only."))


class VersionQuerySet(models.QuerySet["Version"]):
    def for_pages(self) -> "VersionQuerySet":
        """Without the answer key: the only way in which pages read versions before an answer."""
        return self.defer("answer_key")


class Version(models.Model):
    """One published (or kept) state of a lesson, question, quiz, course outline, fact or term. Never changed.

    `body` is what learners may see; `answer_key` (questions only) is what they may not before they answered.
    """

    class Kind(models.TextChoices):
        OUTLINE = "outline", _("Outline")
        LESSON = "lesson", _("Lesson")
        QUESTION = "question", _("Question")
        QUIZ = "quiz", _("Quiz")
        FACT = "fact", _("Fact")
        TERM = "term", _("Term")

    kind = models.CharField(max_length=8, choices=Kind)
    course = models.ForeignKey(
        "courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )
    key = models.CharField(max_length=60, validators=[KEY])
    number = models.PositiveIntegerField()
    major = models.BooleanField(default=True)
    body = models.JSONField()
    answer_key = models.JSONField(null=True, blank=True)
    content_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="versions"
    )
    created_at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "course", "key", "number"],
                name="version_number_is_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="only_questions_have_an_answer_key",
                condition=Q(kind="question", answer_key__isnull=False)
                | (~Q(kind="question") & Q(answer_key__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(kind)s %(key)s, version %(number)s") % {
            "kind": self.kind,
            "key": self.key,
            "number": self.number,
        }


class Shipped(models.Model):
    """What came with the curriculum's files remembers its state then; an import leaves edits alone."""

    shipped_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("Digest of the content as it was last imported."),
    )
    shipped_version = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        abstract = True


class Versioned(Shipped):
    """What every versioned row has. The draft is the row itself; learners see `live_version`."""

    key = models.CharField(max_length=60, validators=[KEY], help_text=_("Never changes once published."))
    live_version = models.OneToOneField(
        Version,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="live_%(class)s",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @property
    def shipped_or_published(self) -> bool:
        """Whether learners' records may name this row: its key is frozen; it is archived, not deleted."""
        return bool(self.shipped_hash) or self.live_version_id is not None or self.archived_at is not None


def archived_is_not_live(name: str) -> models.CheckConstraint:
    """Constraint: an archived row has no live version."""
    return models.CheckConstraint(
        name=f"archived_{name}_is_not_live",
        condition=Q(archived_at__isnull=True) | Q(live_version__isnull=True),
    )

"""What people said is wrong with something they were shown, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from courses.models import DrillSentence, Version


class ContentReport(models.Model):
    """Words about one version of a lesson, a fact or a question, or about a sentence of the drill."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("It is wrong")
        UNCLEAR = "unclear", _("It is unclear")
        OUTDATED = "outdated", _("It is out of date")
        TYPO = "typo", _("A slip of the pen")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        FIXED = "fixed", _("Fixed")
        ANSWERED = "answered", _("Answered, nothing changed")
        SET_ASIDE = "set_aside", _("Set aside")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="content_reports",
        help_text=_("Who said it; nobody once their account or guest row is gone."),
    )
    version = models.ForeignKey(
        Version,
        null=True,
        on_delete=models.PROTECT,
        related_name="reports",
        help_text=_("What they were shown."),
    )
    sentence = models.ForeignKey(DrillSentence, null=True, on_delete=models.PROTECT, related_name="reports")
    wording = models.TextField(
        blank=True, help_text=_("Of a sentence, which has no versions: as it was shown.")
    )
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=2000)
    wants_mail = models.BooleanField(default=False, help_text=_("Asked to be told by mail, too."))
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    reply = models.TextField(blank=True, max_length=1000, help_text=_("Its reporter reads it."))
    fixed_in = models.ForeignKey(
        Version,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reports_fixed",
        help_text=_("What was live when it was called fixed."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("report")
        constraints = [
            models.CheckConstraint(
                name="report_is_about_one_thing",
                condition=Q(version__isnull=False, sentence__isnull=True)
                | Q(version__isnull=True, sentence__isnull=False),
            ),
            models.CheckConstraint(
                name="a_decided_report_says_when",
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
            ),
            # The same words again, by the back button or an impatient finger, are one report.
            models.UniqueConstraint("user", "version", MD5("text"), name="one_report_of_a_version"),
            models.UniqueConstraint("user", "sentence", MD5("text"), name="one_report_of_a_sentence"),
        ]
        indexes = [
            # admin: the queue, the oldest first
            models.Index(fields=["created_at"], name="reports_waiting", condition=Q(state="waiting")),
            # looking_back: what became of one person's
            models.Index(
                fields=["user", "decided_at"], name="reports_decided", condition=Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

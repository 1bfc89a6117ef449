"""What is on its way to learners: what goes live or away at a time, and what waits for another's yes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.versions import Version


class PublishJob(models.Model):
    """A row that goes live, or away from learners, at an instant. Beat looks for what is due.

    What goes live is `version`, frozen when it was scheduled: later edits of the draft are not in it.
    A course's outline follows its lessons, so of a course `draft_hash` is kept, and an edit since stops it.
    """

    class Action(models.TextChoices):
        PUBLISH = "publish", _("Goes live")
        ARCHIVE = "archive", _("Goes away")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=8, choices=Version.Kind)
    row_id = models.PositiveBigIntegerField(help_text=_("Of the table that the kind names."))
    action = models.CharField(max_length=7, choices=Action)
    at = models.DateTimeField()
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.PROTECT, related_name="publish_jobs"
    )
    draft_hash = models.CharField(max_length=64, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text=_("Why it failed, for its editor."))

    class Meta:
        indexes = [
            # scheduling.run_due: what waits, the earliest first
            models.Index(fields=["at"], name="jobs_that_wait", condition=Q(state="waiting"))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "row_id", "action"],
                name="one_waiting_job_per_row_and_action",
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="what_goes_live_is_frozen",
                condition=Q(action="archive", version__isnull=True, draft_hash="")
                | (Q(action="publish", version__isnull=False, draft_hash="") & ~Q(kind="outline"))
                | (Q(action="publish", version__isnull=True, kind="outline") & ~Q(draft_hash="")),
            ),
            models.CheckConstraint(
                name="waiting_job_has_not_ended",
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}, {self.action}"


class ReviewRequest(models.Model):
    """A draft that its editor wants published and that somebody else has to approve, as it stood then."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a review")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Sent back")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(max_length=8, choices=Version.Kind)
    row_id = models.PositiveBigIntegerField(help_text=_("Of the table that the kind names."))
    content_hash = models.CharField(max_length=64, help_text=_("Of the draft that is to be approved."))
    note = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text=_("Why it was sent back."))

    class Meta:
        permissions = [("approve_release", "Can approve what others want to publish")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "row_id"], name="one_waiting_request_per_row", condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="nobody_approves_their_own",
                condition=~Q(state="approved", asked_by=models.F("decided_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}, {self.state}"

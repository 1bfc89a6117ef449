"""Tables of the mail room: a row for every mail ever meant to be sent, and what keeps it from going twice."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailing.identifiers import uuid7


class OutboxMail(models.Model):
    """One mail, from "meant to be sent" to its final state. Its id is the left part of the Message-ID.

    Every change of state is one committed conditional `UPDATE … WHERE id AND state AND claim_token`, so a
    late worker cannot write over a newer claim. Address, locale and payload are nulled in every final state.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")
        UNKNOWN = "unknown", _("Unknown")

    FINAL_STATES = (State.SENT, State.SKIPPED, State.FAILED, State.EXPIRED, State.UNKNOWN)

    class Priority(models.IntegerChoices):
        CODE = 0, _("Code")
        TRANSACTIONAL = 3, _("Transactional")
        REMINDER = 5, _("Reminder")
        INVITATION = 7, _("Invitation")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="outbox_mails",
        db_index=False,  # one_mail_per_user_and_slot begins with it
    )
    kind = models.CharField(max_length=40, help_text=_("A key of settings.MAIL_KINDS."))
    slot = models.CharField(
        max_length=80, help_text=_("What makes this mail one: 'reminder:2026-11-21', 'code:<uuid>'.")
    )
    priority = models.PositiveSmallIntegerField(choices=Priority)
    to_address = models.EmailField(null=True, blank=True)  # noqa: DJ001  nulled in final states, '' would be a value
    locale = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001  as to_address
    payload = models.BinaryField(null=True, blank=True, help_text=_("Encrypted JSON for transactional mail."))
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    reason = models.CharField(
        max_length=200, blank=True, help_text=_("Why it is in this state; of a sent mail: what it was about.")
    )
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text=_("Tries that ended with an answer."))
    lost = models.PositiveSmallIntegerField(
        default=0, help_text=_("Claims whose worker ended without a word.")
    )
    next_try_at = models.DateTimeField()
    claim_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    smtp_started_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ambiguous = models.PositiveSmallIntegerField(default=0)
    epoch = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("mail")
        constraints = [
            models.UniqueConstraint(fields=["user", "slot"], name="one_mail_per_user_and_slot"),
            models.CheckConstraint(
                name="final_mail_keeps_no_address",
                condition=Q(state__in=["pending", "sending"])
                | Q(to_address__isnull=True, payload__isnull=True, locale__isnull=True),
            ),
        ]
        indexes = [
            # delivery.claim: the next mails by priority and time
            models.Index(
                fields=["priority", "next_try_at"], name="outbox_next", condition=Q(state="pending")
            ),
            # delivery.sweep: claims whose lease is over
            models.Index(fields=["lease_until"], name="outbox_leases", condition=Q(state="sending")),
            # delivery.sweep: windows that have passed
            models.Index(fields=["not_after"], name="outbox_windows", condition=Q(state="pending")),
            # delivery.purge: rows by age
            models.Index(fields=["created_at"], name="outbox_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slot}"


class Suppression(models.Model):
    """An address that gets no mail of a scope. Kept as a keyed hash: it outlives an erased account."""

    class Scope(models.TextChoices):
        ALL = "all", _("All")
        REMINDERS = "reminders", _("Reminders")

    class Source(models.TextChoices):
        BOUNCE = "bounce", _("Bounce")
        COMPLAINT = "complaint", _("Complaint")
        USER = "user", _("User")
        ADMIN = "admin", _("Admin")

    address_hmac = models.CharField(max_length=64, primary_key=True)
    scope = models.CharField(max_length=9, choices=Scope)
    source = models.CharField(max_length=9, choices=Source)
    until = models.DateTimeField(null=True, blank=True, help_text=_("Empty: for good."))
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.address_hmac[:8]}… ({self.scope})"


class MailEvent(models.Model):
    """A bounce or a complaint as the mail provider told of it. Kept for 30 days, without the address."""

    class Kind(models.TextChoices):
        HARD = "hard", _("The mailbox does not exist")
        SOFT = "soft", _("The mailbox did not take it this time")
        COMPLAINT = "complaint", _("Its owner called it spam")

    provider_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=9, choices=Kind)
    address_hmac = models.CharField(max_length=64)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            # events.take: what was told of one address
            models.Index(fields=["address_hmac"], name="mail_events_of_address"),
            # housekeeping.purge: events by age
            models.Index(fields=["received_at"], name="mail_events_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address_hmac[:8]}…"


class MailControl(models.Model):
    """The one row that holds the mail room's switches."""

    singleton = models.BooleanField(primary_key=True, default=True)
    epoch = models.PositiveIntegerField(
        default=1, help_text=_("Raised by a restore; mails of older epochs never leave.")
    )
    paused = models.BooleanField(default=False, help_text=_("While on, no mail leaves. Nothing is lost."))
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Set after the mail server refused us.")
    )

    class Meta:
        constraints = [models.CheckConstraint(name="mail_control_is_one_row", condition=Q(singleton=True))]

    def __str__(self) -> str:
        return gettext("Mail control")


class MailRate(models.Model):
    """How many mails left in the last minute, in all and to one domain. Whoever takes one locks the row."""

    name = models.CharField(max_length=253, primary_key=True, help_text=_("The domain; empty: all mails."))
    taken = models.JSONField(default=list, help_text=_("[[second since 1970, mails], …], the oldest first."))
    held_until = models.DateTimeField(
        null=True, blank=True, help_text=_("When the last of the mails that wait for their turn has it.")
    )

    def __str__(self) -> str:
        return self.name or gettext("all mails")


class Heartbeat(models.Model):
    """When a process last showed that it lives."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

"""What a learner asked to be reminded of, and when the next reminder is due."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.models.moves import FollowsMoves


class ReminderContractQuerySet(models.QuerySet["ReminderContract"]):
    def due(self, now: datetime) -> "ReminderContractQuerySet":
        """Contracts whose next reminder is to be planned by now."""
        return self.filter(next_due_at__lte=now)

    def moved(self) -> "ReminderContractQuerySet":
        """Contracts whose next reminder is to be computed anew, since their learner moved."""
        return self.filter(enabled=True, computed_zone="")


class ReminderContract(models.Model):
    """One per learner who asked for reminders. The time zone is the user's own.

    `next_due_at` is empty while reminders are off. Weekdays are ISO numbers, 1 = Monday … 7 = Sunday.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_contract"
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        default=list,
    )
    local_time = models.TimeField(help_text=_("05:00 to 22:45, in quarter hours."))
    ceiling_per_week = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    enabled = models.BooleanField(default=True)
    paused_until = models.DateField(
        null=True, blank=True, help_text=_("Local date of the first day with mails again.")
    )
    unanswered = models.PositiveSmallIntegerField(
        default=0, help_text=_("Reminders since the learner was last active.")
    )
    always_send = models.BooleanField(
        default=False, help_text=_("Takes no part in a hold-out of the digest.")
    )
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_local_date = models.DateField(null=True, blank=True, help_text=_("The local date of the next mail."))
    computed_zone = models.CharField(
        max_length=64,
        blank=True,
        help_text=_("The time zone in which that was computed. Empty: it is another one now."),
    )

    objects = ReminderContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        constraints = [
            models.CheckConstraint(
                name="reminder_hour_is_between_5_and_2245",
                condition=Q(local_time__gte="05:00", local_time__lte="22:45"),
            ),
            models.CheckConstraint(
                name="reminder_ceiling_is_1_to_4", condition=Q(ceiling_per_week__range=(1, 4))
            ),
            models.CheckConstraint(
                name="reminder_off_has_no_due_time", condition=Q(enabled=True) | Q(next_due_at__isnull=True)
            ),
            FollowsMoves(name="reminder_follows_moves"),
        ]
        indexes = [
            # reminders.plan: contracts that are due
            models.Index(
                fields=["next_due_at"], name="contracts_due", condition=Q(next_due_at__isnull=False)
            ),
            # reminders.plan: contracts to compute anew
            models.Index(fields=["id"], name="contracts_moved", condition=Q(enabled=True, computed_zone="")),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ReminderKind(models.Model):
    """A kind of reminder that a learner switched on or off. No row: the kind's own default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_kinds"
    )
    kind = models.CharField(max_length=40)
    enabled = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_switch_per_kind")]

    def __str__(self) -> str:
        return self.kind


class DigestTrial(models.Model):
    """That a learner's digest of a week took part in a hold-out, and on which side.

    Written when the mail of that day is about to be sent; what came of it is read from the ledger.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_trials")
    day = models.DateField(help_text="The learner's local date of the mail.")
    at = models.DateTimeField()
    held_out = models.BooleanField(help_text="The digest was left out; the mail was about the next thing.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="one_trial_per_learner_and_day")]
        indexes = [
            # effect.of: the trials of the last months
            models.Index(fields=["at"], name="trials_by_time"),
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}"

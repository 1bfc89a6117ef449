"""Who comes and who goes, by lists that staff upload."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class InvitationWave(models.Model):
    """Addresses that were uploaded together. At most `per_hour` of them are written to in any hour."""

    label = models.CharField(max_length=80, help_text=_("For you: who these people are."))
    per_hour = models.PositiveIntegerField(
        _("invitations an hour"), default=100, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    starts_at = models.DateTimeField(_("first hour"), help_text=_("From then on, between 08:00 and 21:00."))
    time_zone = models.CharField(max_length=64, default="UTC", help_text=_("Whose clock those hours are on."))
    group = models.CharField(
        max_length=40, blank=True, help_text=_("What who accepts joins (accounts.groups). Empty: nothing.")
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="wave_sends_at_least_one", condition=Q(per_hour__gte=1)),
        ]

    def __str__(self) -> str:
        return self.label


class Invitation(models.Model):
    """One address that may sign up by the signed link in its mail: once, until it expires or is revoked."""

    wave = models.ForeignKey(InvitationWave, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    user = models.OneToOneField(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="invitation",
        help_text=_("Who signed up with it."),
    )
    mail_id = models.UUIDField(null=True, blank=True, help_text=_("Its newest mail in the outbox."))
    queued_at = models.DateTimeField(null=True, blank=True, help_text=_("When its mail went into the queue."))
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_invitation_per_address")]
        indexes = [
            # invitations.plan: what waits for its mail
            models.Index(
                fields=["wave", "id"],
                name="invitations_waiting",
                condition=Q(queued_at__isnull=True, revoked_at__isnull=True, accepted_at__isnull=True),
            ),
            # invitations.plan: how many mails a wave had in the last hour
            models.Index(fields=["wave", "queued_at"], name="invitations_by_hour"),
            # invitations.forget: those that expired
            models.Index(
                fields=["expires_at"], name="invitations_expired", condition=Q(accepted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class LeaverList(models.Model):
    """Addresses of people who have left, uploaded together: their accounts were closed at once."""

    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    erase_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("From then on those who are still closed are erased. Empty: never."),
    )
    closed = models.PositiveIntegerField(help_text=_("Accounts that this list closed."))
    left_out = models.PositiveIntegerField(help_text=_("Lines that closed nothing."))

    class Meta:
        verbose_name = _("list of leavers")
        verbose_name_plural = _("lists of leavers")
        indexes = [
            # leavers.erase_due: lists whose day has come
            models.Index(fields=["erase_at"], name="leavers_to_erase", condition=Q(erase_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return gettext("leavers of %s") % f"{self.created_at:%Y-%m-%d %H:%M}"


class Leaver(models.Model):
    """An account that a list of leavers closed."""

    leaver_list = models.ForeignKey(LeaverList, on_delete=models.CASCADE, related_name="leavers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leavings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["leaver_list", "user"], name="one_leaver_per_list"),
        ]

    def __str__(self) -> str:
        return f"leaver {self.pk}"

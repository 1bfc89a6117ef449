"""People, the organisation that runs this portal, and the log of what staff did."""

from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from mailing.identifiers import uuid7


class UserQuerySet(models.QuerySet["User"]):
    def guests(self) -> "UserQuerySet":
        """People without an account: rows without an e-mail address."""
        return self.filter(email__isnull=True)


class UserManager(BaseUserManager["User"]):
    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        """Start a query; written out, since a manager made from a queryset has no types."""
        return UserQuerySet(self.model, using=self._db)

    def guests(self) -> UserQuerySet:
        """People without an account: rows without an e-mail address."""
        return self.get_queryset().guests()

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account. Without a password one can log in by e-mailed code only."""
        user = User(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account that may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by its address, in any letter case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. A guest is a row without e-mail, made at the first write and found by the `guest` cookie."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001  guests have none, and '' is unique
    name = models.CharField(
        max_length=120, blank=True, help_text=_("How they are addressed, and the name on certificates.")
    )
    time_zone = models.CharField(
        max_length=64, default="UTC", help_text=_("An IANA name such as Europe/Lisbon.")
    )
    locale = models.CharField(_("language"), max_length=10, default="en")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    single_keys = models.BooleanField(default=True, help_text=_("Letters and signs alone are shortcuts."))
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text=_("May open the admin."))
    accepted_terms_version = models.CharField(max_length=20, blank=True)
    accepted_terms_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_on = models.DateField(
        null=True, blank=True, help_text=_("Day (UTC) of the last write; guests go 30 days after.")
    )
    last_page_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When a page was last shown, within minutes: no mail repeats it soon after."),
    )
    keep_asked = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often a guest was asked to keep what they did (at most twice).")
    )
    erase_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set: the account sleeps, and is erased for good from then on.")
    )
    log_in_era = models.PositiveIntegerField(
        default=1, help_text=_("Goes up to log out everywhere: log-ins of earlier eras are void.")
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [
            ("assign_roles", "Can hand out roles"),
            ("look_in", "Can look at a learner's progress, giving a reason"),
            ("assist", "Can send a learner's mails again, and start the file of their data"),
        ]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]
        indexes = [
            # accounts.guests.forget: guests by the day they were last here
            models.Index(fields=["last_seen_on"], name="guests_by_day", condition=Q(email__isnull=True)),
            # accounts.privacy.erasure.erase_due: accounts whose seven days are over
            models.Index(fields=["erase_at"], name="accounts_asleep", condition=Q(erase_at__isnull=False)),
        ]

    called = ""
    """What somebody is called on a page of those who may look at people; never kept."""

    def __str__(self) -> str:
        # A number unless a page asks for more: this also goes into tracebacks and the log.
        return self.called or str(self.pk)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django's mark of a log-in: void once the password changes, and here once the era does."""
        held = f"{self.log_in_era}:{self.password}"
        return salted_hmac("accounts.User.log_in", held, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_guest(self) -> bool:
        """Whether this person has no account (yet)."""
        return self.email is None

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC where the stored name is unknown."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


class Organisation(models.Model):
    """The one row that says who runs this portal. It stands in footers, mails and the legal pages."""

    singleton = models.BooleanField(primary_key=True, default=True, editable=False)
    name = models.CharField(max_length=120, default="Crossroads")
    support_email = models.EmailField(blank=True)
    postal_address = models.TextField(blank=True, help_text=_("Stands in the foot of every mail."))
    logo = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text=_("Its files: digest, width, height, widths, fallback."),
    )
    certificate_issuer = models.CharField(
        _("issuer of certificates"),
        max_length=120,
        blank=True,
        help_text=_("As it stands on certificates, such as a registered name. Empty: the name above."),
    )
    certificate_note = models.CharField(
        _("words on certificates"),
        max_length=240,
        blank=True,
        help_text=_(
            "One sentence below the course's title, such as for whom it was held. It is on every "
            "certificate, also on those of before."
        ),
    )
    mail_note = models.CharField(
        _("words in mails"),
        max_length=400,
        blank=True,
        help_text=_(
            "One paragraph below the text of reminders, invitations and mails about certificates, such as "
            "whom to ask about a course. Plain text. Empty: no paragraph."
        ),
    )
    imprint_text = models.TextField(blank=True, help_text=_("Markdown. Replaces the shipped imprint."))
    privacy_text = models.TextField(blank=True, help_text=_("Markdown. Replaces the shipped privacy notice."))
    terms_text = models.TextField(blank=True, help_text=_("Markdown. Replaces the shipped terms."))
    terms_version = models.CharField(max_length=20, default="1")
    review_publishing = models.BooleanField(
        _("review before publishing"),
        default=False,
        help_text=_("What an editor wants to publish waits until somebody else has approved it."),
    )
    digest_hold_out = models.PositiveSmallIntegerField(
        _("hold-out of the digest"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=_(
            "Per cent of weeks in which a digest is left out, to learn whether it helps. The learner's "
            "mail comes all the same, about the next thing; they are told, and can say “Always send mine”."
        ),
    )

    class Meta:
        verbose_name_plural = _("organisation")
        permissions = [("preview_texts", "Can see how mails and certificates read")]
        constraints = [
            models.CheckConstraint(name="organisation_is_one_row", condition=Q(singleton=True)),
            models.CheckConstraint(
                name="digest_hold_out_is_at_most_half", condition=Q(digest_hold_out__lte=50)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AuditLog(models.Model):
    """What staff did. Append-only by a trigger; rows about people hold ids and field names only."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="audit_rows"
    )
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("entries of the audit log")
        indexes = [
            # admin: newest first
            models.Index(fields=["-at"], name="audit_newest"),
            # accounts.audit.history: what was done with one object
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_of_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class LookIn(models.Model):
    """That somebody of the staff looked at what one person sees. The person finds it in their settings."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="look_ins")
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    page = models.CharField(max_length=200, help_text=_("What was looked at, in words for the person."))
    reason = models.CharField(max_length=200, blank=True, help_text=_("Why, in words for the person."))

    class Meta:
        indexes = [
            # accounts.privacy.look_ins.of: one person's, newest first
            models.Index(fields=["user", "-at"], name="look_ins_of_person"),
        ]

    def __str__(self) -> str:
        return f"look-in {self.pk}"


class DataExport(models.Model):
    """The file with all of a person's data, where it takes long to make. One for each person at a time."""

    class State(models.TextChoices):
        ASKED = "asked"
        MAKING = "making"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="data_export")
    state = models.CharField(max_length=6, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True, help_text=_("When a worker began to make it."))
    tries = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(help_text=_("How many there were to write when it was asked for."))
    written = models.PositiveIntegerField(default=0, help_text=_("How many are written."))
    size = models.PositiveBigIntegerField(default=0, help_text=_("Bytes of the file."))
    expires_at = models.DateTimeField(null=True, blank=True, help_text=_("From then on the file is gone."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_ready_export_expires", condition=~Q(state="ready") | Q(expires_at__isnull=False)
            ),
        ]
        indexes = [
            # accounts.privacy.exports.make_next: what waits, the oldest first
            models.Index(
                fields=["asked_at"], name="exports_waiting", condition=Q(state__in=["asked", "making"])
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

"""Invitations: addresses that staff uploaded, written to in waves; each signs up once, by its signed link."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import groups, organisation, registration
from accounts.models import Invitation, InvitationWave, User
from mailing import control, outbox
from mailing.kinds import Example, Message
from mailing.models import OutboxMail

KIND = "invitation"
SALT = "accounts.invitations"
GOOD_FOR = timedelta(days=14)
KEPT = timedelta(days=30)
HOUR = timedelta(hours=1)
FROM, UNTIL = time(8), time(21)
"""Nobody chose the hour of an invitation, so it leaves by day alone, on the clock of the wave's zone."""


class NotGoodError(Exception):
    """The link of an invitation opens nothing (any more). The message says why, for whoever followed it."""


# --- The link ----------------------------------------------------------------------------------------------


def url(invitation_id: int) -> str:
    """Return the whole address of an invitation's page."""
    return _page(Signer(salt=SALT).sign(str(invitation_id)))


def _page(token: str) -> str:
    return f"{settings.BASE_URL}{reverse('accounts:accept_invitation', args=[token])}"


def find(token: str, *, now: datetime) -> Invitation:
    """Return the invitation of a link that can be accepted now. Raises NotGoodError."""
    try:
        row = Invitation.objects.get(pk=int(Signer(salt=SALT).unsign(token)))
    except (BadSignature, ValueError, Invitation.DoesNotExist) as error:
        raise NotGoodError(_("This link is none of our invitations. Is all of it there?")) from error
    _check(row, now=now)
    return row


def _check(row: Invitation, *, now: datetime) -> None:
    if settings.SIGNUP == "sso":
        raise NotGoodError(_("Accounts come from your organisation's own log-in here."))
    if row.accepted_at is not None or registration.account_of(row.email) is not None:
        raise NotGoodError(_("There is an account with this address: log in, a code by mail is enough."))
    if row.revoked_at is not None:
        raise NotGoodError(_("This invitation was taken back."))
    if row.expires_at is not None and row.expires_at <= now:
        raise NotGoodError(_("This invitation has expired. Ask those who sent it for another."))


@transaction.atomic
def accept(
    *,
    invitation_id: int,
    guest: User | None,
    name: str,
    time_zone: str,
    theme: str = "",
    now: datetime,
) -> User:
    """Make the account of an invited address and return it. Whoever holds the link has read its mail.

    What a guest did stays theirs. Raises NotGoodError, also for the second of two at once.
    """
    row = Invitation.objects.select_for_update().get(pk=invitation_id)
    _check(row, now=now)
    user = registration.sign_up(
        guest=guest, email=row.email, name=name, time_zone=time_zone, theme=theme, now=now
    )
    address = EmailAddress.objects.get(user=user, email=row.email.lower())
    address.verified = True
    address.set_as_primary()
    row.user, row.accepted_at = user, now
    row.save(update_fields=["user", "accepted_at"])
    groups.join(user=user, key=row.wave.group, now=now)
    return user


# --- What staff do -----------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    addresses: Iterable[str],
    label: str,
    per_hour: int,
    starts_at: datetime,
    time_zone: str,
    group: str = "",
    actor: User | None,
    now: datetime,
) -> InvitationWave:
    """Keep a wave of invitations; the planner writes to them. An address that is invited already stays so.

    Whoever accepts joins `group`, a key of `accounts.groups.choices`; empty: none.
    """
    wave = InvitationWave.objects.create(
        label=label,
        per_hour=per_hour,
        starts_at=starts_at,
        time_zone=time_zone,
        group=group,
        created_by=actor,
        created_at=now,
    )
    rows = [Invitation(wave=wave, email=address.lower(), created_at=now) for address in addresses]
    Invitation.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return wave


def revoke(invitations: QuerySet[Invitation], *, now: datetime) -> int:
    """Take back what is not accepted: its link opens nothing, its mail does not leave. Returns how many."""
    return invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)


def send_again(invitations: QuerySet[Invitation]) -> int:
    """Let those that are not accepted wait for another mail, within their wave's hours. Returns how many.

    A mail that still waits is left to itself; a revoked or expired invitation is good again.
    """
    under_way = OutboxMail.objects.filter(pk=OuterRef("mail_id"), state__in=["pending", "sending"])
    return (
        invitations.filter(accepted_at__isnull=True)
        .exclude(Exists(under_way))
        .update(queued_at=None, expires_at=None, revoked_at=None)
    )


def forget(*, now: datetime) -> int:
    """Delete addresses that did not follow an invitation, 30 days after it expired. Returns how many."""
    return Invitation.objects.filter(accepted_at__isnull=True, expires_at__lt=now - KEPT).delete()[0]


# --- The waves ---------------------------------------------------------------------------------------------


def plan(*, now: datetime) -> int:
    """Put the mails of all waves into the outbox that this hour has room for, and return how many.

    It may run twice or in parallel: a wave's row is locked, and each invitation is queued once.
    """
    _take_back_late(now=now)
    waiting = Invitation.objects.filter(wave=OuterRef("pk"), **WAITING)
    waves = InvitationWave.objects.filter(Exists(waiting), starts_at__lte=now)
    return sum(_plan_wave(pk, now=now) for pk in waves.values_list("pk", flat=True))


WAITING = {"queued_at__isnull": True, "revoked_at__isnull": True, "accepted_at__isnull": True}


def _take_back_late(*, now: datetime) -> None:
    """Let those wait again whose mail could not leave by the evening."""
    late = OutboxMail.objects.filter(pk=OuterRef("mail_id"), state="expired", reason="too late")
    recent = Invitation.objects.filter(queued_at__gt=now - timedelta(days=2), accepted_at__isnull=True)
    recent.filter(Exists(late)).update(queued_at=None, expires_at=None)


@transaction.atomic
def _plan_wave(pk: int, *, now: datetime) -> int:
    wave = InvitationWave.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    closes_at = _closes_at(wave, now=now) if wave else None
    if wave is None or closes_at is None:
        return 0
    slot = f"{KIND}:{wave.pk}:"
    lately = OutboxMail.objects.filter(created_at__gt=now - HOUR, kind=KIND, slot__startswith=slot).count()
    room = max(0, wave.per_hour - lately)
    rows = list(wave.invitations.filter(**WAITING).order_by("pk")[:room])
    epoch, mails = control.current().epoch, []
    for row in rows:
        mail = outbox.prepare(
            user_id=None,
            kind=KIND,
            slot=f"{slot}{row.pk}",
            priority=OutboxMail.Priority.INVITATION,
            due_at=now,
            not_after=closes_at,
            epoch=epoch,
            now=now,
        )
        mail.to_address, mail.locale = row.email, settings.LANGUAGE_CODE
        row.mail_id, row.queued_at, row.expires_at = mail.pk, now, now + GOOD_FOR
        mails.append(mail)
    outbox.put_all(mails)
    Invitation.objects.bulk_update(rows, ["mail_id", "queued_at", "expires_at"], batch_size=1000)
    return len(rows)


def _closes_at(wave: InvitationWave, *, now: datetime) -> datetime | None:
    """Return until when today's mails may leave; None while it is night where the wave's clock is."""
    local = now.astimezone(ZoneInfo(wave.time_zone))
    if not FROM <= local.time() < UNTIL:
        return None
    return local.replace(hour=UNTIL.hour, minute=0, second=0, microsecond=0, fold=1)


class InvitationMail:
    """Mails of kind "invitation"."""

    def __init__(self) -> None:
        self.rows: dict[int, Invitation] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Leave out what was revoked, accepted or forgotten, and who has an account by now."""
        self.rows = Invitation.objects.in_bulk([_invitation_id(mail) for mail in mails])
        addresses = [row.email.lower() for row in self.rows.values()]
        proven = EmailAddress.objects.filter(email__in=addresses, verified=True)
        known = set(proven.values_list("email", flat=True))
        return {mail.pk: _objection(self.rows.get(_invitation_id(mail)), known) for mail in mails}

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Write the mail with the link that accepts."""
        row = self.rows[_invitation_id(mail)]
        return _message(row, link=url(row.pk))


def _message(row: Invitation, *, link: str) -> Message:
    context = {
        "organisation": organisation.current(),
        "base_url": settings.BASE_URL,
        "url": link,
        "expires_at": row.expires_at,
        "email": row.email,
    }
    context["subject"] = render_to_string("emails/invitation/subject.txt", context).strip()
    return Message(
        to_address=row.email,
        locale=settings.LANGUAGE_CODE,
        subject=str(context["subject"]),
        text=render_to_string("emails/invitation/mail.txt", context).strip() + "\n",
        html=render_to_string("emails/invitation/mail.html", context).strip(),
    )


def example(*, user: User, now: datetime) -> list[Message]:
    """Return the mail as if this person were invited; its link is none."""
    return [_message(Invitation(email=user.email or "", expires_at=now + GOOD_FOR), link=_page("preview"))]


EXAMPLES = (Example(gettext_lazy("Invitations"), KIND, "invitation", gettext_lazy("An invitation"), example),)


def _invitation_id(mail: OutboxMail) -> int:
    return int(mail.slot.rpartition(":")[2])


def _objection(row: Invitation | None, known: Collection[str]) -> str | None:
    if row is None:
        return "erased"
    if row.revoked_at is not None:
        return "revoked"
    if row.accepted_at is not None or row.email.lower() in known:
        return "has_account"
    return None

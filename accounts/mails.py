"""The mails about an account: codes, and word of what changed. Written when they are sent, never before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import organisation
from accounts.models import User
from mailing import outbox
from mailing.identifiers import uuid7
from mailing.kinds import Example, Message
from mailing.models import OutboxMail

CODE_GOOD_FOR = timedelta(minutes=15)
CODES = frozenset(
    {"login_code", "password_reset_code", "email_confirmation", "email_confirmation_signup", "own_data_code"}
)
CARRIED = ("code", "as_guest", "from_email", "to_email", "deleted_email", "undo_url", "erase_on", "until")


def put(
    template_prefix: str, *, email: str, context: Mapping[str, Any], at_sign_up: bool = False, now: datetime
) -> OutboxMail:
    """Put one of allauth's mails, named like "account/email/login_code", into the outbox.

    A code for an address that has no account yet reads as the end of the sign-up; a code that a sign-up sends
    to an account says that there is one.
    """
    user = _owner(email)
    name = template_prefix.rpartition("/")[2]
    if name == "login_code" and user is not None and user.is_guest:
        template_prefix = "account/email/email_confirmation_signup"
    elif name == "login_code" and at_sign_up:
        template_prefix = "account/email/account_already_exists"
    is_code = name in CODES
    return outbox.put(
        user=user,
        kind="account",
        slot=f"{name}:{uuid7()}",
        priority=OutboxMail.Priority.CODE if is_code else OutboxMail.Priority.TRANSACTIONAL,
        due_at=now,
        not_after=now + CODE_GOOD_FOR if is_code else None,
        now=now,
        to_address=email,
        locale=settings.LANGUAGE_CODE,
        payload={
            "template_prefix": template_prefix,
            "context": {name: context[name] for name in CARRIED if name in context},
            "to": email,
        },
    )


def _owner(email: str) -> User | None:
    """Return the person of an address: an account first, else a guest who is signing up with it."""
    whose = Q(email__iexact=email) | Q(emailaddress__email=email.lower())
    return User.objects.filter(whose).order_by(F("email").asc(nulls_last=True)).first()


def _name(slot: str) -> str:
    return slot.partition(":")[0]


class AccountMail:
    """Mails of kind "account"."""

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Leave out a code when a newer one of its kind was asked for: only the newest works."""
        people = {mail.user_id for mail in mails if mail.user_id}
        recent = OutboxMail.objects.filter(
            kind="account", user_id__in=people, created_at__gt=now - CODE_GOOD_FOR
        )
        newest: dict[tuple[int | None, str], datetime] = {}
        for user_id, slot, created_at in recent.order_by("created_at").values_list(
            "user_id", "slot", "created_at"
        ):
            newest[user_id, _name(slot)] = created_at
        verdicts: dict[UUID, str | None] = {}
        for mail in mails:
            last = newest.get((mail.user_id, _name(mail.slot)), mail.created_at)
            superseded = _name(mail.slot) in CODES and last > mail.created_at
            verdicts[mail.id] = "a newer code was asked for" if superseded else None
        return verdicts

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Write the mail: subject, text and HTML from three templates."""
        payload = outbox.decrypt(mail)
        return written(
            payload["template_prefix"],
            payload["context"],
            to=payload["to"],
            locale=mail.locale or settings.LANGUAGE_CODE,
        )


def written(template_prefix: str, context: Mapping[str, Any], *, to: str, locale: str) -> Message:
    """Return a mail from its three templates, in the frame that mails about an account share."""
    known = {
        **context,
        "organisation": organisation.current(),
        "base_url": settings.BASE_URL,
        "minutes": int(CODE_GOOD_FOR.total_seconds() // 60),
    }
    known["subject"] = " ".join(render_to_string(f"{template_prefix}_subject.txt", known).split())
    return Message(
        to_address=to,
        locale=locale,
        subject=known["subject"],
        text=render_to_string(f"{template_prefix}_message.txt", known).strip() + "\n",
        html=render_to_string(f"{template_prefix}_message.html", known).strip(),
    )


# --- To be looked at ---------------------------------------------------------------------------------------

LOG_IN, OWN_DATA = _("Log-in and account"), _("Personal data, and the end of an account")
SHOWN = (
    (LOG_IN, "account/email/login_code", _("A code to log in")),
    (LOG_IN, "account/email/email_confirmation_signup", _("A code that ends a sign-up")),
    (LOG_IN, "account/email/account_already_exists", _("Somebody signs up who has an account")),
    (LOG_IN, "account/email/unknown_account", _("Somebody without an account asks for a code")),
    (LOG_IN, "account/email/log_in_help", _("How to log in, sent by support")),
    (LOG_IN, "account/email/email_confirmation", _("A code that confirms a new address")),
    (LOG_IN, "account/email/email_changed", _("The address was changed")),
    (LOG_IN, "account/email/email_deleted", _("An address was removed")),
    (LOG_IN, "account/email/password_set", _("A password was set")),
    (LOG_IN, "account/email/password_changed", _("The password was changed")),
    (LOG_IN, "account/email/password_reset_code", _("A code for a new password")),
    (LOG_IN, "account/email/password_reset", _("The password was set anew")),
    (LOG_IN, "mfa/email/totp_activated", _("Two-step log-in is on")),
    (LOG_IN, "mfa/email/totp_deactivated", _("Two-step log-in is off")),
    (LOG_IN, "mfa/email/recovery_codes_generated", _("New recovery codes")),
    (OWN_DATA, "account/email/own_data_code", _("A code that opens one's own data")),
    (OWN_DATA, "account/email/data_ready", _("The file of one's own data is ready")),
    (OWN_DATA, "account/email/data_taken", _("One's own data were downloaded")),
    (OWN_DATA, "account/email/erasure_asked", _("The account is to be erased")),
    (OWN_DATA, "account/email/erasure_undone", _("The account is back")),
)


def example(template_prefix: str, *, user: User, now: datetime) -> list[Message]:
    """Return one of these mails to a person, about what is made up."""
    in_a_week, of_then = now + timedelta(days=7), now - timedelta(days=690)
    context = {
        "code": "482913",
        "as_guest": True,
        "from_email": "sam.before@example.org",
        "to_email": user.email,
        "deleted_email": "sam.before@example.org",
        "undo_url": f"{settings.BASE_URL}{reverse('accounts:undo_erasure', args=['preview'])}",
        "erase_on": date_format(in_a_week, "j F Y"),
        "until": date_format(in_a_week, "j F Y"),
        "last_day": date_format(of_then, "j F Y"),
    }
    return [written(template_prefix, context, to=user.email or "", locale=settings.LANGUAGE_CODE)]


EXAMPLES = tuple(
    Example(group, "account", prefix.rpartition("/")[2], words, partial(example, prefix))
    for group, prefix, words in SHOWN
)

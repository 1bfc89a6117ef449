"""The mails about an account: codes, and word of what changed. Written when they are sent, never before."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.template.loader import render_to_string

from accounts import organisation
from accounts.models import User
from mailing import outbox
from mailing.identifiers import uuid7
from mailing.kinds import Message
from mailing.models import OutboxMail

CODE_GOOD_FOR = timedelta(minutes=15)
CODES = frozenset(
    {"login_code", "password_reset_code", "email_confirmation", "email_confirmation_signup", "own_data_code"}
)
CARRIED = ("code", "from_email", "to_email", "deleted_email", "undo_url", "erase_on", "until")


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
        locale=user.locale if user else "en",
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
        prefix = payload["template_prefix"]
        context = {
            **payload["context"],
            "organisation": organisation.current(),
            "base_url": settings.BASE_URL,
            "minutes": int(CODE_GOOD_FOR.total_seconds() // 60),
        }
        context["subject"] = " ".join(render_to_string(f"{prefix}_subject.txt", context).split())
        return Message(
            to_address=payload["to"],
            locale=mail.locale or "en",
            subject=context["subject"],
            text=render_to_string(f"{prefix}_message.txt", context).strip() + "\n",
            html=render_to_string(f"{prefix}_message.html", context).strip(),
        )

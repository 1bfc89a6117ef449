"""The end of an account: it sleeps for seven days, in which its owner can have it back, then it is gone.

Guests have nothing by which they could be told of an undo: they go at once.
"""

import json
import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from accounts import audit, mails
from accounts.models import Invitation, User
from accounts.privacy import exports, sections
from mailing.models import OutboxMail

logger = logging.getLogger(__name__)

SLEEPS = timedelta(days=7)
SALT = "accounts.privacy.erasure"
CALLED_OFF = "the account is being erased"


class BadTokenError(Exception):
    """The token is not one of ours, or its account is gone."""


def is_asleep(user: User) -> bool:
    """Say whether this account is being erased: nobody can log in, and nothing of it is shown to anybody."""
    return user.erase_at is not None


@transaction.atomic
def ask(*, user: User, now: datetime) -> User:
    """Put an account to sleep and return it; asking twice moves nothing.

    It is logged out everywhere, waiting mails are called off, and one mail tells its owner how to undo it.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.email is None or is_asleep(row):
        return row
    row.erase_at = now + SLEEPS
    row.is_active = False
    row.log_in_era += 1
    row.save(update_fields=["erase_at", "is_active", "log_in_era"])
    _call_off(Q(user=row))
    audit.record(actor=None, action="erasure_asked", obj=row, now=now)
    tell(row, now=now)
    return row


def tell(user: User, *, now: datetime) -> None:
    """Mail the owner of a sleeping account when it goes and how to have it back."""
    about = {"undo_url": undo_url(user), "erase_on": day_of(user)}
    mails.put("account/email/erasure_asked", email=str(user.email), context=about, now=now)


def day_of(user: User) -> str:
    """Return the local date on which a sleeping account goes, in words; empty for one that is awake."""
    return sections.day(user.erase_at.astimezone(user.zone).date() if user.erase_at else None)


def undo_url(user: User) -> str:
    """Return the whole address of the page with the button that wakes this account. It opens nothing else."""
    return f"{settings.BASE_URL}{reverse('accounts:undo_erasure', args=[token(user)])}"


def token(user: User) -> str:
    """Return what proves that somebody may wake this sleeping account. It is void for a later sleep."""
    asked = user.erase_at.timestamp() if user.erase_at else 0
    return Signer(salt=SALT).sign(f"{user.pk}-{asked:.0f}")


def sleeper_at(email: str) -> User | None:
    """Return the sleeping account with this address, in any letter case, or None."""
    return User.objects.filter(email__iexact=email, erase_at__isnull=False).first()


def sleeper(token: str) -> User:
    """Return the account that a token is about: asleep, or awake again. Raises BadTokenError."""
    try:
        pk, asked = Signer(salt=SALT).unsign(token).split("-")
        user = User.objects.get(pk=int(pk))
    except (BadSignature, ValueError, User.DoesNotExist) as error:
        raise BadTokenError from error
    if user.erase_at is not None and f"{user.erase_at.timestamp():.0f}" != asked:
        raise BadTokenError
    return user


@transaction.atomic
def undo(*, user: User, now: datetime) -> bool:
    """Wake an account; return False, and do nothing, if it is awake or gone."""
    row = User.objects.select_for_update().filter(pk=user.pk, erase_at__isnull=False).first()
    if row is None:
        return False
    row.erase_at = None
    row.is_active = True
    row.last_seen_on = now.date()
    row.save(update_fields=["erase_at", "is_active", "last_seen_on"])
    audit.record(actor=None, action="erasure_undone", obj=row, now=now)
    mails.put("account/email/erasure_undone", email=str(row.email), context={}, now=now)
    return True


def erase_due(*, now: datetime) -> int:
    """Erase the accounts whose seven days are over; return how many. One that fails stops no other."""
    due = User.objects.filter(erase_at__lte=now)
    gone = 0
    for pk in due.order_by("erase_at").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                user = due.select_for_update(skip_locked=True).filter(pk=pk).first()
                if user is not None:
                    erase(user=user, now=now)
                    gone += 1
        except Exception:
            logger.exception("account %s could not be erased; it is tried again", pk)
    return gone


@transaction.atomic
def erase(*, user: User, now: datetime) -> None:
    """Delete a person with everything that is theirs, at once and for good.

    Mails that wait are called off and lose their address; what was sent stays as a row without a person. The
    audit log keeps ids only. What happens to each table stands in `portal/personal_data.py`.
    """
    row = User.objects.select_for_update().filter(pk=user.pk).first()  # who writes for them waits
    if row is None:
        return
    addresses = {
        each.lower() for each in EmailAddress.objects.filter(user=row).values_list("email", flat=True)
    }
    if row.email:
        addresses.add(row.email.lower())
    _call_off(reduce(or_, [Q(to_address__iexact=each) for each in addresses], Q(user=row)))
    EmailAddress.objects.filter(
        email__in=addresses, verified=False
    ).delete()  # somebody's claim, proven by nobody
    for address in addresses:
        Invitation.objects.filter(email__iexact=address).delete()
    if addresses:  # without one they never began to log in
        _end_sessions(row.pk, addresses)
    exports.drop(user=row)
    audit.record(actor=None, action="account_erased", obj=row, now=now)
    row.delete()


def _call_off(whose: Q) -> None:
    OutboxMail.objects.filter(whose, state=OutboxMail.State.PENDING).update(
        state=OutboxMail.State.SKIPPED, reason=CALLED_OFF, to_address=None, locale=None, payload=None
    )


def _end_sessions(user_id: int, addresses: Collection[str]) -> None:
    """Delete the sessions of a person, and unfinished log-ins with one of their addresses.

    Sessions are closed bundles: each is opened. An erasure can wait for that, since it runs in a task.
    """
    theirs = []
    for session in Session.objects.iterator():
        held = session.get_decoded()
        text = json.dumps(held, ensure_ascii=False, default=str).lower()
        if held.get("_auth_user_id") == str(user_id) or any(each in text for each in addresses):
            theirs.append(session.pk)
    Session.objects.filter(pk__in=theirs).delete()

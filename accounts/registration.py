"""Who may sign up, and what a sign-up writes. The account is real once a code has proven its address."""

from collections.abc import Mapping
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import organisation, roles, time_zones
from accounts.models import User


class NotOpenError(Exception):
    """This address may not sign up here. The message says why, for the person."""


def is_open() -> bool:
    """Say whether people can sign up by themselves (SIGNUP is `open` or `domains`)."""
    return settings.SIGNUP in ("open", "domains")


def check_address(email: str) -> None:
    """Raise NotOpenError if SIGNUP=domains and the address is not at one of SIGNUP_DOMAINS."""
    domains = [domain.lower().lstrip("@") for domain in settings.SIGNUP_DOMAINS]
    if settings.SIGNUP == "domains" and email.lower().rpartition("@")[2] not in domains:
        either = pgettext("between domains of which any will do", " or ").join(domains)
        raise NotOpenError(_("Sign-up is open to addresses at %(domains)s.") % {"domains": either})


def account_of(email: str) -> User | None:
    """Return the account with this address, in any letter case, or None. An unproven address is nobody's."""
    if user := User.objects.filter(email__iexact=email).first():
        return user
    proven = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    return proven.user if proven else None


@transaction.atomic
def sign_up(
    *, guest: User | None, email: str, name: str, time_zone: str, theme: str = "", now: datetime
) -> User:
    """Return the person that a code sent to this address will log in.

    An account that exists is returned untouched. Otherwise it is the guest's own row, or a new one, with the
    address noted as unproven: it stays a guest's row, and any earlier unproven claim to it is dropped.
    """
    email = email.lower()
    if known := account_of(email):
        return known
    if guest is not None:
        guest = User.objects.guests().select_for_update().filter(pk=guest.pk).first()
    row = guest or User()
    if guest is None:
        row.set_unusable_password()
    describe(row, name=name, time_zone=time_zone, theme=theme, now=now)
    row.save()
    drop_unproven(email)
    EmailAddress.objects.filter(user=row).delete()  # what this guest typed before
    EmailAddress.objects.create(user=row, email=email)
    return row


DEMO_ROLES = {"editor": "editor", "admin": roles.OWNER}
"""The roles of the demo's accounts; the learner has none."""


def describe(user: User, *, name: str, time_zone: str, theme: str, now: datetime) -> None:
    """Write on an account that is not saved yet what its person said at sign-up: today's terms, too."""
    if user.time_zone == "UTC":
        user.time_zone = time_zones.valid_or_utc(time_zone)
    if theme in User.Theme.values:
        user.theme = theme
    user.name = name
    user.last_seen_on = now.date()
    user.accepted_terms_version = organisation.current().terms_version
    user.accepted_terms_at = now


def drop_unproven(email: str) -> None:
    """Drop the claims of people without an account to an address that somebody has proven, or proves next."""
    EmailAddress.objects.filter(email=email.lower(), verified=False, user__email__isnull=True).delete()


@transaction.atomic
def create_demo_accounts(*, accounts: Mapping[str, tuple[str, str]], now: datetime) -> list[User]:
    """Make the demo's accounts, each with its role; none if anyone is here.

    `accounts` is settings.DEMO_ACCOUNTS: name to (address, password). Returns those made.
    """
    if User.objects.exists():
        return []
    made = []
    for name, (email, password) in accounts.items():
        user = User.objects.create_user(
            email,
            password,
            name=f"Demo {name}",
            accepted_terms_version=organisation.current().terms_version,
            accepted_terms_at=now,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if name in DEMO_ROLES:
            roles.hand_out(user=user, roles=[DEMO_ROLES[name]], by=None, now=now)
        made.append(user)
    return made

"""What an operator still has to fill in, and settings that name what there is not.

The first is asked for by name, since it reads the database:

python manage.py check --tag organisation --database default
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.utils.translation import gettext_noop

from accounts import roles
from accounts.models import Organisation

TAG = "organisation"
WHERE = "Admin, Organisation."


def given_roles_exist(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a role in OIDC_ROLES that nobody could have."""
    unknown = sorted(set(settings.OIDC_ROLES.values()) - set(roles.ROLES))
    hint = f"There are {', '.join(roles.ROLES)}."
    return [Error(f"OIDC_ROLES names a role {role!r}.", hint=hint, id="portal.E001") for role in unknown]


def organisation_is_complete(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of each part of the organisation that is missing; without a database to look into, of nothing."""
    missing: list[CheckMessage] = []
    for alias in databases or ():
        if Organisation._meta.db_table not in connections[alias].introspection.table_names():
            continue  # before the first migration
        organisation = Organisation.objects.using(alias).first() or Organisation()
        missing += [Warning(text, hint=WHERE, id=number) for number, text in gaps(organisation)]
    return missing


def gaps(organisation: Organisation) -> list[tuple[str, str]]:
    """What is missing, in English, each with the number of its warning."""
    own_name = organisation.name not in ("", Organisation._meta.get_field("name").get_default())
    parts = [
        (own_name, "portal.W001", gettext_noop("The organisation has no name of its own.")),
        (
            organisation.support_email,
            "portal.W002",
            gettext_noop("Nobody can ask for help: there is no support address."),
        ),
        (
            organisation.postal_address,
            "portal.W003",
            gettext_noop("Mails and the imprint lack a postal address."),
        ),
        (
            organisation.imprint_text,
            "portal.W004",
            gettext_noop("The imprint is the shipped one, which no law is content with."),
        ),
    ]
    return [(number, text) for there, number, text in parts if not there]

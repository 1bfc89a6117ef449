"""What an organisation's log-in says of a person: cohorts and roles follow it at every log-in.

Only what is mapped is touched: cohorts whose value an editor wrote down, and roles that OIDC_ROLES names.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import groups, roles
from accounts.models import User


def values(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Return the values of a claim as words: one, a list, or none. Dots lead inwards (`realm.roles`)."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    many = found if isinstance(found, list) else [found]
    return frozenset(str(each) for each in many if isinstance(each, (str, int)) and str(each).strip())


@transaction.atomic
def follow(*, user: User, claims: Mapping[str, Any], now: datetime) -> None:
    """Bring a person's cohorts and roles in line with the claims of their log-in.

    A role that OIDC_ROLES can give is taken away where the claim does not name it; other roles stay.
    """
    if settings.OIDC_COHORT_CLAIM:
        said = values(claims, settings.OIDC_COHORT_CLAIM)
        groups.follow_claim(user=user, values=said, now=now)
    if settings.OIDC_ROLE_CLAIM:
        said = values(claims, settings.OIDC_ROLE_CLAIM)
        given = {role for value, role in settings.OIDC_ROLES.items() if value in said}
        kept = set(roles.of(user)) - set(settings.OIDC_ROLES.values())
        roles.hand_out(user=user, roles=given | kept, by=None, now=now)

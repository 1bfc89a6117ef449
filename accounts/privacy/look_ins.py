"""Staff who look at what a person sees: each time is noted, and the person finds it in their settings."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import LookIn, User

SHOWN = 100


@transaction.atomic
def record(*, staff: User, user: User, page: str, reason: str = "", now: datetime) -> LookIn:
    """Note that `staff` looks at a page of a person's; `page` and `reason` are in words for them.

    Call it in the request that shows the page, before anything is shown. The audit log has it, too, without
    the reason: that log outlives the account.
    """
    audit.record(actor=staff, action="looked_in", obj=user, now=now)
    return LookIn.objects.create(user=user, staff=staff, at=now, page=page, reason=reason)


def of(user: User) -> Sequence[LookIn]:
    """Return the last look-ins on a person, the newest first. One query."""
    return list(LookIn.objects.filter(user=user).select_related("staff").order_by("-at")[:SHOWN])


def name_of(row: LookIn) -> str:
    """Return who it was, as the person may know it."""
    return (row.staff and row.staff.name) or _("somebody of the staff")

"""How long things are kept: accounts that nobody uses are told so after 23 months and erased after 24.

Any log-in and any learning begins the time anew. Staff are left out: who runs the portal may be away from it.
"""

import logging
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Greatest, TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.mails import OWN_DATA, AccountMail, example
from accounts.models import User
from accounts.privacy import erasure, sections
from mailing import outbox
from mailing.clock import Watch
from mailing.kinds import Example
from mailing.models import OutboxMail

logger = logging.getLogger(__name__)

KIND = "inactivity"
TEMPLATES = "account/email/inactive"
TOLD_AFTER = 23
ERASED_AFTER = 24
"""Months."""
NOTICE = timedelta(days=28)
"""Between the mail and the end at least, even where the mail was late."""
WORKS = 60.0
"""Seconds for which one run erases; the next goes on."""


def months_from(day: date, months: int) -> date:
    """Return the same day so many months later or earlier; that month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def unused() -> QuerySet[Any]:
    """Return the accounts that time can run out for, each with its `last_day` (UTC) and that day's `slot`."""
    return (
        User.objects.filter(email__isnull=False, erase_at__isnull=True, is_staff=False, is_superuser=False)
        .annotate(
            last_day=Greatest(
                F("last_seen_on"), TruncDate("last_login", tzinfo=UTC), TruncDate("created_at", tzinfo=UTC)
            )
        )
        .annotate(slot=Concat(Value(f"{KIND}:"), Cast("last_day", CharField())))
    )


def tell(*, now: datetime) -> int:
    """Mail the accounts that were not used for 23 months; return how many. One mail for each such time."""
    told = OutboxMail.objects.filter(user=OuterRef("pk"), slot=OuterRef("slot"))
    due = unused().filter(is_active=True, last_day__lte=months_from(now.date(), -TOLD_AFTER))
    count = 0
    for user in due.filter(~Exists(told)).order_by("pk").iterator():
        end = max(months_from(user.last_day, ERASED_AFTER), (now + NOTICE).date())
        outbox.put(
            user=user,
            kind=KIND,
            slot=user.slot,
            priority=OutboxMail.Priority.TRANSACTIONAL,
            due_at=now,
            now=now,
            to_address=user.email,
            locale=settings.LANGUAGE_CODE,
            payload={
                "template_prefix": TEMPLATES,
                "context": {"erase_on": sections.day(end), "last_day": sections.day(user.last_day)},
                "to": user.email,
            },
        )
        count += 1
    return count


def erase_unused(*, now: datetime) -> int:
    """Erase the accounts that were not used for 24 months and were told four weeks ago; return how many.

    Accounts that staff have closed are not told: their owners could not come back.
    """
    told = OutboxMail.objects.filter(
        user=OuterRef("pk"),
        slot=OuterRef("slot"),
        created_at__lte=now - NOTICE,
        state__in=OutboxMail.FINAL_STATES,
    )
    due = unused().filter(
        Exists(told) | Q(is_active=False), last_day__lte=months_from(now.date(), -ERASED_AFTER)
    )
    watch, gone = Watch(now), 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        if watch.seconds() > WORKS:
            break
        try:
            with transaction.atomic():
                user = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                if user is not None:
                    erasure.erase(user=user, now=now)
                    gone += 1
        except Exception:
            logger.exception("the unused account %s could not be erased; it is tried again", pk)
    return gone


class InactivityMail(AccountMail):
    """The one mail before an account that nobody uses is erased."""

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Leave it out where the person has come back since it was put, or is going anyway."""
        still = dict(unused().filter(pk__in=[mail.user_id for mail in mails]).values_list("pk", "slot"))
        return {
            mail.pk: None if still.get(mail.user_id or 0) == mail.slot else "the account is in use"
            for mail in mails
        }


EXAMPLES = (
    Example(
        OWN_DATA,
        KIND,
        "inactive",
        _("An account that nobody has used for 23 months"),
        partial(example, TEMPLATES),
    ),
)

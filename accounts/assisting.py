"""What staff do for a person who asks for help. What comes of it goes to the person alone."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit, mails
from accounts.models import DataExport, User
from accounts.privacy import exports, records
from mailing.models import OutboxMail

ONCE_IN = timedelta(minutes=10)
"""So long one mail of a kind is enough: a second click sends no second one."""

LOG_IN_HELP = "log_in_help"


@transaction.atomic
def send_way_in(*, user: User, by: User, now: datetime) -> bool:
    """Mail a person the way to log in; return False if that mail has just gone.

    No code is in it: one is only good in the browser that asked for it, which is not that of the staff.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    lately = OutboxMail.objects.filter(user=held, kind="account", created_at__gt=now - ONCE_IN)
    if not held.email or lately.filter(slot__startswith=f"{LOG_IN_HELP}:").exists():
        return False
    mails.put(f"account/email/{LOG_IN_HELP}", email=held.email, context={}, now=now)
    audit.record(actor=by, action=f"mail.{LOG_IN_HELP}", obj=held, now=now)
    return True


@transaction.atomic
def start_export(*, user: User, by: User, now: datetime) -> DataExport:
    """Have the file of a person's data made; whoever asked gets a mail when it can be fetched, staff nothing.

    One that is under way, or can still be fetched, stays as it is.
    """
    User.objects.select_for_update().get(pk=user.pk)
    found = exports.of(user, now=now)
    if found is not None and found.state != DataExport.State.FAILED:
        return found
    rows = sum(weight.rows for weight in records.weigh(user))
    made = exports.ask(user=user, rows=rows, now=now)
    audit.record(actor=by, action="export_started", obj=user, now=now)
    return made

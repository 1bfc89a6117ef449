"""People who have left: their accounts are closed by a list, and erased later if that was chosen."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import address_lists, audit, invitations
from accounts.address_lists import Line, Told
from accounts.models import Invitation, Leaver, LeaverList, User
from accounts.privacy import erasure
from mailing.models import OutboxMail

logger = logging.getLogger(__name__)

ERASED_AFTER = timedelta(days=30)
CALLED_OFF = "the account is closed"
WILL_CLOSE = gettext_lazy("Closed: logged out everywhere, no more mails.")
WILL_TAKE_BACK = gettext_lazy("No account yet: the invitation is taken back.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of a list: the accounts to close by their addresses, and each line with its words.

    `invited`: addresses without an account whose invitation is taken back.
    """

    good: dict[str, User] = field(default_factory=dict)
    invited: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """How many lines do nothing."""
        return len(self.told) - len(self.good) - len(self.invited)


def check(lines: Sequence[Line], *, actor: User, with_staff: bool) -> Checked:
    """Say what would become of each line. Writes nothing.

    `with_staff`: accounts of staff are closed too. Nobody closes their own, and none that may do everything.
    """
    people, first = address_lists.accounts_of(lines), address_lists.first_lines(lines)
    checked, twice = Checked(), set[int]()
    invited = {email.lower() for email in _invitations(first).values_list("email", flat=True)}
    for line in lines:
        user = people.get(line.address.lower())
        why = address_lists.repeated(line, first) or _refusal(user, actor=actor, with_staff=with_staff)
        if user and not why and user.pk in twice:
            why = _("It is another address of an account that stands above.")
        if user and not why:
            checked.good[line.address.lower()] = user
            twice.add(user.pk)
        if line.address.lower() in invited and user is None and first[line.address.lower()] == line.number:
            checked.invited.append(line.address.lower())
            why = str(WILL_TAKE_BACK)
        checked.told.append(Told(line, why or str(WILL_CLOSE)))
    return checked


def _invitations(addresses: Iterable[str]) -> QuerySet[Invitation]:
    """Return the invitations of these addresses, in lower letters, that are neither followed nor revoked."""
    rows = Invitation.objects.annotate(low=Lower("email")).filter(low__in=list(addresses))
    return rows.filter(accepted_at=None, revoked_at=None)


def _refusal(user: User | None, *, actor: User, with_staff: bool) -> str:
    if user is None:
        return _("No account has this address.")
    if erasure.is_asleep(user):
        return _("It is being erased already.")
    if not user.is_active:
        return _("It is closed already.")
    if user.pk == actor.pk:
        return _("It is your own.")
    if user.is_superuser:
        return _("It may do everything here: take that away first.")
    return _("It belongs to the staff.") if user.is_staff and not with_staff else ""


@transaction.atomic
def close(
    *,
    people: Iterable[User],
    invited: Iterable[str] = (),
    left_out: int,
    with_staff: bool,
    erase: bool,
    actor: User,
    now: datetime,
) -> LeaverList | None:
    """Close accounts: nobody logs in any more, log-ins of before are void, waiting mails are called off.

    Invitations of theirs are taken back, and of those who were `invited` and have no account. `left_out`
    counts the lines of the list that do nothing. What changed since the list was looked at is asked again.
    Returns None, and keeps nothing, where nothing is left to do.
    """
    rows = User.objects.select_for_update().filter(pk__in=[user.pk for user in people]).order_by("pk")
    ids = [row.pk for row in rows if not _refusal(row, actor=actor, with_staff=with_staff)]
    addresses = User.objects.filter(pk__in=ids).values_list(Lower("email"), flat=True)
    taken_back = invitations.revoke(_invitations([*addresses, *invited]), now=now)
    if not ids and not taken_back:
        return None
    User.objects.filter(pk__in=ids).update(is_active=False, log_in_era=F("log_in_era") + 1)
    OutboxMail.objects.filter(user__in=ids, state=OutboxMail.State.PENDING).update(
        state=OutboxMail.State.SKIPPED, reason=CALLED_OFF, to_address=None, locale=None, payload=None
    )
    made = LeaverList.objects.create(
        created_by=actor,
        created_at=now,
        erase_at=now + ERASED_AFTER if erase else None,
        closed=len(ids),
        left_out=left_out,
    )
    Leaver.objects.bulk_create((Leaver(leaver_list=made, user_id=pk) for pk in ids), batch_size=1000)
    done = {"users": ids, "erase": erase, "invitations": taken_back}
    audit.record(actor=actor, action="leavers.close", obj=made, after=done, now=now)
    return made


@transaction.atomic
def keep(*, leaver_list: LeaverList, actor: User, now: datetime) -> bool:
    """Call off the erasing of a list; the accounts stay closed. False where nothing was to be erased."""
    due = LeaverList.objects.filter(pk=leaver_list.pk, erase_at__gt=now)
    if not due.update(erase_at=None):
        return False
    audit.record(actor=actor, action="leavers.keep", obj=leaver_list, now=now)
    return True


def erase_due(*, now: datetime) -> int:
    """Erase leavers whose 30 days are over; return how many. Who was let in again meanwhile stays."""
    due = Leaver.objects.filter(leaver_list__erase_at__lte=now)
    due.filter(user__is_active=True).delete()
    gone = 0
    for pk in list(due.order_by("pk").values_list("user_id", flat=True)):
        try:
            with transaction.atomic():
                row = User.objects.select_for_update(skip_locked=True).filter(pk=pk, is_active=False).first()
                if row is not None:
                    erasure.erase(user=row, now=now)
                    gone += 1
        except Exception:
            logger.exception("the leaver %s could not be erased; it is tried again", pk)
    return gone

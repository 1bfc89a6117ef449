"""Who would get a reminder at a given instant, who not, and why. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from learning.models import ReminderContract
from learning.reminders import standing, words
from learning.reminders.local_time import Slot, slots
from learning.reminders.plan import WINDOW
from learning.reminders.standing import KIND
from mailing.models import OutboxMail

CHUNK = 500
WHY_NOT = {
    "settled_already": gettext_lazy("it is decided already; the mail queue says how"),
    "erased": gettext_lazy("the account is gone"),
    "inactive": gettext_lazy("the account is closed"),
    "unsubscribed": gettext_lazy("they switched reminders off"),
    "address_unconfirmed": gettext_lazy("their address is not confirmed"),
    "paused": gettext_lazy("they paused reminders"),
    "away": gettext_lazy("they have been away for long, and were told that the mails stop"),
    "practised_today": gettext_lazy("they have learned today"),
    "too_soon": gettext_lazy("the last one was too short a time ago"),
    "cap_reached": gettext_lazy("they have had as many as they want in a week"),
    "just_told": gettext_lazy("they have just read it here"),
    "nothing_due": gettext_lazy("there is nothing useful to say"),
}
"""What keeps a mail back (learning.reminders.standing.objection), for staff."""
OPEN_STATES = (OutboxMail.State.PENDING, OutboxMail.State.SENDING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one learner's reminder. `due_at` is in their zone; no `objection`: it goes out.

    `here_ago`: how long before they were here, where a mail should not repeat what they read.
    """

    user: User
    due_at: datetime
    says: str
    objection: str
    here_ago: timedelta | None = None

    @property
    def local(self) -> str:
        """The hour on the learner's own clock, such as "Sat 21 Nov 2026 18:00 Europe/Berlin"."""
        return f"{date_format(self.due_at, 'D d M Y H:i')} {self.due_at.tzinfo}"

    @property
    def why_not(self) -> str:
        """The objection in words, such as "they read it here 3 hours before"; empty if the mail goes out."""
        if self.objection != "just_told" or self.here_ago is None:
            return str(WHY_NOT.get(self.objection, self.objection))
        hours = max(0, self.here_ago // timedelta(hours=1))
        if not hours:
            return _("they read it here less than an hour before")
        words = ngettext(
            "they read it here %(hours)s hour before", "they read it here %(hours)s hours before", hours
        )
        return words % {"hours": hours}


def verdicts(*, now: datetime) -> Iterator[Verdict]:
    """Give a verdict for every learner whose chosen hour lies in the three hours up to `now`, by user id."""
    rows = ReminderContract.objects.select_related("user").order_by("user_id")
    last = 0
    while chunk := list(rows.filter(user_id__gt=last)[:CHUNK]):
        yield from _of_chunk(chunk, now=now)
        last = chunk[-1].user_id


def _of_chunk(chunk: Sequence[ReminderContract], *, now: datetime) -> Iterator[Verdict]:
    due = {one.user_id: slot for one in chunk if (slot := _due(one, now=now)) is not None}
    standings = standing.load(due, now=now)
    settled = set(
        OutboxMail.objects.filter(user__in=due, kind=KIND)
        .exclude(state__in=OPEN_STATES)
        .values_list("user", "slot")
    )
    for user_id, slot in due.items():
        who = standings[user_id]
        if (user_id, f"{KIND}:{slot.day.isoformat()}") in settled:
            objection = "settled_already"
        else:
            objection = standing.objection(who, slot.day, now=now) or ""
        says = [words.of(reason, who.matters, today=slot.day) for reason in who.reasons(slot.day, now=now)]
        told = who.told(now)
        yield Verdict(
            user=who.user,
            due_at=slot.due_at.astimezone(who.user.zone),
            says=says[0] if says else "",
            objection=objection,
            here_ago=now - told.at if told else None,
        )


def _due(contract: ReminderContract, *, now: datetime) -> Slot | None:
    """Return the reminder whose hour lies in the last three hours, whether or not reminders are on."""
    slot = next(
        slots(
            weekdays=contract.weekdays,
            wall_time=contract.local_time,
            zone=contract.user.zone,
            now=now - WINDOW,
        ),
        None,
    )
    return slot if slot and slot.due_at <= now else None

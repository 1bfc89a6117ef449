"""The next three mails, and why each: what the settings page promises."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from learning.reminders import contract as contracts
from learning.reminders import standing, words
from learning.reminders.local_time import Slot
from learning.reminders.reasons import Visit
from learning.reminders.standing import Standing

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Coming:
    """One mail to come: the local date, the instant, and what it will say."""

    day: date
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the settings page shows beside the form. `coming` is empty while nothing would be sent.

    `left_out`: the mail before them, which would only say what the learner's pages say now.
    """

    standing: Standing
    coming: list[Coming]
    left_out: datetime | None
    paused: bool
    away: bool
    thinned: bool


def of(user: User, *, now: datetime) -> Preview:
    """Return the learner's next three mails, as far as one can tell today. They look at it: they are here."""
    known = standing.load([user.pk], now=now, ahead=True)[user.pk]
    today = now.astimezone(user.zone).date()
    who = replace(known, visit=Visit(now, today, known.matters.due))
    contract = who.contract
    on = contract is not None and contract.enabled
    coming, left_out = _coming(who, today=today, now=now)
    return Preview(
        standing=who,
        coming=coming,
        left_out=left_out,
        paused=contract is not None and on and contracts.is_paused(contract, now=now),
        away=on and contracts.is_away(user, now=now),
        thinned=contract is not None and on and contract.unanswered >= standing.PATIENCE,
    )


def _coming(who: Standing, *, today: date, now: datetime) -> tuple[list[Coming], datetime | None]:
    contract = who.contract
    if contract is None or not contract.enabled or contracts.is_away(who.user, now=now):
        return [], None
    days = [day for day, _ in who.sent]
    found: list[Coming] = []
    left_out = None
    for slot in contracts.coming(contract, now=now):
        if slot.day in days or (slot.day == today and who.practised_today):
            continue
        if not standing.has_room(days, slot.day, contract=contract):
            continue
        reason = _("What is most useful by then.") if found else _first(who, slot, today=today)
        if not reason and who.told(slot.due_at):
            left_out = slot.due_at
            continue
        if not reason:
            break
        found.append(Coming(slot.day, slot.due_at, reason))
        days.append(slot.day)
        if len(found) == SHOWN:
            break
    return found, left_out if found else None


def _first(who: Standing, slot: Slot, *, today: date) -> str:
    """Return what the first mail will say at its hour, by the cards due today or tomorrow; "" is nothing."""
    matters = who.matters if slot.day == today else replace(who.matters, due=who.due_tomorrow)
    found = replace(who, matters=matters).reasons(slot.day, now=slot.due_at)
    return words.of(found[0], matters, today=slot.day) if found else ""

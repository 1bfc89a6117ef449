"""The next three mails, and why each: what the settings page promises."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from learning.reminders import contract as contracts
from learning.reminders import standing, words
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
    """What the settings page shows beside the form. `coming` is empty while nothing would be sent."""

    standing: Standing
    coming: list[Coming]
    paused: bool
    away: bool
    thinned: bool


def of(user: User, *, now: datetime) -> Preview:
    """Return the learner's next three mails, as far as one can tell today."""
    who = standing.load([user.pk], now=now)[user.pk]
    contract = who.contract
    on = contract is not None and contract.enabled
    return Preview(
        standing=who,
        coming=_coming(who, now=now),
        paused=contract is not None and on and contracts.is_paused(contract, now=now),
        away=on and contracts.is_away(user, now=now),
        thinned=contract is not None and on and contract.unanswered >= standing.PATIENCE,
    )


def _coming(who: Standing, *, now: datetime) -> list[Coming]:
    contract = who.contract
    if contract is None or not contract.enabled or contracts.is_away(who.user, now=now):
        return []
    today = now.astimezone(who.user.zone).date()
    days = [day for day, _ in who.sent]
    found: list[Coming] = []
    for slot in contracts.coming(contract, now=now):
        if slot.day in days or (slot.day == today and who.practised_today):
            continue
        if standing.has_room(days, slot.day, contract=contract):
            if found:
                reason = "What is most useful by then."
            elif reasons := who.reasons(slot.day, now=slot.due_at):
                reason = words.of(reasons[0], who.matters, today=slot.day)
            else:
                return []
            found.append(Coming(slot.day, slot.due_at, reason))
            days.append(slot.day)
        if len(found) == SHOWN:
            break
    return found

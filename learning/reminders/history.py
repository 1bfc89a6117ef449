"""What became of a learner's last reminders: sent and about what, or not sent and why."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from learning.models import DigestTrial
from learning.reminders.reasons import Reason
from learning.reminders.standing import KIND, slot_date
from mailing.models import OutboxMail

SHOWN = 10
LEFT_OUT = " Your three counts were left out that week, to learn whether they help."
ABOUT = {
    Reason.RESUME: "where you stopped",
    Reason.REVIEW: "what was due for review",
    Reason.GOAL: "your week goal",
    Reason.QUIZ: "your open quiz",
    Reason.DIGEST: "your three counts",
    Reason.LAST: "that the mails stop",
}
NOT_SENT = {
    "practised_today": "you had been here that day",
    "inactive": "your account was asleep",
    "the account is being erased": "your account was asleep",
    "just_told": "you had read here what it would say, less than 12 hours before",
    "paused": "you had paused the mails",
    "unsubscribed": "you had stopped the mails",
    "away": "you were away, and the last mail had said so",
    "too_soon": "the mail before it was less than 12 hours old",
    "cap_reached": "you had as many mails that week as you asked for",
    "nothing_due": "there was nothing useful to say",
    "address_unconfirmed": "your address was not confirmed",
    "suppressed": "your mailbox had refused our mails",
}


@dataclass(frozen=True, slots=True)
class Past:
    """One reminder: its local date, when it was sent (None: it was not), and what is to be said of it."""

    day: date
    sent_at: datetime | None
    says: str


def of(user: User) -> list[Past]:
    """Return the learner's last reminders, the newest first. One query."""
    rows = OutboxMail.objects.filter(user=user, kind=KIND, state__in=OutboxMail.FINAL_STATES)
    slot = Concat(Value(f"{KIND}:"), Cast("day", CharField()))
    trials = DigestTrial.objects.filter(user=user, held_out=True).annotate(slot=slot)
    left_out = Exists(trials.filter(slot=OuterRef("slot")))
    return [_past(row, row.left_out) for row in rows.annotate(left_out=left_out).order_by("-due_at")[:SHOWN]]


def _past(row: OutboxMail, left_out: bool) -> Past:
    day = slot_date(row.slot)
    if row.state == OutboxMail.State.SENT:
        about = f"Sent, about {ABOUT[Reason(row.reason)]}."
        return Past(day, row.sent_at, about + (LEFT_OUT if left_out else ""))
    if row.state == OutboxMail.State.EXPIRED:
        return Past(day, None, "Not sent: it could not leave within three hours of your time.")
    if row.state == OutboxMail.State.UNKNOWN:
        return Past(day, None, "It may have arrived: the mail server gave no answer.")
    return Past(day, None, f"Not sent: {NOT_SENT.get(row.reason, 'the mail server did not take it')}.")

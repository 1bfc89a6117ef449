"""What became of a learner's last reminders: sent and about what, or not sent and why."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from learning.models import DigestTrial
from learning.reminders.reasons import Reason
from learning.reminders.standing import KIND, slot_date
from mailing.models import OutboxMail

SHOWN = 10
LEFT_OUT = _("Your three counts were left out that week, to learn whether they help.")
ABOUT = {
    Reason.RESUME: _("Sent, about where you stopped."),
    Reason.REVIEW: _("Sent, about what was due for review."),
    Reason.GOAL: _("Sent, about your week goal."),
    Reason.QUIZ: _("Sent, about your open quiz."),
    Reason.DIGEST: _("Sent, about your three counts."),
    Reason.LAST: _("Sent, about that the mails stop."),
}
NOT_SENT = {
    "practised_today": _("Not sent: you had been here that day."),
    "inactive": _("Not sent: your account was asleep."),
    "the account is being erased": _("Not sent: your account was asleep."),
    "just_told": _("Not sent: you had read here what it would say, less than 12 hours before."),
    "paused": _("Not sent: you had paused the mails."),
    "unsubscribed": _("Not sent: you had stopped the mails."),
    "away": _("Not sent: you were away, and the last mail had said so."),
    "too_soon": _("Not sent: the mail before it was less than 12 hours old."),
    "cap_reached": _("Not sent: you had as many mails that week as you asked for."),
    "nothing_due": _("Not sent: there was nothing useful to say."),
    "address_unconfirmed": _("Not sent: your address was not confirmed."),
    "suppressed": _("Not sent: your mailbox had refused our mails."),
}
NOT_TAKEN = _("Not sent: the mail server did not take it.")
TOO_LATE = _("Not sent: it could not leave within three hours of your time.")
NO_ANSWER = _("It may have arrived: the mail server gave no answer.")


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
        about = str(ABOUT[Reason(row.reason)])
        return Past(day, row.sent_at, f"{about} {LEFT_OUT}" if left_out else about)
    if row.state == OutboxMail.State.EXPIRED:
        return Past(day, None, str(TOO_LATE))
    if row.state == OutboxMail.State.UNKNOWN:
        return Past(day, None, str(NO_ANSWER))
    return Past(day, None, str(NOT_SENT.get(row.reason, NOT_TAKEN)))

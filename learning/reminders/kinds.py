"""The reminder as a mail: whether it is wanted is asked again, then it says what is most useful now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import organisation
from learning import rhythm
from learning.models import ReminderContract
from learning.reminders import enclosed, hold_out, links, standing, words
from learning.reminders.contract import Change
from learning.reminders.enclosed import NOTHING, Enclosed
from learning.reminders.reasons import Reason
from learning.reminders.standing import Standing
from mailing.kinds import Message
from mailing.models import OutboxMail

VARIANTS = 3
DAY_NAMES = (
    gettext_lazy("Mondays"),
    gettext_lazy("Tuesdays"),
    gettext_lazy("Wednesdays"),
    gettext_lazy("Thursdays"),
    gettext_lazy("Fridays"),
    gettext_lazy("Saturdays"),
    gettext_lazy("Sundays"),
)


class ReminderMail:
    """The mail a learner asked for, if at its hour there is something to say."""

    def __init__(self) -> None:
        self.standings: dict[int, Standing] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out (a word of `standing.objection`), or None."""
        self.load(mails, now=now)
        days = {mail.pk: standing.slot_date(mail.slot) for mail in mails}
        found = {
            mail.pk: standing.objection(self.standings.get(mail.user_id or 0), days[mail.pk], now=now)
            for mail in mails
        }
        going = [(self.standings[mail.user_id or 0], days[mail.pk]) for mail in mails if not found[mail.pk]]
        parts = [part for who, day in going if (part := who.part(day, now=now)) is not None]
        hold_out.note(parts, now=now)
        return found

    def load(self, mails: Sequence[OutboxMail], *, now: datetime) -> None:
        """Read what is known of the learners of these mails."""
        self.standings = standing.load([mail.user_id for mail in mails if mail.user_id], now=now)

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the mail in one of three wordings, to the learner's confirmed address."""
        who, day = self.standings[mail.user_id or 0], standing.slot_date(mail.slot)
        reasons = who.reasons(day, now=now)
        found = enclosed.load(who, reasons[0], today=day)
        return message(who, reasons, day=day, variant=mail.pk.int % VARIANTS, enclosed=found)


def message_now(user_id: int, *, variant: int, now: datetime) -> Message | None:
    """Return the reminder that a learner who asked for them would get now, just here or not.

    None if there is nothing to say.
    """
    who = standing.load([user_id], now=now)[user_id].unheard()
    day = now.astimezone(who.user.zone).date()
    reasons = who.reasons(day, now=now)
    if who.user.email is None or not reasons:
        return None
    found = enclosed.load(who, reasons[0], today=day)
    return message(who, reasons, day=day, variant=variant, enclosed=found)


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to press."""

    label: str
    url: str


def message(
    of: Standing,
    reasons: Sequence[Reason],
    *,
    day: date,
    variant: int,
    enclosed: Enclosed = NOTHING,
) -> Message:
    """Return the reminder for a local date. `variant` is 0, 1 or 2. Raises ValueError without a reason."""
    if of.contract is None or not reasons or of.user.email is None:
        raise ValueError("nothing to remind of")
    context = _context(of, of.contract, reasons, day, enclosed) | {"variant": variant}
    folder = f"emails/reminder/{reasons[0]}"
    context["words"] = render_to_string(f"{folder}.words.txt", context).strip()
    context["subject"] = render_to_string(f"{folder}.subject.txt", context).strip()
    return Message(
        to_address=of.user.email,
        to_name=of.user.name,
        locale=settings.LANGUAGE_CODE,
        subject=context["subject"],
        text=render_to_string("emails/reminder/mail.txt", context),
        html=render_to_string("emails/reminder/mail.html", context),
        headers={
            "List-Id": f"Reminders <reminders.{settings.BASE_URL.partition('://')[2].partition(':')[0]}>",
            "List-Unsubscribe": f"<{context['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        about=reasons[0],
    )


def _context(
    of: Standing, contract: ReminderContract, reasons: Sequence[Reason], day: date, enclosed: Enclosed
) -> dict[str, Any]:
    user_id, week = of.user.pk, of.matters.week
    return {
        "step": of.step,
        "due": of.matters.due,
        "minutes": rhythm.minutes(of.matters.due),
        "week": week,
        "days_left": (week.sunday - day).days + 1 if week else 0,
        "quiz": of.matters.unfinished,
        "enclosed": enclosed,
        "also": [words.of(reason, of.matters, today=day) for reason in reasons[1:]],
        "button": _button(of, reasons[0], enclosed),
        "why": why(contract),
        "locale": settings.LANGUAGE_CODE,
        "organisation": organisation.current(),
        "fewer_url": links.unsubscribe_url(user_id, Change.FEWER),
        "pause_url": links.unsubscribe_url(user_id, Change.PAUSE),
        "stop_url": links.unsubscribe_url(user_id),
        "settings_url": f"{settings.BASE_URL}{reverse('learning:settings_reminders')}",
    }


def _button(of: Standing, reason: Reason, enclosed: Enclosed) -> Button:
    quiz, step = of.matters.unfinished, of.step
    if reason is Reason.QUIZ and quiz is not None:
        return _to(_("Go on with the quiz"), reverse("learning:attempt", args=[quiz.attempt_id]))
    if reason is Reason.REVIEW and enclosed.question_url:
        return Button(_("Answer this one"), enclosed.question_url)
    if reason is Reason.REVIEW or step is None:
        return _to(_("Start the review"), reverse("learning:review"))
    labels = {"lesson": _("Open the lesson"), "quiz": _("Take the quiz"), "final": _("Take the final")}
    return _to(labels[step.kind], step.url)


def _to(label: str, path: str) -> Button:
    return Button(label, f"{settings.BASE_URL}{path}")


def why(contract: ReminderContract) -> str:
    """Return in one sentence why this learner gets reminders."""
    names = [str(DAY_NAMES[day - 1]) for day in contract.weekdays]
    if len(names) == len(DAY_NAMES):
        words = ngettext(
            "You asked for this mail every day at %(hour)s (%(zone)s), at most once a week.",
            "You asked for this mail every day at %(hour)s (%(zone)s), at most %(times)s times a week.",
            contract.ceiling_per_week,
        )
    else:
        words = ngettext(
            "You asked for this mail on %(days)s at %(hour)s (%(zone)s), at most once a week.",
            "You asked for this mail on %(days)s at %(hour)s (%(zone)s), at most %(times)s times a week.",
            contract.ceiling_per_week,
        )
    return words % {
        "days": get_text_list(names, _("and")),
        "hour": contract.local_time.strftime("%H:%M"),
        "zone": contract.user.zone.key,
        "times": contract.ceiling_per_week,
    }

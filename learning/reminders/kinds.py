"""How reminders read. One kind so far: pick up where you stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list

from accounts import organisation
from learning.models import ReminderContract
from learning.reminders import links, standing
from learning.reminders.contract import Change
from learning.reminders.standing import Standing
from mailing.kinds import Message
from mailing.models import OutboxMail

VARIANTS = 3
DAY_NAMES = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class ReminderMail:
    """The mail a learner asked for, if at its hour there is something to pick up."""

    def __init__(self) -> None:
        self._standings: dict[int, Standing] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out (a word of `standing.objection`), or None."""
        self._standings = standing.load([mail.user_id for mail in mails if mail.user_id], now=now)
        return {
            mail.pk: standing.objection(
                self._standings.get(mail.user_id or 0), standing.slot_date(mail.slot), now=now
            )
            for mail in mails
        }

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the mail in one of three wordings, to the learner's confirmed address."""
        return message(self._standings[mail.user_id or 0], variant=mail.pk.int % VARIANTS)


def message(of: Standing, *, variant: int) -> Message:
    """Return the reminder for a learner who has something to pick up. `variant` is 0, 1 or 2."""
    if of.contract is None or of.step is None or of.user.email is None:
        raise ValueError("nothing to remind of")
    context = _context(of, of.contract, variant)
    template = "emails/reminder/resume"
    return Message(
        to_address=of.user.email,
        to_name=of.user.name,
        locale=of.user.locale,
        subject=render_to_string(f"{template}.subject.txt", context),
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        headers={
            "List-Id": f"Reminders <reminders.{settings.BASE_URL.partition('://')[2].partition(':')[0]}>",
            "List-Unsubscribe": f"<{context['stop_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _context(of: Standing, contract: ReminderContract, variant: int) -> dict[str, Any]:
    user_id = of.user.pk
    return {
        "variant": variant,
        "step": of.step,
        "step_url": f"{settings.BASE_URL}{of.step.url if of.step else ''}",
        "why": why(contract),
        "locale": of.user.locale,
        "organisation": organisation.current(),
        "fewer_url": links.unsubscribe_url(user_id, Change.FEWER),
        "pause_url": links.unsubscribe_url(user_id, Change.PAUSE),
        "stop_url": links.unsubscribe_url(user_id),
        "settings_url": f"{settings.BASE_URL}{reverse('learning:settings_reminders')}",
    }


def why(contract: ReminderContract) -> str:
    """Return in one sentence why this learner gets reminders."""
    days = get_text_list([DAY_NAMES[day - 1] for day in contract.weekdays], "and")
    hour = contract.local_time.strftime("%H:%M")
    at_most = "once" if contract.ceiling_per_week == 1 else f"{contract.ceiling_per_week} times"
    return (
        f"You asked for this mail on {days} at {hour} ({contract.user.zone.key}), at most {at_most} a week."
    )

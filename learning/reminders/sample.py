"""One mail now: a reminder that a learner asks to see. It counts as none of theirs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from learning.reminders import standing
from learning.reminders.kinds import ReminderMail
from mailing import outbox
from mailing.models import OutboxMail

KIND = "reminder_sample"


class SampleMail(ReminderMail):
    """The mail that the learner would get today, whatever they did and read today."""

    def load(self, mails: Sequence[OutboxMail], *, now: datetime) -> None:
        """Read what is known of the learners of these mails, but for when they were last here."""
        super().load(mails, now=now)
        self.standings = {pk: who.unheard() for pk, who in self.standings.items()}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out, or None."""
        self.load(mails, now=now)
        return {mail.pk: self._objection(mail, now) for mail in mails}

    def _objection(self, mail: OutboxMail, now: datetime) -> str | None:
        who = self.standings.get(mail.user_id or 0)
        if who is None or not who.user.is_active:
            return "inactive"
        if who.contract is None:
            return "unsubscribed"
        if not who.confirmed:
            return "address_unconfirmed"
        return None if who.reasons(standing.slot_date(mail.slot), now=now) else "nothing_due"


def put(*, user: User, now: datetime) -> OutboxMail:
    """Put the day's sample into the outbox, or return it if this learner had one on this local date."""
    today = now.astimezone(user.zone).date()
    return outbox.put(
        user=user,
        kind=KIND,
        slot=f"sample:{today.isoformat()}",
        priority=OutboxMail.Priority.REMINDER,
        due_at=now,
        now=now,
    )

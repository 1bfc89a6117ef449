"""A kind of mail for tests: its payload says what it does."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from mailing import outbox
from mailing.kinds import Message
from mailing.models import OutboxMail

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Probe:
    """Sends `text` to `to`, unless the payload tells it to skip, to break, or to kill its worker."""

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        if any(outbox.decrypt(mail).get("breaks_early") for mail in mails):
            raise KeyError("someone@example.org")
        return {mail.pk: outbox.decrypt(mail).get("skip") for mail in mails}

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        payload = outbox.decrypt(mail)
        if payload.get("breaks"):
            raise KeyError("someone@example.org")
        if payload.get("kills"):
            os._exit(9)
        return Message(
            to_address=payload["to"],
            to_name=payload.get("name", ""),
            locale="en",
            subject=payload.get("subject", "Hello"),
            text=payload.get("text", "Hello."),
            html="<p>Hello.</p>",
        )


def put(to: str = "ann@example.org", **more: Any) -> OutboxMail:
    """Put a probe mail into the outbox, due now; `more` is its payload or a keyword of `outbox.put`."""
    words: dict[str, Any] = {
        "user": None,
        "kind": "probe",
        "slot": f"probe:{to}",
        "priority": OutboxMail.Priority.REMINDER,
        "due_at": NOW,
        "now": NOW,
        "not_after": NOW + timedelta(hours=3),
    }
    words |= {name: more.pop(name) for name in list(more) if name in words}
    return outbox.put(**words, to_address=to, locale="en", payload={"to": to, **more})

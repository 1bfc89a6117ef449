"""Reminders a second from the outbox to the mail server, beside a plain loop: `python -m bench.sending`.

The plain loop is Django's own: it builds the same mails and sends them over one kept-open connection to the
same mail sink, and knows of no claims, rechecks or marks.
"""

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers import Servers
from tests.sinks import MailSink

if TYPE_CHECKING:
    from accounts.models import User

LEARNERS, ROUNDS = 500, 3


def main() -> None:
    """Measure both in turn, ROUNDS times, and print the rates and their ratio."""
    servers, folder = Servers(), Path(tempfile.mkdtemp(prefix="crossroads-bench-"))
    sink = MailSink(folder)
    try:
        servers.start()
        os.environ.update(servers.environment(), DATA_DIR=str(folder), SECRET_KEY="bench" * 12)
        os.environ.update(EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", DJANGO_SETTINGS_MODULE="portal.settings")
        import django

        django.setup()
        sys.stdout.write(measure() + "\n")
    finally:
        sink.stop()
        servers.stop()


def measure() -> str:
    """Make learners whose reminders are due, then send by both ways in turn."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from tests.factories import make_course
    from tests.learning.reminding import ask, make_learner

    course, now = make_course(), datetime.now(UTC)
    learners = [make_learner(course) for _ in range(LEARNERS)]
    for learner in learners:
        ask(learner, now=now)
    ours, plain = [], []
    for number in range(ROUNDS):
        ours.append(from_outbox(learners, slot=number, now=now + timedelta(days=number)))
        plain.append(by_plain_loop())
    best, limit = max(ours), max(plain)
    return (
        f"{LEARNERS} mails, the best of {ROUNDS} rounds: from the outbox {best:.0f}/s, "
        f"plain loop {limit:.0f}/s, ratio {best / limit:.2f}"
    )


def from_outbox(learners: "list[User]", *, slot: int, now: datetime) -> float:
    """Put a sample for each learner and drain the outbox; return mails a second."""
    from learning.reminders import sample
    from mailing import delivery
    from mailing.models import OutboxMail

    for learner in learners:
        sample.put(user=learner, now=now)
    waiting = OutboxMail.objects.filter(state="pending")
    started = time.perf_counter()
    while waiting.exists():
        delivery.drain(now=now)
    spent = time.perf_counter() - started
    if OutboxMail.objects.filter(state="sent").count() != (slot + 1) * len(learners):
        raise RuntimeError("not every mail was sent")
    return len(learners) / spent


def by_plain_loop() -> float:
    """Build and send as many mails with Django's own classes over one connection; return mails a second."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template.loader import render_to_string

    started = time.perf_counter()
    with get_connection() as connection:
        for number in range(LEARNERS):
            words = {"words": "Lesson 2 takes 6 minutes.", "subject": "Where you stopped", "locale": "en"}
            mail = EmailMultiAlternatives(
                words["subject"],
                render_to_string("emails/reminder/mail.txt", words),
                None,
                [f"plain-{number}@example.org"],
                connection=connection,
            )
            mail.attach_alternative(render_to_string("emails/reminder/mail.html", words), "text/html")
            mail.send()
    return LEARNERS / (time.perf_counter() - started)


if __name__ == "__main__":
    main()

"""Reminders a second from the outbox to the mail server, beside a plain loop: `python -m bench.sending`.

The plain loop is Django's own: it renders the same templates, builds the same mails and sends them over one
kept-open connection to the same mail sink, and knows of no claims, rechecks or marks. All ways are taken in
turn, so that whatever else the machine does hits them alike, and ratios are of medians. PostgreSQL waits for
the disk at every mark; how long this disk takes is printed beside the rates.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers import Servers
from tests.sinks import MailSink

if TYPE_CHECKING:
    from accounts.models import User

LEARNERS, WARMING_UP, ROUNDS = 300, 50, 3
DRAINING = "drain"
NEAR, FAR = "ok", "delay 10"
"""How the mail sink behaves: it answers at once, or after 10 ms, as one across a network does."""
PLAIN = 0
WAYS = {PLAIN: "plain loop", 1: "one process", 2: "two processes"}


def main() -> None:
    """Measure all ways in turn and print rates, ratios and what the disk can do."""
    if sys.argv[1:] == [DRAINING]:
        drain()
        return
    servers, folder = Servers(durable=True), Path(tempfile.mkdtemp(prefix="crossroads-bench-"))
    sink = MailSink(folder)
    try:
        servers.start()
        os.environ.update(servers.environment(), DATA_DIR=str(folder), SECRET_KEY="bench" * 12)
        os.environ.update(EMAIL_URL=f"smtp://127.0.0.1:{sink.port}", DJANGO_SETTINGS_MODULE="portal.settings")
        import django

        django.setup()
        sys.stdout.write(f"{disk(servers)}\n")
        sys.stdout.write(f"{measure(sink)}\n")
    finally:
        sink.stop()
        servers.stop()


def measure(sink: MailSink) -> str:
    """Make learners who asked for reminders, then send by all ways in turn; return a Markdown table."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from tests.factories import make_course
    from tests.learning.reminding import ask, make_learner

    course, now = make_course(), datetime.now(UTC)
    learners = [make_learner(course) for _ in range(LEARNERS)]
    for learner in learners:
        ask(learner, now=now)
    context = context_of(learners[0], now=now)
    rates: dict[tuple[str, int], list[float]] = {(mode, way): [] for mode in (NEAR, FAR) for way in WAYS}
    for number in range(ROUNDS + 1):
        for (mode, way), measured in rates.items():
            sink.reset()
            sink.behave(mode)
            seconds = by_plain_loop(context) if way == PLAIN else from_outbox(learners, way, sink, mode)
            if len(sink.received()) != LEARNERS:
                raise RuntimeError("not every mail arrived")
            if number:  # the first round warms up
                measured.append(LEARNERS / seconds)
    return table({key: statistics.median(measured) for key, measured in rates.items()})


def table(rates: dict[tuple[str, int], float]) -> str:
    """Return the rates as a Markdown table, each beside the plain loop's and one process's."""
    lines = [
        "| mail server | way | mails/s | ratio to the plain loop | ratio to one process |",
        "|---|---|---|---|---|",
    ]
    for (mode, way), rate in rates.items():
        server = "answers at once" if mode == NEAR else "answers after 10 ms"
        lines.append(
            f"| {server} | {WAYS[way]} | {rate:.0f} | {rate / rates[mode, PLAIN]:.2f} "
            f"| {rate / rates[mode, 1]:.2f} |"
        )
    return "\n".join(lines)


def from_outbox(learners: "list[User]", processes: int, sink: MailSink, mode: str) -> float:
    """Put a mail for each learner, let processes drain the outbox, and return the seconds it took.

    Each process has sent some before: a worker lives for months, and its first seconds are not its rate.
    """
    from mailing.models import OutboxMail

    OutboxMail.objects.all().delete()
    workers = []
    for number in range(processes):
        put(learners[:WARMING_UP], days_ago=number + 1)
        words = [sys.executable, "-m", "bench.sending", DRAINING]
        workers.append(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        if workers[-1].stdout is None or workers[-1].stdout.readline() != b"ready\n":
            raise RuntimeError("a sending process did not start")
    if len(sink.received()) != processes * WARMING_UP:
        raise RuntimeError("a process is not warm")
    sink.reset()
    sink.behave(mode)
    put(learners)
    started = time.perf_counter()
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.close()
    if sum(worker.wait() for worker in workers):
        raise RuntimeError("a sending process failed")
    return time.perf_counter() - started


def put(learners: "list[User]", *, days_ago: int = 0) -> None:
    """Put a mail that is due into the outbox for each of them, in the slot of a day."""
    from mailing import control, outbox
    from mailing.models import OutboxMail

    now, epoch = datetime.now(UTC), control.current().epoch
    outbox.put_all(
        [
            outbox.prepare(
                user_id=learner.pk,
                kind="reminder_sample",
                slot=f"sample:{now.date() - timedelta(days=days_ago)}",
                priority=OutboxMail.Priority.REMINDER,
                due_at=now,
                epoch=epoch,
                now=now,
            )
            for learner in learners
        ]
    )


def drain() -> None:
    """Be one sending process: send what is there, wait for the start, and drain until nothing is left."""
    import django

    django.setup()
    from mailing import delivery
    from mailing.models import OutboxMail

    waiting = OutboxMail.objects.filter(state=OutboxMail.State.PENDING)
    for _ in ("before", "measured"):
        while waiting.exists():
            delivery.drain(now=datetime.now(UTC))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


def context_of(learner: "User", *, now: datetime) -> dict[str, Any]:
    """Return what the templates of a learner's reminder are rendered with."""
    from learning.reminders import kinds, standing
    from learning.reminders.enclosed import NOTHING

    who, day = standing.load([learner.pk], now=now)[learner.pk], now.date()
    if who.contract is None:
        raise RuntimeError("the learner never asked for reminders")
    return {**kinds._context(who, who.contract, who.reasons(day, now=now), day, NOTHING), "variant": 1}


def by_plain_loop(context: dict[str, Any]) -> float:
    """Build and send as many mails with Django's own classes over one connection; return the seconds."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template.loader import render_to_string

    started = time.perf_counter()
    with get_connection() as connection:
        for number in range(LEARNERS):
            words = dict(context)
            words["words"] = render_to_string("emails/reminder/resume.words.txt", words).strip()
            words["subject"] = render_to_string("emails/reminder/resume.subject.txt", words).strip()
            mail = EmailMultiAlternatives(
                words["subject"],
                render_to_string("emails/reminder/mail.txt", words),
                None,
                [f"plain-{number}@example.org"],
                headers={"List-Unsubscribe": f"<{words['stop_url']}>"},
                connection=connection,
            )
            mail.attach_alternative(render_to_string("emails/reminder/mail.html", words), "text/html")
            mail.send()
    return time.perf_counter() - started


def disk(servers: Servers) -> str:
    """Return how long this disk takes for one write that must not get lost, by pg_test_fsync."""
    program = next(servers.folder.rglob("pg_test_fsync"))
    said = subprocess.run(
        [program, "-s", "1", "-f", servers.folder / "fsync"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"one 8kB write:.*?fdatasync\s+[\d.]+ ops/sec\s+(\d+) usecs/op", said, re.DOTALL)
    return f"One 8 kB write with fdatasync takes {found.group(1)} µs here (pg_test_fsync)." if found else said


if __name__ == "__main__":
    main()

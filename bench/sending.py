"""Reminders a second from the outbox to the mail server, beside a plain loop: `python -m bench.sending`.

The plain loop is Django's own: it renders the same templates, builds the same mails and sends them over one
kept-open connection to the same mail server, and knows of no claims, rechecks or marks. The mail server only
counts (`bench/counting_sink.py`), so that it is not what is measured. All ways are taken in turn, so that
whatever else the machine does hits them alike, and ratios are of medians. What a mail costs the sending
processes, PostgreSQL and the mail server in CPU says what bounds the rate. PostgreSQL waits for the disk at
every mark; how long this disk takes is printed beside the rates.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import cpu
from bench.counting_sink import CountingSink
from tests.servers import Servers

if TYPE_CHECKING:
    from accounts.models import User

LEARNERS, WARMING_UP, ROUNDS = 2400, 50, 3  # fewer mails are few claims, and the last ones weigh
DRAINING = "drain"
NEAR, FAR = 0, 10
"""How many milliseconds the mail server takes: it answers at once, or as one across a network does."""
PLAIN = 0
Cost = Callable[[], tuple[float, float, float]]
WAYS = {PLAIN: "plain loop", 1: "one process", 2: "two processes"}


def main() -> None:
    """Measure all ways in turn and print rates, ratios and what the disk can do."""
    if sys.argv[1:] == [DRAINING]:
        drain()
        return
    servers, folder = Servers(durable=True), Path(tempfile.mkdtemp(prefix="crossroads-bench-"))
    sinks = {delay: CountingSink(folder, delay=delay) for delay in (NEAR, FAR)}
    try:
        servers.start()
        os.environ.update(servers.environment(), DATA_DIR=str(folder), SECRET_KEY="bench" * 12)
        os.environ.update(EMAIL_URL="smtp://127.0.0.1:1", DJANGO_SETTINGS_MODULE="portal.settings")
        import django

        django.setup()
        sys.stdout.write(f"{disk(servers)}\n")
        sys.stdout.write(f"{measure(sinks, servers.postgres.pid if servers.postgres else 0)}\n")
    finally:
        for sink in sinks.values():
            sink.stop()
        servers.stop()


@dataclass(frozen=True, slots=True)
class Found:
    """Mails a second; CPU milliseconds a mail of the sending processes, of PostgreSQL, of the mail server."""

    rate: float
    sending: float
    database: float
    server: float


def measure(sinks: Mapping[int, CountingSink], database: int) -> str:
    """Make learners who asked for reminders, then send by all ways in turn; return a Markdown table.

    `database`: the process id of PostgreSQL.
    """
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
    found: dict[tuple[int, int], list[Found]] = {(delay, way): [] for delay in sinks for way in WAYS}
    for number in range(ROUNDS + 1):
        for (delay, way), measured in found.items():
            sink = sinks[delay]
            sink.reset()
            os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
            cost = partial(costs, database, sink.process.pid)
            run = (
                by_plain_loop(context, sink, cost) if way == PLAIN else from_outbox(learners, way, sink, cost)
            )
            if sink.count() != LEARNERS:
                raise RuntimeError("not every mail arrived")
            if number:  # the first round warms up
                measured.append(run)
    medians = {
        key: Found(*(statistics.median(getattr(run, name) for run in runs) for name in Found.__slots__))
        for key, runs in found.items()
    }
    return table(medians)


def costs(database: int, server: int) -> tuple[float, float, float]:
    """Return the seconds on the clock, and the CPU milliseconds of PostgreSQL and of the mail server."""
    return time.perf_counter(), cpu.milliseconds(database), cpu.milliseconds(server)


def run_of(before: tuple[float, float, float], after: tuple[float, float, float], sending: float) -> Found:
    """Return what a run says, from the costs before and after it; `sending`: CPU milliseconds of senders."""
    seconds, database, server = (end - start for start, end in zip(before, after, strict=True))
    return Found(LEARNERS / seconds, sending / LEARNERS, database / LEARNERS, server / LEARNERS)


def table(all_found: Mapping[tuple[int, int], Found]) -> str:
    """Return the rates as a Markdown table, each beside the plain loop's and one process's."""
    lines = [
        "| mail server | way | mails/s | ratio to the plain loop | ratio to one process "
        "| CPU ms a mail: sending | PostgreSQL | mail server |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for (delay, way), run in all_found.items():
        server = f"answers after {delay} ms" if delay else "answers at once"
        lines.append(
            f"| {server} | {WAYS[way]} | {run.rate:.0f} | {run.rate / all_found[delay, PLAIN].rate:.2f} "
            f"| {run.rate / all_found[delay, 1].rate:.2f} "
            f"| {run.sending:.2f} | {run.database:.2f} | {run.server:.2f} |"
        )
    return "\n".join(lines)


def from_outbox(learners: "list[User]", processes: int, sink: CountingSink, cost: Cost) -> Found:
    """Put a mail for each learner, let processes drain the outbox, and return what it cost.

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
    if sink.count() != processes * WARMING_UP:
        raise RuntimeError("a process is not warm")
    sink.reset()
    put(learners)
    before = cost()
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.close()
    said = [worker.stdout.readline() for worker in workers if worker.stdout is not None]
    after = cost()
    if sum(worker.wait() for worker in workers):
        raise RuntimeError("a sending process failed")
    return run_of(before, after, sum(map(float, said)))


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
    """Be one sending process: send what is there, wait for the start, drain until nothing is left.

    It says "ready" before, and afterwards the CPU milliseconds that it took.
    """
    import django

    django.setup()
    from mailing import delivery
    from mailing.models import OutboxMail

    waiting = OutboxMail.objects.filter(state=OutboxMail.State.PENDING)

    def send_all() -> None:
        while waiting.exists():
            delivery.drain(now=datetime.now(UTC))

    send_all()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    before = time.process_time()
    send_all()
    sys.stdout.write(f"{1000 * (time.process_time() - before)}\n")


def context_of(learner: "User", *, now: datetime) -> dict[str, Any]:
    """Return what the templates of a learner's reminder are rendered with."""
    from learning.reminders import kinds, standing
    from learning.reminders.enclosed import NOTHING

    who, day = standing.load([learner.pk], now=now)[learner.pk], now.date()
    if who.contract is None:
        raise RuntimeError("the learner never asked for reminders")
    return {**kinds._context(who, who.contract, who.reasons(day, now=now), day, NOTHING), "variant": 1}


def by_plain_loop(context: dict[str, Any], sink: CountingSink, cost: Cost) -> Found:
    """Build and send as many mails with Django's own classes over one connection; return what it cost."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.template.loader import render_to_string

    before, began = cost(), time.process_time()
    with get_connection(host="127.0.0.1", port=sink.port) as connection:
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
    sending = 1000 * (time.process_time() - began)
    return run_of(before, cost(), sending)


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

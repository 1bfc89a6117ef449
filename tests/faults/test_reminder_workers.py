"""Reminders while real workers are killed, stopped and poisoned: nobody is missed, nobody gets one twice.

Which item of the acceptance list each test holds stands in docs/reminders.md.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from django.test import Client

from mailing.models import OutboxMail
from tests.factories import make_course
from tests.faults.crowd import make_crowd
from tests.faults.outcomes import copies, report, settled
from tests.faults.workers import Workers
from tests.learning.reminding import make_due_now
from tests.mailing import probe
from tests.servers import wait_until
from tests.sinks import MailSink

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
State = OutboxMail.State
PATIENCE = 120.0
A_LONG_RUN = 900.0


@pytest.fixture
def workers(tmp_path: Path, sink: MailSink) -> Iterator[Workers]:
    """Both workers and a broker, running."""
    with Workers(tmp_path, sink) as running:
        yield running


def put_probes(count: int) -> set[str]:
    """Put mails that are due now, and return their addresses."""
    now = datetime.now(UTC)
    addresses = {f"{number}@example.org" for number in range(count)}
    for address in addresses:
        probe.put(address, due_at=now, now=now, not_after=now + timedelta(hours=3))
    return addresses


def test_a_worker_killed_between_two_reminders_misses_nobody_and_sends_nothing_twice(
    workers: Workers, sink: MailSink
) -> None:
    course = make_course()
    first = make_due_now(course)
    wait_until(lambda: settled(1), meaning="the first reminder is sent", patience=PATIENCE)
    workers.kill("worker")
    second = make_due_now(course)
    wait_until(lambda: OutboxMail.objects.count() == 2, meaning="the second is planned", patience=PATIENCE)
    workers.start("worker")
    wait_until(lambda: settled(2), meaning="the second reminder is sent", patience=PATIENCE)
    assert copies(sink) == {first.email: 1, second.email: 1}
    assert set(OutboxMail.objects.values_list("state", "ambiguous")) == {(State.SENT, 0)}


def kill_at_random(workers: Workers, sink: MailSink, *, kills: int, mails: int) -> int:
    """Kill -9 one process of the pool, or the worker with its whole pool, in turn.

    Returns how many processes that send were killed.
    """
    chance = random.Random(kills)  # noqa: S311 - it chooses whom to kill, no secret
    killed = 0
    for kill in range(1, kills + 1):
        enough = mails * kill // (kills + 2)
        wait_until(lambda: sink.count() >= enough, meaning="mails arrive", patience=A_LONG_RUN)  # noqa: B023 - read at once
        pool = workers.pool("worker")
        if kill % 2:
            os.kill(chance.choice(pool), signal.SIGKILL)
            killed += 1
        else:
            workers.kill("worker")
            workers.start("worker")
            killed += len(pool)
    return killed


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["resend", "drop"])
def test_ten_thousand_reminders_while_workers_are_killed_twenty_times(
    tmp_path: Path, sink: MailSink, policy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    people, kills, now = 10_000, 20, datetime.now(UTC)
    sink.behave("delay 10")
    crowd = {user.email for user in make_crowd(make_course(), people, now=now)}
    began = time.monotonic()
    with Workers(tmp_path, sink, REMINDER_AMBIGUOUS=policy) as workers:
        killed = kill_at_random(workers, sink, kills=kills, mails=people)
        wait_until(lambda: settled(people), meaning="all mails are settled", patience=A_LONG_RUN)
    counts, rows = copies(sink), OutboxMail.objects
    missing, extra = len(crowd - counts.keys()), sum(counts.values()) - len(counts)
    ambiguous = rows.aggregate(sum=Sum("ambiguous"))["sum"]
    unknown = rows.filter(state=State.UNKNOWN).count()
    report(
        capsys,
        f"{policy}: {people} recipients, {kills} x kill -9 ({killed} sending processes): {missing} missing,"
        f" {extra} extra copies, ambiguous {ambiguous}, at most {max(counts.values())} each,"
        f" {unknown} unknown, one Message-ID a delivery, {time.monotonic() - began:.0f} s",
    )
    assert max(counts.values()) <= 2
    assert extra <= ambiguous <= killed
    assert rows.filter(state__in=[State.SENT, State.UNKNOWN]).count() == people
    if policy == "resend":
        assert (missing, unknown) == (0, 0)
    else:
        assert extra == 0
        assert missing <= unknown == ambiguous


def test_workers_killed_at_random_leave_nobody_out_and_count_every_extra_copy(
    workers: Workers, sink: MailSink
) -> None:
    kills = 3
    sink.behave("delay 20")
    addresses = put_probes(70 * kills)
    killed = kill_at_random(workers, sink, kills=kills, mails=len(addresses))
    wait_until(lambda: settled(len(addresses)), meaning="all mails are settled", patience=PATIENCE)
    counts = copies(sink)
    ambiguous = OutboxMail.objects.aggregate(sum=Sum("ambiguous"))["sum"]
    assert counts.keys() == addresses
    assert max(counts.values()) <= 2
    assert sum(counts.values()) - len(addresses) <= ambiguous <= killed
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.parametrize("stops", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_worker_that_is_asked_to_stop_sends_nothing_twice_and_gives_its_claims_back_at_once(
    workers: Workers, sink: MailSink, stops: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.behave("delay 100")
    addresses = put_probes(60 * stops)
    took = []
    for stop in range(stops):
        enough = 60 * stop + 10
        wait_until(lambda: sink.count() >= enough, meaning="mails arrive", patience=PATIENCE)  # noqa: B023 - read at once
        began = time.monotonic()
        workers.terminate("worker")
        took.append(time.monotonic() - began)
        assert not OutboxMail.objects.filter(state=State.SENDING).exists()
        assert OutboxMail.objects.filter(state=State.PENDING).exists()
        workers.start("worker")
    sink.behave("ok")
    wait_until(lambda: settled(len(addresses)), meaning="all mails are sent", patience=PATIENCE)
    report(
        capsys, f"{stops} x SIGTERM: gone after at most {max(took):.1f} s, {len(addresses)} mails once each"
    )
    assert copies(sink) == dict.fromkeys(addresses, 1)


def test_a_mail_that_kills_every_worker_that_takes_it_is_given_up_and_the_others_arrive(
    workers: Workers, sink: MailSink
) -> None:
    now = datetime.now(UTC)
    killer = probe.put("killer@example.org", kills=True, due_at=now, now=now, not_after=None)
    addresses = put_probes(10)
    wait_until(lambda: settled(11), meaning="all mails are settled", patience=PATIENCE)
    killer.refresh_from_db()
    assert (killer.state, killer.lost) == (State.FAILED, 5)
    assert copies(sink) == dict.fromkeys(addresses, 1)


def test_a_broker_that_forgets_everything_and_then_freezes_keeps_no_page_waiting_and_loses_no_mail(
    tmp_path: Path, sink: MailSink
) -> None:
    sink.behave("delay 10")
    before = put_probes(40)
    with Workers(tmp_path, sink, ticking=False) as workers:
        workers.start_beat()
        wait_until(lambda: sink.count() > 0, meaning="the first mail arrives", patience=PATIENCE)
        workers.tell_broker("FLUSHALL")
        wait_until(lambda: settled(40), meaning="what was forgotten is sent", patience=PATIENCE)
        workers.send_signal("valkey", signal.SIGSTOP)
        asked = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"})
        assert asked.status_code == 302
        assert OutboxMail.objects.filter(state=State.PENDING).count() == 1
        workers.send_signal("valkey", signal.SIGCONT)
        wait_until(lambda: settled(41), meaning="what waited is sent", patience=PATIENCE)
    assert copies(sink) == dict.fromkeys([*before, "nobody@example.org"], 1)

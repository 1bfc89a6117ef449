"""Reminders while real workers are killed, stopped and poisoned: nobody is missed, nobody gets one twice."""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum

from mailing.models import OutboxMail
from tests.factories import make_course
from tests.faults.workers import Workers
from tests.learning.reminding import make_due_now
from tests.mailing import probe
from tests.servers import wait_until
from tests.sinks import MailSink

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
State = OutboxMail.State
UNDER_WAY = (State.PENDING, State.SENDING)
PATIENCE = 120.0


@pytest.fixture
def workers(tmp_path: Path, sink: MailSink) -> Iterator[Workers]:
    """Both workers and a broker, running."""
    with Workers(tmp_path, sink) as running:
        yield running


def settled(count: int) -> bool:
    """Whether so many mails have been put and all have their final state."""
    return OutboxMail.objects.count() == count and not OutboxMail.objects.filter(state__in=UNDER_WAY).exists()


def put_probes(count: int) -> set[str]:
    """Put mails that are due now, and return their addresses."""
    now = datetime.now(UTC)
    addresses = {f"{number}@example.org" for number in range(count)}
    for address in addresses:
        probe.put(address, due_at=now, now=now, not_after=now + timedelta(hours=3))
    return addresses


def copies(sink: MailSink) -> Counter[str]:
    """How often each recipient got a mail; all copies of a mail must carry one Message-ID."""
    counts = Counter(sink.recipients())
    assert len({(line["to"], line["message_id"]) for line in sink.received()}) == len(counts)
    return counts


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


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_workers_killed_at_random_leave_nobody_out_and_count_every_extra_copy(
    workers: Workers, sink: MailSink, kills: int
) -> None:
    sink.behave("delay 20")
    chance = random.Random(kills)  # noqa: S311 - it chooses whom to kill, no secret
    addresses = put_probes(70 * kills)
    for kill in range(1, kills + 1):
        enough = len(addresses) * kill // (kills + 2)
        wait_until(lambda: len(sink.received()) >= enough, meaning="mails arrive", patience=PATIENCE)  # noqa: B023
        if chance.random() < 0.5:
            os.kill(chance.choice(workers.pool("worker")), signal.SIGKILL)
        else:
            workers.kill("worker")
            workers.start("worker")
    wait_until(lambda: settled(len(addresses)), meaning="all mails are settled", patience=PATIENCE)
    counts = copies(sink)
    ambiguous = OutboxMail.objects.aggregate(sum=Sum("ambiguous"))["sum"]
    assert counts.keys() == addresses
    assert max(counts.values()) <= 2
    assert sum(counts.values()) - len(addresses) <= ambiguous <= 2 * kills
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {State.SENT}


def test_a_worker_that_is_asked_to_stop_sends_nothing_twice_and_gives_its_claims_back_at_once(
    workers: Workers, sink: MailSink
) -> None:
    sink.behave("delay 100")
    addresses = put_probes(60)
    wait_until(lambda: len(sink.received()) >= 10, meaning="mails arrive", patience=PATIENCE)
    workers.terminate("worker")
    assert not OutboxMail.objects.filter(state=State.SENDING).exists()
    assert OutboxMail.objects.filter(state=State.PENDING).exists()
    sink.behave("ok")
    workers.start("worker")
    wait_until(lambda: settled(len(addresses)), meaning="all mails are sent", patience=PATIENCE)
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

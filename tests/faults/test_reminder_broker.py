"""Reminders while the broker forgets, ends or freezes, clocks are wrong, and everything runs several times.

PostgreSQL holds the truth; what happens to Celery's messages changes no mail. Which item of the acceptance
list each test holds stands in docs/reminders.md.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from statistics import quantiles

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from learning.models import ReminderContract
from learning.reminders import plan
from mailing import control
from mailing.models import OutboxMail
from tests.accounts.people import SIGN_UP, make_member
from tests.factories import make_course
from tests.faults.crowd import make_crowd
from tests.faults.outcomes import copies, report, settled
from tests.faults.web import Browser, Web
from tests.faults.workers import Workers
from tests.mailing import probe
from tests.servers import wait_until
from tests.sinks import MailSink

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
State = OutboxMail.State
PATIENCE = 120.0
A_LONG_RUN = 600.0


def put_probes(count: int, *, due_in: float = 0, name: str = "probe") -> list[str]:
    """Put mails that are due in so many seconds, and return their addresses."""
    now = datetime.now(UTC)
    addresses = [f"{name}-{number}@example.org" for number in range(count)]
    for address in addresses:
        probe.put(address, due_at=now + timedelta(seconds=due_in), now=now, not_after=None)
    return addresses


def wait(seconds: float) -> None:
    """Let time pass: what must not happen needs time in which it could."""
    over = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() >= over, meaning="time passes", patience=seconds + PATIENCE)


def test_two_beats_four_planners_and_fifty_calls_at_once_make_one_row_a_learner(
    tmp_path: Path, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    people, now = 2000, datetime.now(UTC)
    crowd = make_crowd(make_course(), people, now=now)
    together = threading.Barrier(50)

    def call() -> int:
        try:
            connection.ensure_connection()
            together.wait(timeout=PATIENCE)
            return plan.plan(now=now)
        finally:
            connection.close()

    with Workers(tmp_path, sink) as workers, ThreadPoolExecutor(50) as pool:
        for copy in ("-2", "-3", "-4"):
            workers.start("planner", copy=copy)
        workers.start_beat("beat-1")
        workers.start_beat("beat-2")
        calls = [each.result(timeout=PATIENCE) for each in [pool.submit(call) for _ in range(50)]]
        wait_until(lambda: settled(people), meaning="all mails are sent", patience=A_LONG_RUN)
    rows = list(OutboxMail.objects.values_list("user", "slot"))
    report(
        capsys,
        f"2 beats, 4 planners, 50 calls at once of which {sum(map(bool, calls))} planned:"
        f" {len(rows)} rows, {len(set(rows))} distinct, {sink.count()} mails for {people} learners",
    )
    assert len(rows) == len(set(rows)) == people
    assert copies(sink) == {user.email: 1 for user in crowd}


def test_a_broker_that_forgets_everything_every_second_loses_no_mail(
    tmp_path: Path, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    people = 1000
    sink.behave("delay 10")
    crowd = make_crowd(make_course(), people, now=datetime.now(UTC))
    with Workers(tmp_path, sink, ticking=False) as workers:
        workers.start_beat()
        wait_until(lambda: sink.count() > 0, meaning="the first mail arrives", patience=A_LONG_RUN)
        for _ in range(20):
            workers.tell_broker("FLUSHALL")
            wait(1)
        made_in_the_storm = put_probes(50)
        began, before = time.monotonic(), sink.count()
        wait_until(lambda: settled(people + 50), meaning="all mails are sent", patience=PATIENCE * 5)
        took = time.monotonic() - began
    report(
        capsys,
        f"20 x FLUSHALL, one a second: {before} mails had left, the other"
        f" {people + 50 - before} within {took:.0f} s, each once",
    )
    assert copies(sink) == dict.fromkeys([*(user.email for user in crowd), *made_in_the_storm], 1)


class Visits:
    """Requests to the web server, and how long each took.

    All come from one address, which may ask for 120 mails a minute: 56 rounds stay below.
    """

    def __init__(self, web: Web) -> None:
        self.web = web
        self.took: list[float] = []
        self.wrong: list[str] = []
        client = Client()
        client.get("/accounts/signup/")
        token = {settings.CSRF_COOKIE_NAME: client.cookies[settings.CSRF_COOKIE_NAME].value}
        self.stranger = Browser(web, token)

    def post(self, browser: Browser, path: str, form: dict[str, str | list[str]]) -> str:
        """Send a form, which must lead on; return where."""
        began = time.monotonic()
        answer = browser.post(path, form)
        self.took.append(time.monotonic() - began)
        if answer.status != 302:
            self.wrong.append(f"{path} answered {answer.status}")
        return answer.location

    def round(self, browser: Browser, name: str) -> None:
        """A sign-up, a new password, and three times a quiz begun, handed in, and its result: 11 requests."""
        self.post(self.stranger, "/accounts/signup/", {**SIGN_UP, "email": f"{name}@example.org"})
        self.post(self.stranger, "/accounts/password/reset/", {"email": f"forgot-{name}@example.org"})
        for _ in range(3):
            attempt = self.post(browser, "/learn/two-pms/quiz/module-1/start/", {})
            result = self.post(browser, f"{attempt.partition('?')[0]}submit/", {})
            began = time.monotonic()
            answer = browser.get(result)
            self.took.append(time.monotonic() - began)
            if answer.status != 200:
                self.wrong.append(f"{result} answered {answer.status}")

    def many(self, people: list[User], *, rounds: int, name: str) -> float:
        """So many rounds, four at a time; return the 95th percentile of a request, in milliseconds."""
        self.took.clear()

        def visit(place: int) -> None:
            browser = self.web.browser(people[place])
            connection.close()
            for number in range(rounds // len(people)):
                self.round(browser, f"{name}-{place}-{number}")

        with ThreadPoolExecutor(len(people)) as pool:
            for each in [pool.submit(visit, place) for place in range(len(people))]:
                each.result(timeout=A_LONG_RUN)
        return quantiles(self.took, n=20)[-1] * 1000


@pytest.mark.parametrize("how", ["ended", "frozen"])
def test_while_the_broker_is_gone_for_a_minute_the_web_serves_and_then_all_mail_goes_out(
    tmp_path: Path, sink: MailSink, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_course()
    people = [make_member(f"member-{number}@example.org") for number in range(4)]
    with Workers(tmp_path, sink, ticking=False) as workers:
        broker = f"redis://127.0.0.1:{workers.port}/0"
        workers.start_beat()
        with Web(tmp_path, BROKER_URL=broker) as web:
            visits = Visits(web)
            usual = visits.many(people, rounds=8, name="before")
            wait_until(lambda: settled(OutboxMail.objects.count()), meaning="mail flows", patience=PATIENCE)
            gone_at = time.monotonic()
            if how == "ended":
                workers.kill("valkey")
            else:
                workers.send_signal("valkey", SIGSTOP)
            without = visits.many(people, rounds=48, name="without")
            wait(60 - (time.monotonic() - gone_at))
            waiting = OutboxMail.objects.filter(state=State.PENDING).count()
            if how == "ended":
                workers.start_broker()
            else:
                workers.send_signal("valkey", SIGCONT)
            back_at = time.monotonic()
            put_probes(1, name="after")
            wait_until(
                lambda: "after-0@example.org" in sink.recipients(),
                meaning="the worker consumes again",
                patience=60 * 5,
            )
            again = time.monotonic() - back_at
            count = OutboxMail.objects.count()
            wait_until(lambda: settled(count), meaning="the backlog is gone", patience=PATIENCE * 5)
            drained = time.monotonic() - back_at
    report(
        capsys,
        f"broker {how} for a minute: {len(visits.took)} requests, {len(visits.wrong)} wrong,"
        f" 95 % within {without:.0f} ms ({usual:.0f} ms before);"
        f" {waiting} mails waited, the first left after {again:.0f} s,"
        f" the last after {drained:.0f} s",
    )
    assert Counter(visits.wrong) == {}
    assert set(OutboxMail.objects.values_list("state", flat=True)) <= {State.SENT, State.SKIPPED}
    signed_up = {f"without-{place}-{number}@example.org" for place in range(4) for number in range(12)}
    assert signed_up <= set(sink.recipients())


def test_a_tick_that_the_broker_delivers_again_while_it_still_runs_sends_nothing_twice(
    tmp_path: Path, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.behave("delay 6000")
    addresses, again = put_probes(8), tmp_path / "redelivered"
    with Workers(tmp_path, sink, REDELIVERED=str(again), MAIL_LEASE_SECONDS="60"):
        wait_until(lambda: sink.count() >= 6, meaning="mails arrive", patience=A_LONG_RUN)
        sink.behave("ok")
        wait_until(lambda: settled(len(addresses)), meaning="all mails are sent", patience=A_LONG_RUN)
    report(
        capsys,
        f"{len(again.read_text())} ticks came again while they ran for 6 s:"
        f" {sink.count()} copies of {len(addresses)} mails",
    )
    assert again.read_text()
    assert copies(sink) == dict.fromkeys(addresses, 1)


@pytest.mark.parametrize("ahead", [300, -300])
def test_a_worker_whose_clock_is_five_minutes_wrong_sends_neither_early_nor_late_nor_twice(
    tmp_path: Path, sink: MailSink, ahead: int, capsys: pytest.CaptureFixture[str]
) -> None:
    first = put_probes(1, name="first")
    with Workers(tmp_path, sink, CLOCK_AHEAD=str(ahead)):
        wait_until(lambda: settled(1), meaning="the workers send", patience=A_LONG_RUN)
        due, began = put_probes(20), time.time()
        later = put_probes(20, due_in=15, name="later")
        wait_until(lambda: settled(41), meaning="all mails are sent", patience=PATIENCE)
    left = {line["to"]: line["at"] - began for line in sink.received()}
    report(
        capsys,
        f"worker clock {ahead:+d} s: due at once left by {max(left[one] for one in due):.1f} s,"
        f" due in 15 s left from {min(left[one] for one in later):.1f} s on",
    )
    assert min(left[one] for one in later) >= 15
    assert max(left[one] for one in due) < 15
    assert copies(sink) == dict.fromkeys([*first, *due, *later], 1)


def test_the_switch_in_the_admin_stops_a_run_within_ten_seconds_and_keeps_what_is_pending(
    tmp_path: Path, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.behave("delay 200")
    addresses = put_probes(300)
    with Workers(tmp_path, sink):
        wait_until(lambda: sink.count() >= 20, meaning="mails arrive", patience=PATIENCE)
        control.set_paused(paused=True)
        pressed = time.time()
        wait(15)
        last = max(line["at"] for line in sink.received())
        kept = OutboxMail.objects.filter(state=State.PENDING).count()
        assert sink.count() + kept == len(addresses)
        control.set_paused(paused=False)
        sink.behave("ok")
        wait_until(lambda: settled(len(addresses)), meaning="all mails are sent", patience=A_LONG_RUN)
    report(capsys, f"the last mail left {max(0, last - pressed):.1f} s after the switch, {kept} were kept")
    assert last - pressed <= 10
    assert copies(sink) == dict.fromkeys(addresses, 1)


@pytest.mark.usefixtures("media_of_the_test")
def test_nothing_of_before_a_restore_is_sent_after_it(
    tmp_path: Path, sink: MailSink, capsys: pytest.CaptureFixture[str]
) -> None:
    """A backup of a day ago: what waited then may have gone out since, and so may what fell due since."""
    now = datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    make_crowd(make_course(), 500, now=yesterday)
    plan.plan(now=yesterday)
    put_probes(20, name="code")
    assert OutboxMail.objects.filter(state=State.PENDING).count() == 520
    fallen_due = ReminderContract.objects.due(now).count()
    assert fallen_due == 500
    call_command("backup", str(tmp_path / "backup.tar"))
    OutboxMail.objects.all().delete()  # a day later all of them have been sent, and then comes the disaster
    call_command("restore", str(tmp_path / "backup.tar"), replace=True)
    assert OutboxMail.objects.filter(state=State.PENDING).count() == 520
    with Workers(tmp_path, sink):
        after = put_probes(3, name="after")
        wait_until(
            lambda: not ReminderContract.objects.due(now).exists(), meaning="planned", patience=PATIENCE
        )
        count = OutboxMail.objects.count()
        wait_until(lambda: settled(count), meaning="all is settled", patience=PATIENCE)
    report(
        capsys,
        f"restored a backup with 520 mails pending and {fallen_due} reminders fallen due since:"
        f" {sink.count() - len(after)} of them sent, {len(after)} put afterwards sent",
    )
    assert copies(sink) == dict.fromkeys(after, 1)


@pytest.fixture
def media_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of media that a restore may replace."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")

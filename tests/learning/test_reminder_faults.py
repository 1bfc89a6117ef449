"""Reminders through outages, moves from zone to zone, new time-zone data, and forged links: the long forms.

Which item of the acceptance list each test holds stands in docs/reminders.md.
"""

import random
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from courses.models import Course
from learning.models import ReminderContract
from learning.reminders import links, plan
from learning.reminders.local_time import resolve
from learning.reminders.standing import LEAST_APART, slot_date
from mailing import delivery, housekeeping
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.faults.crowd import make_crowd
from tests.faults.outcomes import report
from tests.learning.reminding import ask, at, make_learner, run
from tests.learning.test_reminder_settings import without_address
from tests.learning.test_reminder_times import HARD_ZONES, ZONES, check
from tests.mailing import probe
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
State = OutboxMail.State
QUARTER = timedelta(minutes=15)
HOURS = [time(5), time(7, 30), time(12), time(18), time(20, 15), time(22, 45)]
numbers = count(1)


def send_all(now: datetime) -> None:
    """Send whatever is due, however many drains that takes."""
    while delivery.drain(now=now):
        pass


# --- An outage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "zones", "every"),
    [(48, 8, 4 * QUARTER), pytest.param(600, 40, QUARTER, marks=pytest.mark.slow)],
    ids=["short", "long"],
)
def test_after_hours_of_outage_what_is_still_in_its_window_goes_and_the_rest_expires(
    sink: MailSink, people: int, zones: int, every: timedelta, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every mail leaves from the hour that its learner chose to three hours later, by their own clocks."""
    names = [*HARD_ZONES, *ZONES[:: len(ZONES) // 30]][:zones]
    crowd = {user.pk: user for user in make_crowd(make_course(), people, now=NOW, zones=names, hours=HOURS)}
    chosen = dict(ReminderContract.objects.values_list("user", "local_time"))
    ticks = [NOW + n * every for n in range(int(timedelta(hours=26) / every))]
    ticks = [tick for tick in ticks if not at(12) <= tick < at(15, 30)]
    sent_at: dict[str, datetime] = {}
    for tick in ticks:
        plan.plan(now=tick)
        send_all(tick)
        housekeeping.sweep(now=tick)
        for row in OutboxMail.objects.filter(state=State.SENT):
            sent_at.setdefault(str(row.pk), tick)
    late = 0
    for row in OutboxMail.objects.exclude(due_at__gt=ticks[-1]):
        user, day = crowd[row.user_id or 0], slot_date(row.slot)
        assert row.due_at == resolve(day, chosen[user.pk], user.zone)
        in_window = [tick for tick in ticks if row.due_at <= tick < row.due_at + plan.WINDOW]
        if row.state == State.SENT:
            when = sent_at[str(row.pk)]
            assert when == in_window[0]
            late += when - row.due_at >= timedelta(hours=1)
            by_day = time(8) <= when.astimezone(user.zone).time() < time(21)
            own_hour = chosen[user.pk] < time(8) or chosen[user.pk] >= time(18)
            assert by_day or own_hour
        else:
            assert (row.state, row.reason, in_window) == (State.EXPIRED, "too late", [])
    expired = OutboxMail.objects.filter(state=State.EXPIRED).count()
    report(
        capsys,
        f"{people} learners in {zones} zones: {len(sent_at)} sent, {late} of them late, {expired} expired",
    )
    assert expired
    assert late
    assert len(sent_at) == sink.count()


# --- Moving about -----------------------------------------------------------------------------------------


class Moving(RuleBasedStateMachine):
    """A learner who changes zone and hour as they like, while reminders are planned and sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.now = NOW
        self.learner = make_learner(email=f"mover-{next(numbers)}@example.org")
        course = Course.objects.get()
        self.learner.enrollments.create(course=course, started_at=NOW, last_active_at=NOW)
        ask(self.learner)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.sandbox.__exit__(None, None, None)

    @rule(zone=st.sampled_from([*HARD_ZONES, "Pacific/Kiritimati", "Pacific/Pago_Pago", "Mars/Base"]))
    def move(self, zone: str) -> None:
        User.objects.filter(pk=self.learner.pk).update(time_zone=zone)
        self.learner.refresh_from_db()

    @rule(hour=st.integers(5, 22), ceiling=st.integers(1, 4))
    def choose(self, hour: int, ceiling: int) -> None:
        ask(self.learner, now=self.now, local_time=time(hour), ceiling_per_week=ceiling)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        for _ in range(hours):
            self.now += timedelta(hours=1)
            User.objects.filter(pk=self.learner.pk).update(last_seen_on=self.now.date() - timedelta(days=1))
            run(self.now)
            housekeeping.sweep(now=self.now)

    @rule()
    def data_of_zones_are_new(self) -> None:
        plan.recompute(now=self.now)

    @invariant()
    def one_a_date_and_twelve_hours_apart(self) -> None:
        rows = self.learner.outbox_mails.filter(state=State.SENT).values_list("sent_at", "slot")
        sent = sorted((when, slot) for when, slot in rows if when)
        assert len({slot for _, slot in sent}) == len(sent)
        assert all(late - early >= LEAST_APART for (early, _), (late, _) in pairwise(sent))


@pytest.mark.parametrize(
    ("examples", "steps"), [(2, 10), pytest.param(60, 30, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_whoever_moves_and_chooses_anew_all_the_time_is_not_reminded_more_often(
    sink: MailSink, examples: int, steps: int
) -> None:
    make_course()
    run_state_machine_as_test(
        Moving,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


# --- New time-zone data -----------------------------------------------------------------------------------


@pytest.fixture
def fresh_zones(tmp_path: Path) -> Iterator[Path]:
    """A folder of time-zone data that goes before the installed ones."""
    yield tmp_path / "zones"
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def test_after_new_time_zone_data_reminders_move_for_those_whom_it_concerns_alone(
    fresh_zones: Path, sink: MailSink
) -> None:
    """Portugal decides to live by the clocks of Nairobi, three hours ahead of UTC."""
    course = make_course()
    here, there = (ask(make_learner(course, time_zone=zone)) for zone in ("UTC", "Europe/Lisbon"))
    assert [here.next_due_at, there.next_due_at] == [at(18), at(18)]
    (fresh_zones / "Europe").mkdir(parents=True)
    (fresh_zones / "Europe" / "Lisbon").write_bytes(data_of("Africa/Nairobi"))
    zoneinfo.reset_tzpath([str(fresh_zones)])
    ZoneInfo.clear_cache()
    assert plan.recompute(now=at(12)) == 1
    here.refresh_from_db()
    there.refresh_from_db()
    assert [here.next_due_at, there.next_due_at] == [at(18), at(15)]
    assert run(at(15)) == {"accepted": 1}


def data_of(zone: str) -> bytes:
    """The compiled rules of a zone, as the package tzdata ships them."""
    return files("tzdata").joinpath("zoneinfo", zone).read_bytes()


@pytest.mark.slow
def test_every_change_of_the_clocks_of_every_zone_until_2032_has_one_instant_for_each_quarter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Zones with the same changes are looked at once."""
    days = [datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(9 * 366)]
    seen: dict[tuple[timedelta | None, ...], str] = {}
    for name in ZONES:
        offsets = tuple(day.astimezone(ZoneInfo(name)).utcoffset() for day in days)
        seen.setdefault(offsets, name)
    checked = 0
    for offsets, name in seen.items():
        for place, (early, late) in enumerate(pairwise(offsets)):
            for day in changed_days(days[place + 1]) if early != late else ():
                for quarter in range(96):
                    check(day, time(quarter // 4, quarter % 4 * 15), ZoneInfo(name))
                    checked += 1
    report(capsys, f"{len(ZONES)} zones, {len(seen)} kinds of changes, {checked} times: one instant each")


def changed_days(noon: datetime) -> list[date]:
    """The dates about a change of the clocks."""
    return [noon.date() + timedelta(days=day) for day in (-1, 0, 1)]


# --- One bad mail, and forged links -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("bad", ["rendering", "address"])
def test_one_bad_mail_in_a_thousand_stops_none_of_the_others(
    sink: MailSink, bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.MAIL_KINDS", {"probe": "tests.mailing.probe.Probe"})
    good = [f"{number}@example.org" for number in range(999)]
    for place, address in enumerate(good):
        probe.put(address, not_after=None)
        if place == 500:
            broken = (
                probe.put("broken@example.org", breaks=True, not_after=None)
                if bad == "rendering"
                else probe.put("not an address", not_after=None)
            )
    send_all(NOW)
    assert sorted(sink.recipients()) == sorted(good)
    for hours in range(2, 12, 2):
        send_all(NOW + timedelta(hours=hours))
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == (
        State.FAILED,
        "cannot be written: KeyError" if bad == "rendering" else "impossible address",
    )
    assert sink.count() == 999


@pytest.mark.slow
def test_a_thousand_altered_links_are_refused_alike_and_change_nothing(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = make_learner()
    ask(learner)
    good, chance = links.token(learner.pk), random.Random(19)  # noqa: S311 - it chooses what to alter, no secret
    altered: set[str] = set()
    while len(altered) < 1000:
        place = chance.randrange(len(good))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_")
        altered.add(good[:place] + letter + good[place + 1 :])
        altered.discard(good)
    answers = [client.post(f"/reminders/u/{token}/") for token in altered]
    bodies = {(answer.status_code, without_address(answer.content)) for answer in answers}
    report(capsys, f"{len(answers)} altered links: {len(bodies)} kind of answer, {answers[0].status_code}")
    assert len(bodies) == 1
    assert answers[0].status_code == 404
    assert ReminderContract.objects.get().enabled
    assert client.post(f"/reminders/u/{good}/").status_code == 200
    assert not ReminderContract.objects.get().enabled

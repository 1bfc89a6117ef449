"""The hold-out of the digest: what may be left out, who is told, and what it shows."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts import organisation
from accounts.models import Organisation, User
from courses.models import Course
from learning import progress
from learning.models import DigestTrial, LearningEvent, ReminderKind
from learning.reminders import effect, hold_out, preview, standing
from learning.reminders.effect import Effect, Side, newcombe
from learning.reminders.reasons import SWITCHES, Reason
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import ask, at, make_learner, put_reminder, reminders, run
from tests.learning.test_reminder_admin import staff
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
__all__ = ["staff"]  # a fixture
URL = "/settings/reminders/"
MONDAY = date(2026, 11, 16)


def hold_out_of(per_cent: int) -> None:
    Organisation.objects.update_or_create(singleton=True, defaults={"digest_hold_out": per_cent})
    organisation.forget()


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    organisation.forget()


@pytest.fixture
def learner(monkeypatch: pytest.MonkeyPatch) -> User:
    """A learner who wants the digest too; whether it is left out is drawn as `is_held_out` is set to say."""
    monkeypatch.setattr(hold_out, "is_held_out", lambda user_id, monday, *, per_cent: True)
    user = make_learner(make_course())
    ask(user, kinds=list(SWITCHES))
    return user


def about(user: User) -> Reason:
    return standing.load([user.pk], now=NOW)[user.pk].reasons(NOW.date(), now=NOW)[0]


# --- what is left out ---------------------------------------------------------------------------------------


def test_without_a_share_nothing_is_left_out_and_nobody_takes_part(learner: User, sink: MailSink) -> None:
    assert about(learner) == Reason.DIGEST
    run(at(18))
    assert not DigestTrial.objects.exists()


def test_a_digest_is_left_out_and_the_mail_comes_all_the_same(learner: User, sink: MailSink) -> None:
    hold_out_of(20)
    run(at(18))
    assert reminders(learner) == [("2026-11-21", "sent")]
    assert OutboxMail.objects.get().reason == Reason.RESUME
    trial = DigestTrial.objects.get()
    assert (trial.user, trial.day, trial.held_out) == (learner, NOW.date(), True)


def test_the_preview_lists_what_will_come(learner: User) -> None:
    hold_out_of(20)
    assert preview.of(learner, now=NOW).coming[0].reason.startswith("Where you stopped")


def test_a_mail_that_would_be_nothing_but_the_digest_is_never_left_out(learner: User, sink: MailSink) -> None:
    hold_out_of(20)
    ReminderKind.objects.exclude(kind="digest").update(enabled=False)
    run(at(18))
    assert OutboxMail.objects.get().reason == Reason.DIGEST
    assert not DigestTrial.objects.exists()


def test_who_said_always_send_mine_takes_no_part(learner: User, sink: MailSink) -> None:
    hold_out_of(50)
    ask(learner, kinds=list(SWITCHES), always_send=True)
    run(at(18))
    assert OutboxMail.objects.get().reason == Reason.DIGEST
    assert not DigestTrial.objects.exists()


def test_the_other_side_takes_part_too(
    learner: User, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hold_out, "is_held_out", lambda user_id, monday, *, per_cent: False)
    hold_out_of(20)
    run(at(18))
    assert OutboxMail.objects.get().reason == Reason.DIGEST
    assert not DigestTrial.objects.get().held_out


def test_a_mail_that_is_not_sent_takes_no_part(learner: User, sink: MailSink) -> None:
    hold_out_of(20)
    lesson = Course.objects.get().lessons.select_related("live_version", "course").get(key="lesson-2")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    put_reminder(learner, now=at(18))
    run(at(18))
    assert reminders(learner) == [("2026-11-21", "practised_today")]
    assert not DigestTrial.objects.exists()


@given(user_id=st.integers(1, 10**9), per_cent=st.integers(0, 49))
def test_the_draw_is_stable_and_a_higher_share_takes_nobody_back(user_id: int, per_cent: int) -> None:
    drawn = hold_out.is_held_out(user_id, MONDAY, per_cent=per_cent)
    assert drawn == hold_out.is_held_out(user_id, MONDAY, per_cent=per_cent)
    assert not drawn or hold_out.is_held_out(user_id, MONDAY, per_cent=per_cent + 1)
    assert not hold_out.is_held_out(user_id, MONDAY, per_cent=0)


def test_the_share_is_the_share_and_each_week_is_drawn_anew() -> None:
    weeks = [MONDAY, MONDAY + timedelta(days=7)]
    drawn = [[hold_out.is_held_out(one, week, per_cent=20) for one in range(10_000)] for week in weeks]
    assert all(1850 <= sum(week) <= 2150 for week in drawn)
    assert 300 <= sum(first and second for first, second in zip(*drawn, strict=True)) <= 500


# --- who is told --------------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_the_settings_say_so_while_a_hold_out_runs_and_offer_to_stay_out(
    client: Client, learner: User
) -> None:
    client.force_login(learner)
    assert "Always send mine" not in client.get(URL).content.decode()
    hold_out_of(20)
    assert "we leave them out in 20 of 100 weeks" in client.get(URL).content.decode()
    form = {"weekdays": ["2"], "local_time": "18:00", "ceiling_per_week": "3", "kinds": ["digest"]}
    client.post(URL, {**form, "always_send": "on", "action": "save"})
    learner.reminder_contract.refresh_from_db()
    assert learner.reminder_contract.always_send
    hold_out_of(0)
    client.post(URL, {**form, "action": "save"})
    learner.reminder_contract.refresh_from_db()
    assert learner.reminder_contract.always_send  # it was not asked


def test_the_history_says_that_the_digest_was_left_out_and_why(
    client: Client, learner: User, sink: MailSink
) -> None:
    hold_out_of(20)
    run(at(18))
    client.force_login(learner)
    page = client.get(URL).content.decode()
    assert "Sent, about where you stopped. Your three counts were left out that week, to learn" in page


# --- what it shows ------------------------------------------------------------------------------------------


def test_the_interval_is_newcombes() -> None:
    low, high = newcombe(Side(70, 56), Side(80, 48))  # his table II, (a), method 10
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)
    low, high = newcombe(Side(10, 0), Side(10, 0))  # (h)
    assert (round(low, 4), round(high, 4)) == (-0.2775, 0.2775)


def test_nothing_is_said_below_a_hundred_mails_on_each_side() -> None:
    assert not Effect(Side(5000, 100), Side(99, 1)).enough
    assert Effect(Side(100, 1), Side(100, 1)).enough


def take_part(user: User, *, hours_ago: float, held_out: bool) -> DigestTrial:
    when = NOW - timedelta(hours=hours_ago)
    return DigestTrial.objects.create(user=user, day=when.date(), at=when, held_out=held_out)


def come_back(user: User, *, hours_ago: float, kind: str = "card_reviewed") -> None:
    when = NOW - timedelta(hours=hours_ago)
    LearningEvent.objects.create(
        user=user, kind=kind, at=when, local_date=when.date(), time_zone="UTC", course=None
    )


@pytest.mark.parametrize(
    ("hours_ago", "kind", "returned"),
    [(99, "card_reviewed", 1), (51.5, "card_reviewed", 0), (101, "card_reviewed", 0), (99, "regraded", 0)],
)
def test_who_does_something_within_48_hours_came_back(hours_ago: float, kind: str, returned: int) -> None:
    user = make_learner()
    take_part(user, hours_ago=100, held_out=True)
    come_back(user, hours_ago=hours_ago, kind=kind)
    assert effect.lately(now=NOW) == Effect(Side(), Side(1, returned))


def test_a_mail_counts_once_its_48_hours_are_over_and_for_half_a_year() -> None:
    user = make_learner()
    for hours_ago in (47, 73, 24 * 181):
        take_part(user, hours_ago=hours_ago, held_out=False)
    assert effect.lately(now=NOW).mailed.mails == 1


@time_machine.travel(NOW, tick=False)
def test_the_admin_reports_the_effect_or_that_there_is_too_little(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/admin/learning/remindercontract/effect/"
    assert "it takes 100 mails on each side" in staff.get(address).content.decode()
    found = Effect(Side(400, 120), Side(100, 20))
    monkeypatch.setattr(effect, "lately", lambda *, now: found)
    page = staff.get(address).content.decode()
    assert "120 (30 %)" in page
    assert "Difference: 10 percentage points, 95 % interval 0" in page

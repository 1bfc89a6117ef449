"""The reminder settings, and the links in mails."""

import re
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from learning import progress
from learning.models import ReminderContract, ReminderKind
from learning.reminders import links, preview, sample, standing
from mailing import delivery
from mailing.clock import now as real_now
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import ask, at, make_learner, put_reminder, run
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
URL = "/settings/reminders/"
ASKED = {
    "weekdays": ["2", "4"],
    "local_time": "18:00",
    "ceiling_per_week": "3",
    "kinds": ["resume", "review"],
    "action": "save",
}


@pytest.fixture
def learner() -> User:
    """A learner in a course, in Lisbon, who has not asked for anything."""
    return make_learner(make_course(), time_zone="Europe/Lisbon")


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    """That learner's browser, logged in the day before `NOW`."""
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        client.force_login(learner)
    return client


def contract_of(user: User) -> ReminderContract:
    return ReminderContract.objects.get(user=user)


def token(user: User) -> str:
    return links.unsubscribe_url(user.pk).partition("testserver")[2]


def test_reminders_are_off_until_they_are_asked_for(page: Client) -> None:
    content = page.get(URL).content.decode()
    assert "You get no mails." in content
    assert "The next three" not in content
    assert not ReminderContract.objects.exists()


def test_saving_switches_them_on_as_asked(page: Client, learner: User) -> None:
    answer = page.post(URL, ASKED)
    row = contract_of(learner)
    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert (row.weekdays, row.local_time, row.ceiling_per_week) == ([2, 4], time(18), 3)
    assert row.next_due_at is not None


@time_machine.travel(NOW, tick=False)
def test_the_page_shows_the_next_three_with_local_time_and_reason(page: Client, learner: User) -> None:
    ask(learner, weekdays={2, 4})
    content = page.get(URL).content.decode()
    assert re.findall(r"<time[^>]*>([^<]+)<", content) == [
        "Tue 24 Nov, 18:00",
        "Thu 26 Nov, 18:00",
        "Tue 1 Dec, 18:00",
    ]
    assert re.search(r"Where you stopped: [^<]+, \d+ minutes?\.", content)
    assert "Your time zone is Europe/Lisbon, now 09:00." in content


@time_machine.travel(NOW, tick=False)
def test_the_next_three_are_those_that_are_sent(page: Client, learner: User, sink: MailSink) -> None:
    ask(learner, ceiling_per_week=2)
    content = page.get(URL).content.decode()
    assert "None on Sat 21 Nov, 18:00: less than 12 hours from now it could only repeat" in content
    shown = re.findall(r'<time datetime="([^"T]+)T', content)
    for days in range(9):
        User.objects.update(last_seen_on=at(9, days=days).date())
        run(at(18, days=days))
    sent = learner.outbox_mails.filter(state="sent").order_by("slot").values_list("slot", flat=True)
    assert [f"reminder:{day}" for day in shown] == list(sent)[:3]


def test_the_kinds_that_were_left_out_are_off_and_the_page_shows_it(page: Client, learner: User) -> None:
    page.post(URL, ASKED)
    switched = dict(ReminderKind.objects.filter(user=learner).values_list("kind", "enabled"))
    assert switched == {"resume": True, "review": True, "goal": False, "quiz": False, "digest": False}
    page.post(URL, ASKED | {"kinds": ["goal"]})
    checked = re.findall(r'name="kinds" value="(\w+)"[^>]*checked', page.get(URL).content.decode())
    assert checked == ["goal"]


@time_machine.travel(NOW, tick=False)
def test_a_pause_can_last_until_a_day_of_ones_own(page: Client, learner: User) -> None:
    ask(learner)
    page.post(URL, {"action": "pause", "until": "2027-01-07"})
    assert contract_of(learner).paused_until == date(2027, 1, 7)
    assert "Paused until Thursday 7 January" in page.get(URL).content.decode()


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("until", ["2026-11-21", "2026-11-01", "2028-01-01", "soon"])
def test_a_pause_until_no_such_day_is_refused_beside_the_field(
    page: Client, learner: User, until: str
) -> None:
    ask(learner)
    answer = page.post(URL, {"action": "pause", "until": until})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert contract_of(learner).paused_until is None


@time_machine.travel(at(18, 5), tick=False)
def test_the_page_says_what_was_sent_and_what_was_not_and_why(
    page: Client, learner: User, sink: MailSink
) -> None:
    ask(learner)
    run(at(18))
    lesson = (
        learner.enrollments.get().course.lessons.select_related("live_version", "course").get(key="lesson-2")
    )
    progress.complete_lesson(user=learner, lesson=lesson, now=at(9, days=1))
    run(at(18, days=1))
    content = page.get(URL).content.decode()
    assert "Sent, about where you stopped." in content
    assert "Not sent: you had been here that day." in content


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("expired", "Not sent: it could not leave within three hours of your time."),
        ("unknown", "It may have arrived: the mail server gave no answer."),
        ("failed", "Not sent: the mail server did not take it."),
    ],
)
def test_the_page_says_what_became_of_a_mail_that_did_not_arrive(
    page: Client, learner: User, state: str, says: str
) -> None:
    ask(learner)
    put_reminder(learner, now=NOW)
    OutboxMail.objects.update(state=state, to_address=None, payload=None, locale=None)
    assert says in page.get(URL).content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_day_that_had_its_mail_is_not_listed_again(learner: User) -> None:
    ask(learner, local_time=time(22))
    assert preview.of(learner, now=NOW).coming[0].day == NOW.date()
    put_reminder(learner, now=NOW)
    OutboxMail.objects.update(state="sent", sent_at=NOW, to_address=None, payload=None, locale=None)
    ask(learner, local_time=time(22, 30))
    assert preview.of(learner, now=NOW).coming[0].day == NOW.date() + timedelta(days=1)


def test_a_pause_of_years_leaves_nothing_to_list(learner: User) -> None:
    ask(learner)
    ReminderContract.objects.update(paused_until=NOW.date() + timedelta(days=800))
    found = preview.of(learner, now=NOW)
    assert (found.paused, found.coming, found.left_out) == (True, [], None)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [({"is_active": False}, "inactive"), ({"email": "new@example.org"}, "address_unconfirmed")],
)
def test_what_changes_before_the_sample_is_sent_counts(
    learner: User, sink: MailSink, happens: dict[str, object], reason: str
) -> None:
    ask(learner)
    mail = sample.put(user=learner, now=NOW)
    User.objects.filter(pk=learner.pk).update(**happens)
    delivery.drain(now=NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.reason, sink.count()) == (OutboxMail.State.SKIPPED, reason, 0)


@time_machine.travel(NOW, tick=False)
def test_one_mail_can_be_asked_for_now_once_a_day_and_counts_as_none(
    page: Client, learner: User, sink: MailSink
) -> None:
    ask(learner)
    for _ in range(2):
        assert page.post(URL, {"action": "sample"}).status_code == 302
    delivery.drain(now=NOW)
    assert sink.recipients() == [learner.email]
    assert standing.load([learner.pk], now=NOW)[learner.pk].sent == []


def test_whoever_never_asked_for_mails_gets_none_now_either(
    page: Client, learner: User, sink: MailSink
) -> None:
    page.post(URL, {"action": "sample"})
    delivery.drain(now=real_now())
    mail = OutboxMail.objects.get(user=learner)
    assert (mail.state, mail.reason) == (OutboxMail.State.SKIPPED, "unsubscribed")
    assert sink.recipients() == []


def test_a_pause_can_be_begun_and_ended(page: Client, learner: User) -> None:
    ask(learner, now=real_now())
    page.post(URL, {"action": "pause"})
    paused = contract_of(learner).paused_until
    assert paused is not None
    assert abs(paused - real_now().date() - timedelta(days=14)) <= timedelta(days=1)
    assert "End the pause" in page.get(URL).content.decode()
    page.post(URL, {"action": "go_on"})
    assert contract_of(learner).paused_until is None


def test_no_mails_means_none(page: Client, learner: User) -> None:
    ask(learner, now=real_now())
    page.post(URL, {"action": "stop"})
    assert not contract_of(learner).enabled
    assert "You get no mails." in page.get(URL).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekdays": []},
        {"weekdays": ["8"]},
        {"local_time": "04:45"},
        {"local_time": "23:00"},
        {"local_time": "18:07"},
        {"local_time": "soon"},
        {"ceiling_per_week": "5"},
        {"ceiling_per_week": "0"},
        {"kinds": []},
        {"kinds": ["last"]},
        {"kinds": ["advertising"]},
    ],
)
def test_what_the_form_does_not_offer_is_refused_and_said(page: Client, wrong: dict[str, object]) -> None:
    answer = page.post(URL, ASKED | wrong)
    assert answer.status_code == 200
    assert "needs your attention" in answer.content.decode()
    assert not ReminderContract.objects.exists()


def test_the_settings_need_a_log_in(client: Client) -> None:
    assert client.get(URL)["Location"].startswith("/accounts/login/")


def test_the_page_costs_few_queries(
    page: Client, learner: User, django_assert_max_num_queries: object
) -> None:
    ask(learner, now=real_now())
    page.get(URL)
    with django_assert_max_num_queries(12):  # type: ignore[operator]  # a context manager of pytest-django
        page.get(URL)


# --- the links in mails ------------------------------------------------------------------------------------


def test_one_click_stops_the_mails_without_cookie_token_or_redirect(learner: User, sink: MailSink) -> None:
    ask(learner)
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = stranger.post(token(learner), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "No more reminder mails" in answer.content.decode()) == (200, True)
    assert not contract_of(learner).enabled
    assert run(at(18)) == {}


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client: Client, learner: User, method: str) -> None:
    ask(learner)
    answer = getattr(client, method)(token(learner))
    assert answer.status_code == 200
    assert contract_of(learner).enabled


def test_a_link_works_400_days_later(client: Client, learner: User) -> None:
    ask(learner)
    address = token(learner)
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        assert client.post(address).status_code == 200
    assert not contract_of(learner).enabled


def test_a_link_can_ask_for_fewer_or_for_a_pause(client: Client, learner: User) -> None:
    ask(learner)
    assert "Nothing has changed yet" in client.get(f"{token(learner)}?change=fewer").content.decode()
    client.post(token(learner), {"change": "fewer"})
    client.post(f"{token(learner)}?change=pause")
    row = contract_of(learner)
    assert (row.enabled, row.ceiling_per_week, row.paused_until is not None) == (True, 1, True)


def test_a_link_logs_nobody_in(client: Client, learner: User) -> None:
    ask(learner)
    client.get(token(learner))
    client.post(token(learner))
    assert "session" not in client.cookies
    assert client.get(URL).status_code == 302


def test_a_link_of_someone_erased_still_answers(client: Client) -> None:
    assert client.post(f"/reminders/u/{links.token(999)}/").status_code == 200


def without_address(content: bytes) -> bytes:
    """Return a page without the places where it names its own address."""
    return re.sub(rb'/reminders/u/[^"]*', b"", content)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_altered_link_gets_the_same_refusal(client: Client, data: st.DataObject) -> None:
    good = links.token(7)
    place = data.draw(st.integers(0, len(good) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019:-_").filter(lambda one: one != good[place]))
    altered = good[:place] + letter + good[place + 1 :]
    refused = client.post(f"/reminders/u/{altered}/")
    plain = client.get("/reminders/u/nonsense/")
    assert (refused.status_code, plain.status_code) == (404, 404)
    assert without_address(refused.content) == without_address(plain.content)

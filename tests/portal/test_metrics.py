"""/metrics: closed without its token, small, without people, and true of mails and beat."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from mailing import clock, outbox
from mailing.models import Heartbeat, OutboxMail
from portal import metrics

TOKEN = "for-the-monitoring-alone"


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def read(client: Client) -> dict[str, float]:
    """Return the samples as {name{labels}: value}."""
    answer = client.get(reverse("metrics"), headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        sample.name + "".join(f"[{value}]" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_nobody_reads_it_without_the_token(client: Client, sent: str) -> None:
    answer = client.get(reverse("metrics"), headers={"authorization": sent})
    assert (answer.status_code, b"crossroads_" in answer.content) == (401, False)


@pytest.mark.django_db
def test_without_a_token_in_the_settings_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get(reverse("metrics"), headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_it_asks_four_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4):
        read(client)


@pytest.mark.django_db
def test_requests_are_counted_by_room(client: Client) -> None:
    before = read(client).get("crossroads_requests_total[GET][portal][2xx]", 0)
    client.get(reverse("portal:help"))
    client.get(reverse("portal:help"))
    assert read(client)["crossroads_requests_total[GET][portal][2xx]"] == before + 2


@pytest.mark.django_db
def test_the_states_of_mails_add_up_to_what_was_planned(client: Client) -> None:
    now = clock.now()
    user = User.objects.create(email="learner@example.org")
    states = [*OutboxMail.State.values, "sent", "pending"]
    for number, _ in enumerate(states):
        outbox.put(user=user, kind="account", slot=f"code:{number}", priority=0, due_at=now, now=now)
    for mail, state in zip(OutboxMail.objects.order_by("slot"), states, strict=True):
        OutboxMail.objects.filter(pk=mail.pk).update(
            state=state, to_address=None, payload=None, locale=None, ambiguous=1 if state == "unknown" else 0
        )
    OutboxMail.objects.filter(slot="code:0").update(created_at=now - timedelta(hours=25))  # yesterday's
    told = read(client)
    by_state = {state: told[f"crossroads_mails_day[{state}]"] for state in OutboxMail.State.values}
    assert by_state == {**dict.fromkeys(OutboxMail.State.values, 1.0), "sent": 2.0, "pending": 1.0}
    assert sum(by_state.values()) == told["crossroads_mails_planned_day"] == len(states) - 1
    assert told["crossroads_mails_ambiguous_day"] == 1


@pytest.mark.django_db
def test_the_oldest_due_mail_and_the_age_of_beat_are_told(client: Client) -> None:
    now = clock.now()
    late = now - timedelta(minutes=10)
    user = User.objects.create(email="learner@example.org")
    outbox.put(user=user, kind="account", slot="code:1", priority=0, due_at=late, now=now)
    assert read(client)["reminder_beat_age_seconds"] == float("inf")
    Heartbeat.objects.create(name="beat", at=now - timedelta(minutes=5))
    told = read(client)
    assert told["reminder_oldest_due_seconds"] == pytest.approx(600, abs=30)
    assert told["reminder_beat_age_seconds"] == pytest.approx(300, abs=30)


@pytest.mark.django_db
def test_the_page_stays_small_and_names_nobody(client: Client) -> None:
    User.objects.create(email="canary@example.org", name="Canary")
    for room in ("portal", "accounts", "courses", "careers", "learning", "mailing", "admin", "other"):
        for method in ("GET", "POST", "PURGE", "X"):
            for status in (200, 302, 404, 500):
                metrics.observe(room=room, method=method, status=status, duration=0.02)
    answer = client.get(reverse("metrics"), headers={"authorization": f"Bearer {TOKEN}"})
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert len(samples) <= 500
    assert "canary" not in answer.text.lower()


def test_counts_of_dead_processes_go_after_a_day_and_those_of_the_living_stay(tmp_path: Path) -> None:
    now = clock.now()
    long_ago = now.timestamp() - metrics.KEPT_SECONDS - 1
    dead, ended_today, alive = (tmp_path / f"counter_{pid}.db" for pid in (2**22 + 1, 2**22 + 2, os.getpid()))
    for path in (dead, ended_today, alive):
        path.touch()
    for path in (dead, alive):
        os.utime(path, (long_ago, long_ago))
    metrics.forget_the_dead(tmp_path, now=now)
    assert set(tmp_path.iterdir()) == {ended_today, alive}

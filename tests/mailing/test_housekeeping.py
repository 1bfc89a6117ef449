"""Forgetting old mails, and the heartbeat."""

from datetime import timedelta

import pytest

from mailing import housekeeping
from mailing.models import Heartbeat, OutboxMail, Suppression
from tests.mailing.probe import NOW, put

pytestmark = pytest.mark.django_db


def test_mails_are_forgotten_after_400_days() -> None:
    put("old@example.org", now=NOW - timedelta(days=401))
    kept = put("new@example.org", now=NOW - timedelta(days=399))
    assert housekeeping.purge(now=NOW) == 1
    assert OutboxMail.objects.get() == kept


def test_a_suppression_ends_when_its_time_is_over() -> None:
    for name, until in (
        ("over", NOW - timedelta(days=1)),
        ("holds", NOW + timedelta(days=1)),
        ("for good", None),
    ):
        Suppression.objects.create(
            address_hmac=name, scope="reminders", source="bounce", until=until, created_at=NOW
        )
    housekeeping.purge(now=NOW)
    assert set(Suppression.objects.values_list("address_hmac", flat=True)) == {"holds", "for good"}


def test_the_heartbeat_shows_when_the_planning_worker_last_lived() -> None:
    housekeeping.beat(now=NOW)
    housekeeping.beat(now=NOW + timedelta(minutes=1))
    assert Heartbeat.objects.get(name="beat").at == NOW + timedelta(minutes=1)

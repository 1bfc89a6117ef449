"""What the mail provider tells of bounces and complaints, and what follows from it."""

import json
import random
from base64 import b64encode
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mailing import clock, encryption, housekeeping
from mailing.events import SOFT_REST, SOFT_WITHIN, rest_until
from mailing.models import MailEvent, Suppression
from tests.factories import NOW
from tests.learning.test_races import all_at_once

pytestmark = pytest.mark.django_db
URL = "/webhooks/mail/"
SECRET = "crossroads:a long word"


@pytest.fixture(autouse=True)
def provider(settings: Settings) -> None:
    """Postmark tells, with the right name and password."""
    settings.MAIL_PROVIDER = "postmark"
    settings.MAIL_WEBHOOK_SECRET = SECRET


def bounce(number: int, address: str, kind: str = "HardBounce", **more: Any) -> dict[str, Any]:
    """Return an event as Postmark sends it."""
    at = clock.now().isoformat()
    return {"RecordType": "Bounce", "ID": number, "Type": kind, "Email": address, "BouncedAt": at} | more


def complaint(number: int, address: str) -> dict[str, Any]:
    return bounce(number, address, "SpamComplaint") | {"RecordType": "SpamComplaint"}


def tell(client: Client, event: Any, *, secret: str = SECRET) -> int:
    """Post an event and return the status."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    basic = b64encode(secret.encode()).decode()
    answer = client.post(URL, body, "application/json", headers={"authorization": f"Basic {basic}"})
    return answer.status_code


def suppressed(address: str) -> tuple[str, Any] | None:
    """Return why and until when an address gets no reminders; None if it gets them."""
    row = Suppression.objects.filter(address_hmac=encryption.address_hashes(address)[0]).first()
    return (row.source, row.until) if row else None


def test_a_provider_may_try_the_address_first(client: Client) -> None:
    assert client.head(URL).status_code == 200


def test_a_hard_bounce_ends_reminders_for_good(client: Client) -> None:
    assert tell(client, bounce(1, "Ann@Example.org")) == 200
    assert suppressed("ann@example.org") == ("bounce", None)
    assert Suppression.objects.get().scope == Suppression.Scope.REMINDERS


def test_a_complaint_does_too(client: Client) -> None:
    assert tell(client, complaint(1, "ann@example.org")) == 200
    assert suppressed("ann@example.org") == ("complaint", None)


def test_three_soft_bounces_within_a_week_rest_for_two(client: Client) -> None:
    for number in range(2):
        tell(client, bounce(number, "ann@example.org", "Transient"))
    assert suppressed("ann@example.org") is None
    last = clock.now()
    tell(client, bounce(3, "ann@example.org", "Transient", BouncedAt=last.isoformat()))
    assert suppressed("ann@example.org") == ("bounce", last + SOFT_REST)


def test_opens_and_deliveries_are_not_kept(client: Client) -> None:
    for kind in ("Delivery", "Open", "Click"):
        assert tell(client, bounce(1, "ann@example.org") | {"RecordType": kind}) == 200
    assert not MailEvent.objects.exists()


def test_an_address_that_nobody_has_is_answered_alike_and_no_address_is_kept(client: Client) -> None:
    assert tell(client, bounce(1, "nobody@example.org")) == 200
    kept = str(list(MailEvent.objects.values()) + list(Suppression.objects.values()))
    assert "nobody@" not in kept


@pytest.mark.parametrize("secret", ["crossroads:wrong", "", "crossroads", "x:" + "y" * 9000])
def test_whoever_does_not_know_the_secret_is_refused(client: Client, secret: str) -> None:
    assert tell(client, bounce(1, "ann@example.org"), secret=secret) == 401
    assert client.post(URL, b"{}", "application/json").status_code == 401
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b'{"RecordType": 3}', b"[[1]]", b"7"])
def test_what_is_in_no_format_is_refused_and_changes_nothing(client: Client, body: bytes) -> None:
    assert tell(client, body) in (200, 400)
    assert not MailEvent.objects.exists()


def test_without_a_provider_there_is_no_such_address(client: Client, settings: Settings) -> None:
    settings.MAIL_PROVIDER = ""
    assert tell(client, bounce(1, "ann@example.org")) == 404
    assert client.get(URL).status_code == 405


def test_a_thousand_events_told_twice_and_in_any_order_leave_the_same(
    client: Client, settings: Settings
) -> None:
    settings.MAIL_PROVIDER = "mailjet"
    chance = random.Random(7)  # noqa: S311  an order, no secret
    kinds: list[dict[str, Any]] = [
        {"event": "bounce", "hard_bounce": True},
        {"event": "bounce"},
        {"event": "spam"},
        {"event": "open"},
    ]
    now = int(clock.now().timestamp())
    told = [
        {
            **chance.choices(kinds, [1, 20, 1, 5])[0],
            "email": f"a{chance.randrange(60)}@example.org",
            "time": now - chance.randrange(20 * 86400),
            "MessageID": number,
        }
        for number in range(1000)
    ]
    bounced = sum(event["event"] != "open" for event in told)
    states = []
    for _ in range(2):
        Suppression.objects.all().delete()
        MailEvent.objects.all().delete()
        for again in range(2):
            chance.shuffle(told)
            for start in range(0, len(told), 100):
                assert tell(client, told[start : start + 100]) == 200, again
        assert MailEvent.objects.count() == bounced
        states.append(set(Suppression.objects.values_list("address_hmac", "until")))
    assert states[0] == states[1] != set()


@pytest.mark.django_db(transaction=True)
def test_three_soft_bounces_told_at_the_same_moment_are_counted_together() -> None:
    at_once = [bounce(number, "ann@example.org", "Transient") for number in range(3)]
    assert all_at_once([partial(tell, Client(), event) for event in at_once]) == [200, 200, 200]
    assert suppressed("ann@example.org") is not None


def test_what_was_told_is_forgotten_after_thirty_days_and_the_suppression_stays(client: Client) -> None:
    tell(client, bounce(1, "ann@example.org"))
    housekeeping.purge(now=clock.now() + timedelta(days=31))
    assert not MailEvent.objects.exists()
    assert suppressed("ann@example.org") == ("bounce", None)


@given(hours=st.lists(st.integers(0, 24 * 40), max_size=12))
def test_an_address_rests_after_the_latest_third_soft_bounce_of_some_week(hours: list[int]) -> None:
    soft = sorted(NOW + timedelta(hours=hour) for hour in hours)
    thirds = [third for third in range(2, len(soft)) if soft[third] - soft[third - 2] <= SOFT_WITHIN]
    assert rest_until(soft) == (soft[thirds[-1]] + SOFT_REST if thirds else None)

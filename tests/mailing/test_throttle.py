"""So many mails a minute, in all and to one domain, over all workers. Codes go first; a part is theirs."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from mailing import delivery, housekeeping, throttle
from mailing.models import MailRate, OutboxMail
from tests.mailing.probe import NOW, put
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
CODE = OutboxMail.Priority.CODE
PENDING = OutboxMail.State.PENDING


def drain(seconds: float = 0) -> dict[str, int]:
    return dict(delivery.drain(now=NOW + timedelta(seconds=seconds)))


def take(domain: str, count: int, *, code: bool = False, now: datetime = NOW) -> int:
    """Ask for so many mails at once, and return how many may leave."""
    return sum(throttle.take(domain, code=code, waited=False, now=now).now for _ in range(count))


def test_without_a_limit_nothing_is_counted(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert take("example.org", 3) == 3
        assert throttle.room(now=NOW).others > 1000


def test_over_the_limit_mails_wait_without_using_up_a_try_and_leave_in_the_next_minute(
    sink: MailSink, settings: Settings
) -> None:
    settings.MAIL_PER_MINUTE = 10
    for number in range(12):
        put(f"{number}@example.org")
    assert drain() == {"accepted": 9}  # one is kept for codes
    assert drain(30) == {}
    assert set(OutboxMail.objects.filter(state=PENDING).values_list("attempts", "lost")) == {(0, 0)}
    assert drain(70) == {"accepted": 3}


def test_a_drain_that_the_limit_stops_claims_nothing(
    sink: MailSink, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.MAIL_PER_MINUTE = 2
    put("a@example.org"), put("b@example.org")
    assert drain() == {"accepted": 1}
    with django_assert_num_queries(6):  # what is due, switches, room; a claim for codes that finds none
        assert drain(10) == {}


def test_codes_pass_when_others_have_used_up_their_part(sink: MailSink, settings: Settings) -> None:
    settings.MAIL_PER_MINUTE, settings.MAIL_PER_DOMAIN = 20, 20
    for number in range(30):
        put(f"{number}@example.org")
    assert drain() == {"accepted": 18}
    for number in range(3):
        put(f"code-{number}@example.org", priority=CODE)
    assert drain(5) == {"accepted": 2}
    assert sink.recipients()[-2:] == ["code-0@example.org", "code-1@example.org"]


def test_no_stretch_of_sixty_seconds_has_more_than_the_limit(settings: Settings) -> None:
    settings.MAIL_PER_DOMAIN = 11
    left = [
        second
        for second in range(300)
        for _ in range(
            take("example.org", 2, code=True, now=NOW + timedelta(seconds=second, milliseconds=900))
        )
    ]
    assert max(sum(start <= second < start + 60 for second in left) for start in range(240)) == 11
    assert len(left) >= 4 * 11


def test_a_full_domain_holds_up_no_other(sink: MailSink, settings: Settings) -> None:
    settings.MAIL_PER_DOMAIN = 4
    for number in range(10):
        put(f"{number}@big.example", not_after=None)
    put("ann@small.example")
    assert drain() == {"accepted": 4}
    assert Counter(address.partition("@")[2] for address in sink.recipients()) == {
        "big.example": 3,
        "small.example": 1,
    }


def test_mails_that_wait_for_a_domain_are_spread_over_the_minutes_and_looked_at_about_once(
    sink: MailSink, settings: Settings
) -> None:
    settings.MAIL_PER_DOMAIN = 4
    for number in range(10):
        put(f"{number}@big.example", not_after=None)
    drain()
    turns = sorted(OutboxMail.objects.filter(state=PENDING).values_list("next_try_at", flat=True))
    gaps = {round((later - turn).total_seconds()) for turn, later in pairwise(turns)}
    assert (len(turns), gaps) == (7, {20})
    newcomer = put("new@big.example", not_after=None)
    drain(1)
    newcomer.refresh_from_db()
    assert newcomer.next_try_at > turns[-1]
    sent = [drain(second).get("accepted", 0) for second in range(2, 300, 2)]
    assert sum(sent) == 8
    assert len(set(sink.recipients())) == len(sink.recipients()) == 11


def test_a_code_does_not_queue_behind_the_mails_that_wait(sink: MailSink, settings: Settings) -> None:
    settings.MAIL_PER_DOMAIN = 10
    for number in range(40):
        put(f"{number}@big.example", not_after=None)
    drain()
    put("code@big.example", priority=CODE)
    assert drain(1) == {"accepted": 1}
    late = put("late@big.example", priority=CODE)
    drain(2)
    late.refresh_from_db()
    assert late.next_try_at - NOW <= timedelta(seconds=62)


def test_rates_of_domains_that_nobody_wrote_to_are_forgotten(settings: Settings) -> None:
    settings.MAIL_PER_MINUTE = settings.MAIL_PER_DOMAIN = 10
    take("example.org", 1)
    housekeeping.purge(now=NOW + timedelta(days=1))
    assert not MailRate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_workers_keep_one_limit(sink: MailSink, settings: Settings) -> None:
    settings.MAIL_PER_MINUTE, settings.MAIL_PER_DOMAIN = 30, 22
    for number in range(60):
        put(f"{number}@example.org", not_after=None)

    def work() -> None:
        try:
            delivery.drain(now=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(sink.recipients()) == len(set(sink.recipients())) == 20
    assert OutboxMail.objects.filter(state=PENDING, attempts=0).count() == 40

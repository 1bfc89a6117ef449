"""Sending what is in the outbox, to a real mail server that behaves and misbehaves."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from mailing import control, delivery, encryption, housekeeping, states
from mailing.clock import Watch
from mailing.models import OutboxMail, Suppression
from tests.mailing.probe import NOW, put
from tests.servers import free_port
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
State = OutboxMail.State


def drain(minutes: float = 0) -> dict[str, int]:
    return dict(delivery.drain(now=NOW + timedelta(minutes=minutes)))


def state_of(mail: OutboxMail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.state, mail.reason


def test_a_mail_that_is_due_arrives_once_and_its_row_forgets_the_person(sink: MailSink) -> None:
    mail = put("ann@example.org")
    assert drain() == {"accepted": 1}
    assert drain() == {}
    mail.refresh_from_db()
    assert sink.recipients() == ["ann@example.org"]
    assert (mail.state, mail.to_address, mail.locale, mail.payload) == (State.SENT, None, None, None)
    assert sink.received()[0]["message_id"].startswith(f"<{mail.pk}@")


def test_a_mail_server_that_takes_no_commands_in_a_row_gets_them_one_by_one(sink: MailSink) -> None:
    sink.behave("one by one")
    put("ann@example.org"), put("bob@example.org")
    assert drain() == {"accepted": 2}
    assert sink.recipients() == ["ann@example.org", "bob@example.org"]


def test_a_mail_goes_out_neither_before_its_time_nor_after_its_window(sink: MailSink) -> None:
    early, late = put("a@example.org", due_at=NOW + timedelta(hours=1)), put("b@example.org", not_after=NOW)
    drain()
    housekeeping.sweep(now=NOW)
    assert sink.recipients() == []
    assert (state_of(early)[0], state_of(late)) == (State.PENDING, (State.EXPIRED, "too late"))


def test_codes_go_before_reminders(sink: MailSink) -> None:
    put("reminder@example.org")
    put("code@example.org", priority=OutboxMail.Priority.CODE)
    drain()
    assert sink.recipients() == ["code@example.org", "reminder@example.org"]


def test_a_mail_that_is_not_wanted_any_more_is_skipped_with_its_reason(sink: MailSink) -> None:
    mail = put(skip="unsubscribed")
    assert drain() == {"skipped": 1}
    assert (state_of(mail), sink.recipients()) == ((State.SKIPPED, "unsubscribed"), [])


def test_while_sending_is_paused_nothing_leaves_and_nothing_is_lost(sink: MailSink) -> None:
    put()
    control.set_paused(paused=True)
    assert (drain(), sink.recipients()) == ({}, [])
    control.set_paused(paused=False)
    assert drain() == {"accepted": 1}


def test_mails_put_before_a_restore_never_leave(sink: MailSink) -> None:
    old = put("old@example.org")
    with connection.cursor() as cursor:
        cursor.execute(control.BEGIN_EPOCH)
    put("new@example.org")
    drain()
    housekeeping.sweep(now=NOW)
    assert (sink.recipients(), state_of(old)[0]) == (["new@example.org"], State.EXPIRED)


def test_a_worker_that_is_asked_to_stop_gives_back_what_it_has_not_handed_over(sink: MailSink) -> None:
    for number in range(5):
        put(f"{number}@example.org")
    delivery.drain(now=NOW, stop=lambda: len(sink.recipients()) >= 2)
    counts = (OutboxMail.objects.filter(state=state).count() for state in (State.SENT, State.PENDING))
    assert (tuple(counts), len(sink.recipients())) == ((2, 3), 2)


class SlowWatch(Watch):
    """A watch by which each mail that arrived took so long."""

    sink: MailSink
    per_mail = timedelta()

    def seconds(self) -> float:
        return len(self.sink.recipients()) * self.per_mail.total_seconds()


@pytest.fixture
def watch(sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> type[SlowWatch]:
    """The watch of all drains; set its `per_mail`."""
    monkeypatch.setattr(SlowWatch, "sink", sink, raising=False)
    monkeypatch.setattr(SlowWatch, "per_mail", timedelta())
    monkeypatch.setattr(delivery, "Watch", SlowWatch)
    return SlowWatch


def test_a_drain_ends_after_five_seconds_and_gives_back_the_rest(
    sink: MailSink, watch: type[SlowWatch]
) -> None:
    watch.per_mail = timedelta(seconds=2.5)
    for number in range(4):
        put(f"{number}@example.org")
    assert drain() == {"accepted": 2}
    rest = OutboxMail.objects.filter(state=State.PENDING)
    assert set(rest.values_list("claim_token", "attempts", "lease_until")) == {(None, 0, None)}


def test_a_claim_that_takes_long_is_held_on_to(
    sink: MailSink, watch: type[SlowWatch], monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr(delivery, "DRAIN_SECONDS", 3600)
    settings.MAIL_LEASE, watch.per_mail = timedelta(minutes=6), timedelta(minutes=1)
    for number in range(5):
        put(f"{number}@example.org")
    leases: list[set[float]] = []

    def look() -> bool:
        held = OutboxMail.objects.filter(state=State.SENDING, smtp_started_at=None)
        leases.append({(mail.lease_until - NOW) / timedelta(minutes=1) for mail in held if mail.lease_until})
        return False

    delivery.drain(now=NOW, stop=look)
    assert leases[1:5] == [{6}, {6}, {9}, {9}], "after more than a third of its time it is lengthened"


@pytest.mark.parametrize(("seconds", "sizes"), [(0, [1, 2, 4, 4, 4]), (0.9, [1, 2, 2, 2]), (1, [1] * 5)])
def test_claims_grow_as_long_as_they_are_sent_quickly(
    sink: MailSink,
    watch: type[SlowWatch],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    sizes: list[int],
) -> None:
    claim, asked = states.claim, []

    def noted(**words: Any) -> list[OutboxMail]:
        asked.append(words["most"])
        return claim(**words)

    monkeypatch.setattr(states, "claim", noted)
    monkeypatch.setattr(states, "FEWEST", 1)
    monkeypatch.setattr(states, "MOST", 4)
    watch.per_mail = timedelta(seconds=seconds)
    for number in range(8):
        put(f"{number}@example.org")
    drain()
    assert asked == sizes


# --- when the mail server says no -------------------------------------------------------------------------


def test_a_temporary_no_is_tried_again_after_1_5_15_and_60_minutes_and_five_times_at_most(
    sink: MailSink,
) -> None:
    sink.behave("451")
    mail, waits, now = put(not_after=None), [], NOW
    for _ in range(5):
        assert delivery.drain(now=now) == {"deferred": 1}
        mail.refresh_from_db()
        waits.append((mail.next_try_at - now).total_seconds() / 60)
        now = mail.next_try_at
    for wait, step in zip(waits[:4], (1, 5, 15, 60), strict=True):
        assert 0.8 * step <= wait <= 1.2 * step + 0.1
    assert (state_of(mail), mail.attempts) == ((State.FAILED, "451 at RCPT"), 5)


def test_transactional_mail_is_tried_again_within_minutes(sink: MailSink) -> None:
    sink.behave("421")
    mail = put(priority=OutboxMail.Priority.TRANSACTIONAL)
    waits = []
    for _ in range(3):
        waits.append(states.backoff(mail))
        mail.attempts += 1
    seconds = [wait.total_seconds() for wait in waits if wait]
    assert all(0.8 * step <= wait <= 1.2 * step for wait, step in zip(seconds, (15, 60, 180), strict=True))
    assert states.backoff(mail) is None
    assert drain() == {"deferred": 1}


def test_after_a_temporary_no_the_mail_still_arrives(sink: MailSink) -> None:
    sink.behave("450")
    put()
    drain()
    sink.behave("ok")
    assert drain(minutes=0.5) == {}
    assert drain(minutes=2) == {"accepted": 1}


def test_a_dead_address_gets_no_further_reminders_but_still_codes_that_are_asked_for(sink: MailSink) -> None:
    sink.behave("550")
    mail = put("gone@example.org")
    drain()
    sink.behave("ok")
    assert state_of(mail) == (State.FAILED, "550 at RCPT")
    later = put("Gone@Example.org", slot="probe:2")
    put("gone@example.org", slot="code:1", priority=OutboxMail.Priority.CODE)
    assert drain() == {"accepted": 1, "skipped": 1}
    assert state_of(later) == (State.SKIPPED, "suppressed")


def test_an_address_that_wants_nothing_gets_nothing(sink: MailSink) -> None:
    Suppression.objects.create(
        address_hmac=encryption.address_hashes("ann@example.org")[0],
        scope="all",
        source="user",
        created_at=NOW,
    )
    put("ann@example.org", priority=OutboxMail.Priority.CODE)
    assert (drain(), sink.recipients()) == ({"skipped": 1}, [])


def test_one_dead_address_in_ten_does_not_stop_the_other_nine(sink: MailSink) -> None:
    sink.behave("bad 10")
    for number in range(10):
        put(f"{number}@example.org")
    assert drain() == {"accepted": 9, "refused": 1}


def test_a_mail_server_that_refuses_us_gets_a_minute_of_rest_and_costs_no_mail_a_try(
    sink: MailSink, settings: Settings
) -> None:
    settings.EMAIL_PORT = free_port()
    mails = [put("a@example.org"), put("b@example.org")]
    assert drain() == {"unreachable": 1}
    assert [(state_of(mail)[0], mail.attempts) for mail in mails] == [(State.PENDING, 0)] * 2
    settings.EMAIL_PORT = sink.port
    assert drain(minutes=0.5) == {}
    assert drain(minutes=1.1) == {"accepted": 2}


def test_a_mail_server_that_hangs_up_before_a_word_is_taken_for_one_that_refuses(sink: MailSink) -> None:
    sink.behave("refuse")
    put()
    assert drain() == {"unreachable": 1}
    assert control.current().paused_until is not None


def test_a_connection_lost_before_the_answer_is_tried_once_more_under_the_same_message_id(
    sink: MailSink,
) -> None:
    sink.behave("drop")
    mail = put()
    assert drain() == {"ambiguous": 2}
    assert state_of(mail)[0] == State.UNKNOWN
    assert mail.ambiguous == 2
    assert len(sink.received()) == 2
    assert len({line["message_id"] for line in sink.received()}) == 1


def test_with_drop_a_reminder_lost_before_the_answer_is_not_sent_again(
    sink: MailSink, settings: Settings
) -> None:
    settings.REMINDER_AMBIGUOUS = "drop"
    sink.behave("drop")
    reminder = put("a@example.org")
    code = put("b@example.org", priority=OutboxMail.Priority.CODE)
    drain()
    assert (state_of(reminder)[0], reminder.ambiguous) == (State.UNKNOWN, 1)
    assert (state_of(code)[0], code.ambiguous) == (State.UNKNOWN, 2)
    assert sorted(sink.recipients()) == ["a@example.org", "b@example.org", "b@example.org"]


def test_a_mail_server_that_hangs_is_given_up_after_the_timeout(sink: MailSink, settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    sink.behave("hang")
    mail = put()
    assert drain()["ambiguous"] >= 1
    assert state_of(mail)[0] == State.UNKNOWN


# --- when a mail cannot be written ------------------------------------------------------------------------


def test_one_mail_that_cannot_be_written_does_not_stop_the_others_and_is_given_up_after_five_tries(
    sink: MailSink, caplog: pytest.LogCaptureFixture
) -> None:
    broken = put("broken@example.org", breaks=True, not_after=None)
    put("fine@example.org")
    for hours in range(0, 10, 2):
        drain(minutes=60 * hours)
    assert sink.recipients() == ["fine@example.org"]
    assert state_of(broken) == (State.FAILED, "cannot be written: KeyError")
    assert "example.org" not in caplog.text


def test_one_mail_that_cannot_be_asked_about_holds_back_no_other_of_its_kind(sink: MailSink) -> None:
    first, broken, last = (
        put("first@example.org"),
        put("broken@example.org", breaks_early=True),
        put("last@example.org"),
    )
    assert drain() == {"accepted": 2, "deferred": 1}
    assert sink.recipients() == ["first@example.org", "last@example.org"]
    assert [state_of(mail)[0] for mail in (first, broken, last)] == [State.SENT, State.PENDING, State.SENT]
    assert broken.reason == "cannot be written: KeyError"


def test_an_impossible_address_fails_at_once(sink: MailSink) -> None:
    mail = put("not an address")
    drain()
    assert state_of(mail) == (State.FAILED, "impossible address")


def test_a_kind_that_nobody_knows_does_not_stop_the_queue(sink: MailSink) -> None:
    strange = put("a@example.org", kind="strange")
    put("b@example.org")
    assert drain() == {"accepted": 1, "deferred": 1}
    assert state_of(strange)[0] == State.PENDING


# --- when workers die, or are many ------------------------------------------------------------------------


def test_a_claim_of_a_dead_worker_returns_after_its_lease_and_the_mail_is_sent(sink: MailSink) -> None:
    put()
    states.claim(epoch=1, now=NOW)
    assert drain() == {}
    assert housekeeping.sweep(now=NOW + timedelta(minutes=6))["given back"] == 1
    assert drain(minutes=6) == {"accepted": 1}


def test_a_mail_whose_worker_died_while_handing_it_over_is_sent_once_more_and_counted(sink: MailSink) -> None:
    put()
    for minutes in (0, 6):
        (mail,) = states.claim(epoch=1, now=NOW + timedelta(minutes=minutes))
        states.start(mail, now=NOW + timedelta(minutes=minutes))
        assert housekeeping.sweep(now=NOW + timedelta(minutes=minutes + 6))["ambiguous"] == 1
    assert (state_of(mail)[0], mail.ambiguous) == (State.UNKNOWN, 2)


def test_a_late_worker_cannot_write_over_a_newer_claim(sink: MailSink) -> None:
    put()
    (late,) = states.claim(epoch=1, now=NOW)
    housekeeping.sweep(now=NOW + timedelta(minutes=6))
    states.claim(epoch=1, now=NOW + timedelta(minutes=6))
    assert not states.start(late, now=NOW)
    states.sent(late, now=NOW)
    assert state_of(late)[0] == State.SENDING


def test_a_mail_that_kills_its_worker_is_taken_alone_and_given_up_after_five_claims(sink: MailSink) -> None:
    killer, bystander = (
        put("killer@example.org", not_after=None),
        put("bystander@example.org", not_after=None),
    )
    claims, now = [], NOW
    while claimed := states.claim(epoch=1, now=now):
        claims.append({mail.pk for mail in claimed})
        if claims[-1] == {bystander.pk}:
            states.sent(claimed[0], now=now)
        now += timedelta(minutes=6)
        housekeeping.sweep(now=now)
    assert claims.count({killer.pk}) == 4
    assert claims[0] == {killer.pk, bystander.pk}
    assert state_of(killer) == (State.FAILED, "its worker ended without a word, five times")
    assert state_of(bystander)[0] == State.SENT


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_send_each_mail_once(sink: MailSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "DRAIN_SECONDS", 60)  # a busy machine sends fewer in five
    for number in range(60):
        put(f"{number}@example.org")

    def work() -> None:
        try:
            delivery.drain(now=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sink.recipients()) == sorted(f"{number}@example.org" for number in range(60))
    assert OutboxMail.objects.filter(state=State.SENT).count() == 60


def test_an_idle_drain_asks_one_question_only(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        drain()

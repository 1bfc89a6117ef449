"""The arrows between a mail's states: what each writes, and that none writes over a newer claim."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from mailing import states
from mailing.models import OutboxMail, Suppression
from tests.mailing.probe import NOW, put

pytestmark = pytest.mark.django_db
State, Priority = OutboxMail.State, OutboxMail.Priority
SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(minutes=2)
LEASE = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _lease(settings: Settings) -> None:
    settings.MAIL_LEASE = LEASE


def claim(**words: Any) -> list[OutboxMail]:
    return states.claim(**{"epoch": 1, "now": NOW, **words})


def claimed(to: str = "ann@example.org", **more: Any) -> OutboxMail:
    put(to, **more)
    (mail,) = claim()
    return mail


def row(mail: OutboxMail, *names: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = OutboxMail.objects.values_list(*names).get(pk=mail.pk)
    return found


def addresses(mails: list[OutboxMail]) -> list[str]:
    return [str(mail.to_address) for mail in mails]


FREE = ("state", "claim_token", "lease_until", "smtp_started_at")
FORGOTTEN = ("to_address", "locale", "payload")


# --- claiming ---------------------------------------------------------------------------------------------


def test_a_claim_has_one_token_and_a_lease(settings: Settings) -> None:
    put("a@example.org"), put("b@example.org")
    one, other = claim()
    assert isinstance(one.claim_token, UUID)
    assert one.claim_token == other.claim_token
    assert (one.state, one.lease_until) == (State.SENDING, NOW + LEASE)
    assert row(one, *FREE) == (State.SENDING, one.claim_token, NOW + LEASE, None)
    assert claim() == []


def test_another_claim_has_another_token() -> None:
    assert claimed("a@example.org").claim_token != claimed("b@example.org").claim_token


def test_mails_are_claimed_by_priority_then_by_time_and_so_many_at_most() -> None:
    put("late@example.org", due_at=NOW)
    put("early@example.org", due_at=NOW - SECOND)
    put("code@example.org", priority=Priority.CODE)
    assert addresses(claim(most=2)) == ["code@example.org", "early@example.org"]
    assert addresses(claim()) == ["late@example.org"]


def test_a_claim_without_a_number_takes_twenty_five() -> None:
    for number in range(26):
        put(f"{number}@example.org")
    assert len(claim()) == 25


def test_what_is_not_due_too_late_or_of_another_epoch_is_left() -> None:
    put("soon@example.org", due_at=NOW + SECOND)
    put("over@example.org", not_after=NOW)
    put("now@example.org", due_at=NOW, not_after=NOW + SECOND)
    put("ever@example.org", not_after=None)
    assert addresses(claim()) == ["now@example.org", "ever@example.org"]
    put("old@example.org")
    assert claim(epoch=2) == []


def test_codes_may_be_claimed_alone() -> None:
    put("reminder@example.org")
    put("code@example.org", priority=Priority.CODE)
    assert addresses(claim(codes_only=True)) == ["code@example.org"]


def test_a_mail_whose_worker_was_lost_is_taken_alone_and_the_others_without_it() -> None:
    lost, other, third = put("lost@example.org"), put("other@example.org"), put("third@example.org")
    OutboxMail.objects.filter(pk=lost.pk).update(lost=1, next_try_at=NOW - SECOND)
    assert claim() == [lost]
    OutboxMail.objects.filter(pk=lost.pk).update(state=State.PENDING, claim_token=None, next_try_at=NOW)
    OutboxMail.objects.filter(pk__in=[other.pk, third.pk]).update(next_try_at=NOW - SECOND)
    assert set(claim()) == {other, third}
    assert claim() == [lost]


def test_a_lease_is_lengthened_for_all_that_is_still_claimed_and_for_nothing_else() -> None:
    put("a@example.org"), put("b@example.org")
    mine, settled = claim()
    other = claimed("c@example.org")
    states.skipped(settled, reason="unsubscribed")
    states.renew(mine.claim_token, now=LATER)
    leases = [row(mail, "lease_until")[0] for mail in (mine, settled, other)]
    assert leases == [LATER + LEASE, None, NOW + LEASE]


# --- handing over -----------------------------------------------------------------------------------------


def test_a_mail_that_is_begun_has_its_time_and_a_new_lease() -> None:
    mail = claimed()
    assert states.start(mail, now=LATER)
    assert row(mail, *FREE) == (State.SENDING, mail.claim_token, LATER + LEASE, LATER)


def test_a_mail_that_is_sent_forgets_the_person_and_keeps_what_it_was_about() -> None:
    mail = claimed()
    mail.reason = "due: 12 questions"
    states.start(mail, now=NOW)
    states.sent(mail, now=LATER)
    assert row(mail, *FREE, *FORGOTTEN) == (State.SENT, *[None] * 6)
    assert row(mail, "sent_at", "attempts", "reason") == (LATER, 1, "due: 12 questions")


def test_one_mail_is_sent_and_the_next_begun_as_one() -> None:
    put("a@example.org"), put("b@example.org")
    one, other = claim()
    one.reason = "due"
    assert states.sent_and_start(one, other, now=LATER)
    assert row(one, *FREE, *FORGOTTEN) == (State.SENT, *[None] * 6)
    assert row(one, "sent_at", "attempts", "reason") == (LATER, 1, "due")
    assert row(other, *FREE) == (State.SENDING, other.claim_token, LATER + LEASE, LATER)


def test_a_next_mail_that_is_not_ours_any_more_is_not_begun() -> None:
    put("a@example.org"), put("b@example.org")
    one, other = claim()
    OutboxMail.objects.filter(pk=other.pk).update(claim_token=None, state=State.PENDING)
    assert not states.sent_and_start(one, other, now=LATER)
    assert row(one, "state") == (State.SENT,)
    assert row(other, "state", "smtp_started_at") == (State.PENDING, None)


WRITES: list[Callable[[OutboxMail], object]] = [
    lambda mail: states.start(mail, now=LATER),
    lambda mail: states.sent(mail, now=LATER),
    lambda mail: states.skipped(mail, reason="unsubscribed"),
    lambda mail: states.failed(mail, reason="550"),
    lambda mail: states.deferred(mail, reason="451", now=LATER),
    lambda mail: states.release([mail]),
    lambda mail: states.held(mail, until=LATER),
    lambda mail: states.unanswered(mail, now=LATER),
    lambda mail: states.renew(mail.claim_token, now=LATER),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_late_worker_writes_nothing_over_a_newer_claim_or_an_end(
    write: Callable[[OutboxMail], object],
) -> None:
    late = claimed()
    states.release([late])
    (newer,) = claim()
    before = OutboxMail.objects.values().get()
    write(late)
    assert OutboxMail.objects.values().get() == before
    states.failed(newer, reason="impossible address")
    before = OutboxMail.objects.values().get()
    write(newer)
    assert OutboxMail.objects.values().get() == before


# --- other ends -------------------------------------------------------------------------------------------


def test_a_mail_that_is_not_wanted_or_can_never_be_sent_forgets_the_person() -> None:
    one, other = claimed("a@example.org"), claimed("b@example.org")
    states.skipped(one, reason="unsubscribed")
    states.failed(other, reason="550 at RCPT")
    assert row(one, *FREE, *FORGOTTEN, "reason", "attempts") == (
        State.SKIPPED,
        *[None] * 6,
        "unsubscribed",
        0,
    )
    assert row(other, *FREE, *FORGOTTEN, "reason", "attempts") == (
        State.FAILED,
        *[None] * 6,
        "550 at RCPT",
        1,
    )


def test_a_mail_that_is_given_back_or_waits_for_its_turn_has_not_been_tried() -> None:
    one, other = claimed("a@example.org"), claimed("b@example.org")
    states.start(one, now=NOW)
    states.release([one])
    states.held(other, until=LATER)
    assert row(one, *FREE, "attempts", "next_try_at") == (State.PENDING, *[None] * 3, 0, NOW)
    assert row(other, *FREE, "attempts", "next_try_at") == (State.PENDING, *[None] * 3, 0, LATER)


def test_a_temporary_no_is_a_try_and_the_mail_waits() -> None:
    mail = claimed()
    states.start(mail, now=NOW)
    wait = states.backoff(mail)
    assert wait is not None
    states.deferred(mail, reason="451 at RCPT", now=LATER)
    assert row(mail, *FREE, "attempts", "next_try_at", "reason") == (
        *(State.PENDING, None, None, None),
        *(1, LATER + wait, "451 at RCPT"),
    )


def test_after_the_last_try_it_is_given_up_with_the_reason() -> None:
    mail = claimed()
    mail.attempts = 4
    states.deferred(mail, reason="451 at RCPT", now=LATER)
    assert row(mail, *FREE, *FORGOTTEN, "reason") == (State.FAILED, *[None] * 6, "451 at RCPT")


MINUTES = [1, 5, 15, 60]
SECONDS = [15, 60, 180]


@pytest.mark.parametrize(
    ("priority", "steps"),
    [
        (Priority.REMINDER, [60 * step for step in MINUTES]),
        (Priority.TRANSACTIONAL, SECONDS),
        (Priority.CODE, SECONDS),
    ],
)
def test_waits_grow_and_are_spread_by_the_mails_own_id(priority: int, steps: list[int]) -> None:
    def waits(key: int) -> list[float | None]:
        mail = OutboxMail(pk=UUID(int=key), priority=priority)
        found: list[float | None] = []
        for attempts in range(len(steps) + 1):
            mail.attempts = attempts
            wait = states.backoff(mail)
            found.append(wait.total_seconds() if wait else None)
        return found

    assert waits(0) == [*(pytest.approx(0.8 * step) for step in steps), None]
    assert waits(1000)[0] == pytest.approx(1.2 * steps[0])
    assert waits(1001)[0] == pytest.approx(0.8 * steps[0])
    assert waits(500 << 7)[1] == pytest.approx(steps[1])
    assert waits(500 << 14)[2] == pytest.approx(steps[2])


# --- handed over without an answer ------------------------------------------------------------------------


def test_the_first_time_it_is_sent_once_more_at_once() -> None:
    mail = claimed()
    states.start(mail, now=NOW)
    states.unanswered(mail, now=LATER)
    assert row(mail, *FREE) == (State.PENDING, None, None, None)
    assert row(mail, "ambiguous", "next_try_at", "reason", "to_address") == (1, LATER, "", "ann@example.org")


def test_the_second_time_nobody_knows() -> None:
    mail = claimed()
    OutboxMail.objects.update(ambiguous=1)
    states.unanswered(mail, now=LATER)
    assert row(mail, *FREE, *FORGOTTEN) == (State.UNKNOWN, *[None] * 6)
    assert row(mail, "ambiguous", "reason") == (2, states.LOST_TWICE)


@pytest.mark.parametrize(
    ("priority", "ambiguous", "state", "reason"),
    [
        (Priority.REMINDER, 0, State.UNKNOWN, states.LOST_DROPPED),
        (Priority.REMINDER, 1, State.UNKNOWN, states.LOST_TWICE),
        (Priority.TRANSACTIONAL, 0, State.PENDING, ""),
        (Priority.CODE, 0, State.PENDING, ""),
    ],
)
def test_with_drop_reminders_are_not_sent_again(
    settings: Settings, priority: int, ambiguous: int, state: str, reason: str
) -> None:
    settings.REMINDER_AMBIGUOUS = "drop"
    mail = claimed(priority=priority)
    OutboxMail.objects.update(ambiguous=ambiguous)
    states.unanswered(mail, now=LATER)
    assert row(mail, "state", "ambiguous", "reason", "claim_token") == (state, ambiguous + 1, reason, None)


def test_of_many_mails_each_is_settled_and_all_are_counted(settings: Settings) -> None:
    settings.REMINDER_AMBIGUOUS = "drop"
    for number, priority in enumerate((Priority.REMINDER, Priority.REMINDER, Priority.CODE)):
        put(f"{number}@example.org", priority=priority)
    claim()
    OutboxMail.objects.filter(to_address="1@example.org").update(ambiguous=1)
    mails = OutboxMail.objects.filter(state=State.SENDING)
    assert states.ambiguous(mails, now=LATER) == 3
    settings.REMINDER_AMBIGUOUS = "resend"
    put("3@example.org"), put("4@example.org")
    claim(now=LATER)
    assert states.ambiguous(mails, now=LATER) == 3


def suppressed(now: datetime) -> tuple[Any, ...]:
    states.suppress("a hash", now=now)
    return Suppression.objects.values_list("address_hmac", "scope", "source", "created_at", "until").get()


def test_a_dead_address_gets_no_reminders_for_good() -> None:
    assert suppressed(NOW) == ("a hash", "reminders", "bounce", NOW, None)
    Suppression.objects.update(scope="all", source="user", until=NOW)
    assert suppressed(LATER) == ("a hash", "all", "user", NOW, None), "what its owner wants stays"

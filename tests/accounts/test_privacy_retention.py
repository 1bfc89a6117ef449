"""Accounts that nobody uses: told after 23 months, erased after 24, and any sign of life begins anew."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import caches
from django.test import Client

from accounts import guests
from accounts.models import User
from accounts.privacy import erasure, retention
from mailing import outbox
from mailing.clock import Watch
from mailing.models import OutboxMail
from tests.accounts.people import ADDRESS, PASSWORD, make_member

pytestmark = pytest.mark.django_db
LAST = date(2024, 6, 15)
TOLD = datetime(2026, 5, 15, 4, 10, tzinfo=UTC)
ERASED = datetime(2026, 6, 15, 4, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    caches["versions"].clear()


def make_unused(**fields: object) -> User:
    """Make an account that was last used on the day LAST."""
    user = make_member(ADDRESS, last_seen_on=LAST, **fields)
    long_ago = datetime(2023, 1, 1, tzinfo=UTC)
    User.objects.filter(pk=user.pk).update(created_at=long_ago)
    user.refresh_from_db()
    return user


def send_all() -> None:
    """Be as if delivery had sent what waits."""
    OutboxMail.objects.filter(state="pending").update(
        state="sent", to_address=None, payload=None, locale=None
    )


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 5, 15), -23, date(2024, 6, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 12, 31), -24, date(2024, 12, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, then: date) -> None:
    assert retention.months_from(day, months) == then


def test_an_account_is_told_once_after_23_months() -> None:
    user = make_unused()
    assert retention.tell(now=TOLD - DAY) == 0
    assert retention.tell(now=TOLD) == 1
    assert retention.tell(now=TOLD) == 0
    assert retention.tell(now=TOLD + 20 * DAY) == 0
    mail = OutboxMail.objects.get()
    assert (mail.user, mail.kind, mail.slot) == (user, "inactivity", "inactivity:2024-06-15")
    assert outbox.decrypt(mail)["context"] == {"erase_on": "15 June 2026", "last_day": "15 June 2024"}


def test_it_is_erased_after_24_months() -> None:
    make_unused()
    retention.tell(now=TOLD)
    send_all()
    assert retention.erase_unused(now=ERASED - DAY) == 0
    assert retention.erase_unused(now=ERASED) == 1
    assert retention.erase_unused(now=ERASED) == 0
    assert not User.objects.exists()


def test_nobody_is_erased_untold() -> None:
    make_unused()
    assert retention.erase_unused(now=ERASED + 100 * DAY) == 0


def test_a_late_mail_leaves_four_weeks_all_the_same() -> None:
    make_unused()
    late = ERASED + 100 * DAY
    retention.tell(now=late)
    assert outbox.decrypt(OutboxMail.objects.get())["context"]["erase_on"] == "21 October 2026"
    send_all()
    assert retention.erase_unused(now=late + 27 * DAY) == 0
    assert retention.erase_unused(now=late + 28 * DAY) == 1


def test_a_mail_that_has_not_left_yet_tells_nobody() -> None:
    make_unused()
    retention.tell(now=TOLD)
    assert retention.erase_unused(now=ERASED) == 0


@pytest.mark.parametrize("sign", ["log_in", "learning"])
def test_a_sign_of_life_begins_the_time_anew(client: Client, sign: str) -> None:
    user = make_unused()
    retention.tell(now=TOLD)
    if sign == "log_in":
        client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
        User.objects.filter(last_login__isnull=False).update(last_login=TOLD + DAY)
    else:
        guests.seen(user, now=TOLD + DAY)
    mail = OutboxMail.objects.get(kind="inactivity")
    assert retention.InactivityMail().recheck([mail], now=TOLD + DAY) == {mail.pk: "the account is in use"}
    send_all()
    assert retention.erase_unused(now=ERASED) == 0
    again = datetime(2028, 4, 16, 4, 10, tzinfo=UTC)
    assert retention.tell(now=again) == 1


def test_the_mail_is_sent_while_nobody_came_back() -> None:
    make_unused()
    retention.tell(now=TOLD)
    mail = OutboxMail.objects.get()
    kind = retention.InactivityMail()
    assert kind.recheck([mail], now=TOLD) == {mail.pk: None}
    message = kind.render(mail, now=TOLD)
    assert message.to_address == ADDRESS
    assert "15 June 2026" in message.subject
    assert "15 June 2024" in message.text


@pytest.mark.parametrize("rank", ["is_staff", "is_superuser"])
def test_staff_are_left_out(rank: str) -> None:
    make_unused(**{rank: True})
    assert retention.tell(now=ERASED) == 0
    assert retention.erase_unused(now=ERASED) == 0


def test_an_account_that_is_going_anyway_is_left_to_its_own_time() -> None:
    erasure.ask(user=make_unused(), now=TOLD)
    assert retention.tell(now=TOLD) == 0
    assert retention.erase_unused(now=ERASED) == 0


def test_an_account_that_staff_closed_is_erased_without_a_mail() -> None:
    make_unused(is_active=False)
    assert retention.tell(now=TOLD) == 0
    assert retention.erase_unused(now=ERASED) == 1


def make_closed(*addresses: str) -> list[User]:
    """Make unused accounts that staff have closed: they are erased without a mail, in this order."""
    for address in addresses:
        make_member(address, last_seen_on=LAST, is_active=False)
    User.objects.update(created_at=datetime(2023, 1, 1, tzinfo=UTC))
    return list(User.objects.order_by("pk"))


def test_one_unused_account_that_fails_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, _second = make_closed("first@example.org", "second@example.org")
    whole = erasure.erase

    def broken(*, user: User, now: datetime) -> None:
        if user == first:
            raise OSError("the disk is full")
        whole(user=user, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "erase", broken)
        assert retention.erase_unused(now=ERASED) == 1
    assert list(User.objects.all()) == [first]
    assert f"the unused account {first.pk} could not be erased; it is tried again" in caplog.text
    assert retention.erase_unused(now=ERASED) == 1


def test_whoever_is_seen_while_others_are_erased_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    _first, second = make_closed("first@example.org", "second@example.org")
    whole = erasure.erase

    def meanwhile(*, user: User, now: datetime) -> None:
        whole(user=user, now=now)
        guests.seen(second, now=now)

    monkeypatch.setattr(erasure, "erase", meanwhile)
    assert retention.erase_unused(now=ERASED) == 1
    assert User.objects.get() == second


def test_a_run_that_lasts_a_minute_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    make_closed("first@example.org", "second@example.org", "third@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(Watch, "seconds", lambda watch: 40.0 * (3 - User.objects.count()))
        assert retention.erase_unused(now=ERASED) == 2
    assert retention.erase_unused(now=ERASED) == 1


def test_an_account_that_was_never_used_counts_from_the_day_it_was_made() -> None:
    user = make_member()
    User.objects.filter(pk=user.pk).update(
        created_at=datetime(2024, 6, 15, 12, tzinfo=UTC), last_seen_on=None
    )
    assert retention.tell(now=TOLD - DAY) == 0
    assert retention.tell(now=TOLD) == 1


def test_guests_have_a_time_of_their_own() -> None:
    User.objects.create(last_seen_on=LAST)
    assert retention.tell(now=ERASED) == 0

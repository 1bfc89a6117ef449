"""Guests: made at the first write, remembered 30 days, merged once, never a way into an account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from time_machine import TimeMachineFixture

from accounts import guests, tasks
from accounts.middleware import LearnerRequest
from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HEIRS: list[tuple[int, int]] = []


def remember_heirs(*, guest: User, user: User, now: datetime) -> None:
    """Stand in for the rooms that move a guest's rows."""
    HEIRS.append((guest.pk, user.pk))


@login_not_required
def write(request: LearnerRequest) -> HttpResponse:
    """Write something for the learner, as a lesson page does."""
    return HttpResponse(str(guests.ensure(request, now=NOW).pk))


@login_not_required
def read(request: LearnerRequest) -> HttpResponse:
    """Answer who learns here."""
    return HttpResponse(str(request.learner.pk) if request.learner else "nobody")


@login_not_required
def plain(request: LearnerRequest) -> HttpResponse:
    """Answer without asking who is there."""
    return HttpResponse("the same for everyone")


@login_not_required
def clock(request: LearnerRequest) -> HttpResponse:
    """Show noon UTC in the learner's time."""
    return HttpResponse(timezone.localtime(NOW).isoformat())


urlpatterns = [path(f"{view.__name__}/", view) for view in (write, read, plain, clock)]
with_pages = override_settings(ROOT_URLCONF=__name__)


def guest(**fields: object) -> User:
    """Make a guest's row."""
    return User.objects.create(**{"last_seen_on": NOW.date(), **fields})


@with_pages
def test_a_visitor_becomes_a_guest_at_the_first_write_and_is_found_again(client: Client) -> None:
    answer = client.post("/write/", {"time_zone": "Europe/Lisbon"})
    row = User.objects.guests().get()
    assert client.get("/read/").content == answer.content == str(row.pk).encode()
    assert row.time_zone == "Europe/Lisbon"


@with_pages
def test_the_guest_cookie_is_signed_hidden_from_scripts_and_lasts_30_days(client: Client) -> None:
    cookie = client.post("/write/").cookies["guest"]
    assert cookie["max-age"] == 30 * 24 * 3600
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value.count(":") == 2


@with_pages
@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "localtime", "x" * 300])
def test_a_time_zone_that_is_none_becomes_utc(client: Client, zone: str) -> None:
    client.post("/write/", {"time_zone": zone})
    assert User.objects.get().time_zone == "UTC"


@with_pages
def test_reading_makes_no_guest(client: Client) -> None:
    assert client.get("/read/").content == b"nobody"
    assert not User.objects.exists()


@with_pages
def test_pages_that_do_not_ask_cost_nothing_and_set_no_cookie(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.post("/write/")
    with django_assert_num_queries(0):
        answer = client.get("/plain/")
    assert not answer.cookies


@with_pages
def test_finding_the_guest_costs_one_query_and_a_visitor_none(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/read/")
    client.post("/write/")
    with django_assert_num_queries(1):
        client.get("/read/")


@with_pages
def test_the_cookie_is_renewed_once_a_day(client: Client, time_machine: TimeMachineFixture) -> None:
    client.post("/write/")
    assert not client.get("/read/").cookies
    time_machine.move_to(datetime.now(UTC) + timedelta(days=2))
    assert client.get("/read/").cookies["guest"]["max-age"] == 30 * 24 * 3600


@with_pages
def test_times_stand_in_the_learners_zone(client: Client) -> None:
    assert client.get("/clock/").content == b"2026-11-21T12:00:00+00:00"
    client.post("/write/", {"time_zone": "Asia/Kolkata"})
    assert client.get("/clock/").content == b"2026-11-21T17:30:00+05:30"


@with_pages
@pytest.mark.parametrize("forge", ["{pk}", "{pk}:abc:def", "", ":::", "é"])
def test_a_forged_cookie_leads_nowhere(client: Client, forge: str) -> None:
    client.cookies["guest"] = forge.format(pk=guest().pk)
    assert client.get("/read/").content == b"nobody"


@with_pages
def test_a_guest_cookie_never_opens_an_account(client: Client) -> None:
    client.post("/write/")
    User.objects.update(email="someone@example.org")
    answer = client.get("/read/")
    assert answer.content == b"nobody"
    assert answer.cookies["guest"]["max-age"] == 0


@with_pages
def test_a_cookie_older_than_30_days_leads_nowhere(client: Client, time_machine: TimeMachineFixture) -> None:
    client.post("/write/")
    time_machine.move_to(datetime.now(UTC) + timedelta(days=31))
    assert client.get("/read/").content == b"nobody"


@override_settings(GUEST_HEIRS=[f"{__name__}.remember_heirs"])
def test_merging_hands_everything_over_once_and_forgets_the_guest() -> None:
    HEIRS.clear()
    left, user = guest(), User.objects.create_user("a@example.org")
    assert guests.merge(guest=left, user=user, now=NOW)
    assert not guests.merge(guest=left, user=user, now=NOW)
    assert [user_id for _, user_id in HEIRS] == [user.pk]
    assert list(User.objects.all()) == [user]


@override_settings(GUEST_HEIRS=[f"{__name__}.remember_heirs"])
def test_an_account_is_never_merged_away() -> None:
    HEIRS.clear()
    one, other = User.objects.create_user("a@example.org"), User.objects.create_user("b@example.org")
    assert not guests.merge(guest=one, user=other, now=NOW)
    assert not guests.merge(guest=one, user=one, now=NOW)
    assert not HEIRS
    assert User.objects.count() == 2


def test_guests_are_forgotten_after_30_days_without_a_write() -> None:
    guest(last_seen_on=(NOW - timedelta(days=31)).date())
    kept = guest(last_seen_on=(NOW - timedelta(days=30)).date())
    member = User.objects.create_user("a@example.org", last_seen_on=date(2020, 1, 1))
    assert guests.forget(now=NOW) == 1
    assert set(User.objects.all()) == {kept, member}


def test_a_guest_is_asked_after_the_first_lesson_and_once_more_after_the_module() -> None:
    row = guest()
    assert not guests.asks_to_keep(row, lessons_done=0, module_done=False)
    assert guests.asks_to_keep(row, lessons_done=1, module_done=False)
    guests.decline(row, module_done=False)
    assert not guests.asks_to_keep(row, lessons_done=2, module_done=False)
    assert guests.asks_to_keep(row, lessons_done=5, module_done=True)
    guests.decline(row, module_done=True)
    row.refresh_from_db()
    assert not guests.asks_to_keep(row, lessons_done=5, module_done=True)


def test_nobody_else_is_asked() -> None:
    assert not guests.asks_to_keep(None, lessons_done=1, module_done=False)
    assert not guests.asks_to_keep(User(email="a@example.org"), lessons_done=1, module_done=True)


def test_the_lazy_zone_names_itself_for_postgresql(rf: RequestFactory) -> None:
    from accounts.middleware import LearnersZone

    request = LearnerRequest(rf.get("/").environ)
    request.learner = User(time_zone="America/New_York")
    zone = LearnersZone(request)
    july = datetime(2026, 7, 1, 12, tzinfo=UTC).astimezone(zone)
    assert str(zone) == "America/New_York"
    assert july.hour == 8
    assert july == datetime(2026, 7, 1, 8, tzinfo=ZoneInfo("America/New_York"))
    assert (july.tzname(), july.dst()) == ("EDT", timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
@override_settings(GUEST_HEIRS=[f"{__name__}.remember_heirs"])
def test_two_log_ins_at_once_merge_once() -> None:
    HEIRS.clear()
    left, user = guest(), User.objects.create_user("a@example.org")
    with ThreadPoolExecutor(max_workers=4) as together:
        merged = list(together.map(lambda _: merge_in_a_thread(left, user), range(4)))
    assert sorted(merged) == [False, False, False, True]
    assert len(HEIRS) == 1


def merge_in_a_thread(left: User, user: User) -> bool:
    """Merge as a request of its own would, with a connection of its own."""
    try:
        return guests.merge(guest=left, user=user, now=NOW)
    finally:
        connection.close()


def test_the_nightly_task_forgets_them() -> None:
    guest(last_seen_on=date(2020, 1, 1))
    tasks.forget_guests()
    assert not User.objects.exists()

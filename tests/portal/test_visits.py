"""Visits are counted in memory, without a query or a cookie, and written to the day's totals."""

from datetime import date, datetime

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import organisation
from accounts.models import User
from learning import totals
from learning.models import DailyTotal
from mailing.clock import now
from portal import visits
from tests.factories import make_course

pytestmark = pytest.mark.django_db
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"}


@pytest.fixture(autouse=True)
def nothing_counted_yet() -> None:
    visits._counted.clear()


def written() -> dict[str, int]:
    """Write what was counted; return visits by course, those of the portal under nothing."""
    visits.write()
    rows = DailyTotal.objects.filter(measure="visited", cohort=None)
    return {row.course.key if row.course else "": row.amount for row in rows.select_related("course")}


def test_an_arrival_counts_once_and_a_course_each_time_that_its_page_is_shown() -> None:
    make_course()
    visitor = Client(headers=BROWSER)
    visitor.get("/")
    visitor.get("/courses/two-pms/", headers={"Referer": "http://testserver/"})
    visitor.get("/courses/two-pms/", headers={"Referer": "https://search.example/"})
    visitor.get("/help/")
    assert written() == {"": 2, "two-pms": 2}
    visitor.get("/")
    assert written() == {"": 3, "two-pms": 2}
    assert visitor.cookies == {}
    assert DailyTotal.objects.get(course=None).day == now().date()


def test_robots_and_people_whom_we_know_are_no_visits() -> None:
    make_course()
    member = Client(headers=BROWSER)
    member.force_login(User.objects.create_user("lea@example.org"))
    member.get("/")
    Client(headers={"User-Agent": "Examplebot/2.1"}).get("/")
    Client().get("/")
    Client(headers=BROWSER).head("/")
    assert written() == {}


def test_an_answer_that_says_nothing_changed_is_a_visit_and_one_of_a_missing_page_is_none() -> None:
    make_course()
    visitor = Client(headers=BROWSER)
    tag = visitor.get("/")["ETag"]
    assert visitor.get("/", headers={"If-None-Match": tag}).status_code == 304
    visitor.get("/courses/no-such-course/")
    assert written() == {"": 2}


def test_counting_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_course()
    organisation.current()
    visitor = Client(headers=BROWSER)
    visitor.get("/")
    with django_assert_num_queries(1):  # which courses there are
        visitor.get("/")
    assert written() == {"": 2}


def test_what_cannot_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    make_course()
    Client(headers=BROWSER).get("/")

    def refuse(visits: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr("learning.totals.add_visits", refuse)
        visits.write()
    Client(headers=BROWSER).get("/")
    assert written() == {"": 2}


def test_days_that_are_counted_anew_keep_their_visits() -> None:
    make_course()
    at = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
    totals.add_visits({(date(2026, 11, 21), ""): 7, (date(2026, 11, 21), "gone"): 1})
    totals.roll_up(now=at)
    assert written() == {"": 7}

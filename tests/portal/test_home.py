"""The landing page: the first lesson in one step, cheap for visitors, and what search engines may see."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import organisation
from accounts.models import User
from courses.models import Course
from tests.learning import history

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return history.make_course()


def test_it_leads_to_the_first_lesson_without_an_account(course: Course, client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/learn/two-pms/lesson-1/">Start the first lesson</a>' in page
    assert "Product or project?" in page
    assert "4 lessons, 32 minutes." in page


def test_before_any_course_is_live_it_still_stands(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Start the first lesson" not in page.content.decode()


def test_a_learner_is_led_to_their_progress(course: Course, client: Client) -> None:
    client.force_login(User.objects.create_user("learner@example.org"))
    assert 'href="/dashboard/">Go on where you stopped</a>' in client.get("/").content.decode()


def test_visitors_get_a_page_that_caches_may_keep(course: Course, client: Client) -> None:
    answer = client.get("/")
    assert "public" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert "csrf" not in answer.content.decode().lower()


def test_an_unchanged_page_is_answered_without_rendering(course: Course, client: Client) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.templates) == (304, b"", [])


def test_a_changed_course_is_a_changed_page(course: Course, client: Client) -> None:
    first = client.get("/")
    Course.objects.update(live_version=None)
    again = client.get("/", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 200


def test_what_a_learner_sees_is_not_kept_for_others(course: Course, client: Client) -> None:
    client.force_login(User.objects.create_user("learner@example.org"))
    assert "public" not in client.get("/").headers["Cache-Control"]


def test_it_costs_a_visitor_one_query_and_a_learner_session_account_and_navigation_besides(
    course: Course, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organisation.current()
    client.get("/")  # what is live is read once a version
    with django_assert_num_queries(1):
        client.get("/")
    client.force_login(User.objects.create_user("learner@example.org"))
    with django_assert_num_queries(4):
        client.get("/")


def test_nothing_can_be_sent_to_it(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_robots_are_kept_out_unless_the_operator_wants_them(client: Client, settings: Settings) -> None:
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"
    settings.INDEXABLE = True
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /" not in rules
    assert "Disallow: /dashboard/" in rules
    assert "Sitemap: http://testserver/sitemap.xml" in rules


def test_the_sitemap_lists_what_everyone_may_read(
    course: Course,
    client: Client,
    settings: Settings,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    assert "<loc>" not in client.get("/sitemap.xml").content.decode()
    settings.INDEXABLE = True
    client.get("/")  # what is live is read once a version
    with django_assert_max_num_queries(1):
        sitemap = client.get("/sitemap.xml")
    assert sitemap.headers["Content-Type"] == "application/xml"
    for path in ("/", "/courses/", "/help/", "/courses/two-pms/", "/learn/two-pms/lesson-1/"):
        assert f"<loc>http://testserver{path}</loc>" in sitemap.content.decode()


@pytest.mark.parametrize("name", ["robots", "sitemap"])
def test_robots_can_send_nothing(name: str, client: Client) -> None:
    assert client.post(reverse(f"portal:{name}")).status_code == 405


def test_the_page_is_compressed_where_the_browser_takes_it_and_still_answers_304(
    course: Course, client: Client
) -> None:
    plain = client.get("/")
    packed = client.get("/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    both = {"accept-encoding": "gzip", "if-none-match": packed.headers["ETag"]}
    assert client.get("/", headers=both).status_code == 304

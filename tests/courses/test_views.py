"""The catalogue and a course's public page: the same for every visitor, cheap, and cached only for them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import organisation
from accounts.models import Organisation
from courses import publishing
from courses.models import Course, Lesson
from tests.accounts.people import as_guest
from tests.factories import NOW, make_course

PAGES = ("/courses/", "/courses/two-pms/")


@pytest.fixture
def course(db: None) -> Course:
    return make_course()


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_reads_it_in_at_most_three_queries(
    course: Course, client: Client, address: str, django_assert_max_num_queries: Any
) -> None:
    Organisation.objects.get_or_create(singleton=True)  # it is there, as in any portal …
    organisation.forget()  # … but this process has not read it yet
    with django_assert_max_num_queries(3):
        response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_who_has_it_already_gets_no_second_copy(
    course: Course, client: Client, address: str
) -> None:
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in first["Vary"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.parametrize("address", PAGES)
def test_a_new_title_makes_a_new_copy(course: Course, client: Client, address: str) -> None:
    tag = client.get(address)["ETag"]
    lesson = Lesson.objects.get(key="lesson-1")
    lesson.title = "A better title"
    lesson.save(update_fields=["title"])
    publishing.publish(lesson, author=None, now=NOW + timedelta(days=1))
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_new_order_stands_in_the_first_answer_after_it_was_published(
    course: Course, client: Client
) -> None:
    """What a visitor's own browser keeps for a minute is all that can be older."""
    visitor, guest = client, Client()
    as_guest(guest)
    page = "/courses/two-pms/"
    before = visitor.get(page)
    guest.get(page)
    Lesson.objects.filter(key="lesson-1").update(order=99)
    publishing.publish(course, author=None, now=NOW)
    headings = re.compile(r"Lesson \d")
    found = visitor.get(page, headers={"If-None-Match": before["ETag"]})
    assert (found.status_code, found["Cache-Control"]) == (200, "public, max-age=60")
    assert headings.findall(found.text) != headings.findall(before.text)
    seen_by_guest = guest.get(page)
    assert "no-cache" in seen_by_guest["Cache-Control"]
    assert headings.findall(seen_by_guest.text) == headings.findall(found.text)


@pytest.mark.parametrize("cookie", ["session", "guest", "messages"])
@pytest.mark.parametrize("address", PAGES)
def test_whoever_is_known_gets_a_copy_of_their_own(
    course: Course, client: Client, address: str, cookie: str
) -> None:
    client.cookies[cookie] = "something"
    response = client.get(address)
    assert response.status_code == 200
    assert "private" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]
    assert "ETag" not in response


def test_the_course_shows_its_modules_as_a_path_and_where_to_start(course: Course, client: Client) -> None:
    page = client.get("/courses/two-pms/").text
    assert 'href="/learn/two-pms/lesson-1/">Start: Lesson 1</a>' in page
    for words in ("Module 1 of 2", "Module 2 of 2", "Lesson 4", "Quiz: 4 questions", "open to everyone"):
        assert words in page


def test_an_unpublished_course_is_not_found(db: None, client: Client) -> None:
    make_course(published=False)
    assert client.get("/courses/two-pms/").status_code == 404
    assert "No course is open yet" in client.get("/courses/").text


def test_nothing_can_be_posted_there(course: Course, client: Client) -> None:
    for address in PAGES:
        assert client.post(address).status_code == 405

"""The pages of the fit check: guests too, one question at a time, back allowed, resumed, never another's."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from careers import assessment
from careers.models import Item, PreviewReaction, Response, ResponseSet
from tests.careers.answering import given, take
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("asked")
BUDGETS = {"/fit/3/": 7, "/fit/result/": 12, "/fit/already/": 5, "/fit/plan/both/": 6}
"""Queries of a page, session, user and the learner's course in the header included."""

CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def send(client: Client, number: int, user: User | None, side: str = "product", **more: str) -> str:
    """Answer a question as a browser does and return where that leads."""
    asked = assessment.current(user).asked[number - 1]
    form = {"item": asked.item.key, "answer": given(asked, side), **more}
    return client.post(f"/fit/{number}/answer/", form).headers["Location"]


def words(client: Client, path: str) -> str:
    """Return a page that is there."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


def test_a_visitor_becomes_a_guest_with_the_first_answer_and_is_led_to_a_result(client: Client) -> None:
    assert 'href="/fit/1/"' in words(client, "/fit/")
    assert not User.objects.exists()
    assert send(client, 1, None, time_zone="Asia/Tokyo") == "/fit/2/"
    guest = User.objects.get()
    assert (guest.is_guest, guest.time_zone) == (True, "Asia/Tokyo")
    leads = [send(client, number, guest) for number in range(2, 15)]
    assert leads[0] == "/fit/3/"
    assert leads[-1] == "/fit/result/"
    page = words(client, "/fit/result/")
    assert "Your answers point clearly to product" in page
    assert "Answer 16 more" in page
    assert "sign up to keep it" in page


def test_it_is_resumed_where_it_was_left(learner: User, browser: Client) -> None:
    take(learner, "product", count=5)
    page = words(browser, "/fit/")
    assert "Go on with question 6" in page
    assert "5 of 14 answered" in page
    assert browser.get("/fit/9/").headers["Location"] == "/fit/6/"


def test_one_may_go_back_see_the_answer_and_change_it(learner: User, browser: Client) -> None:
    take(learner, "product", count=5)
    page = words(browser, "/fit/1/")
    assert 'Strongly agree <span class="soft">(your answer)' in page
    assert 'href="/fit/2/">Next' in page
    assert send(browser, 1, learner, side="project") == "/fit/2/"
    assert Response.objects.get(item__key="product-1").value == 1


def test_after_all_thirty_there_is_nothing_more_to_answer(learner: User, browser: Client) -> None:
    take(learner, "both", count=29)
    assert send(browser, 30, learner, side="both") == "/fit/result/"
    page = words(browser, "/fit/result/")
    assert "You stand between the two" in page
    assert "more to narrow" not in page
    assert "Try both for thirty days" in page


def test_who_has_a_result_is_led_to_it_and_who_has_none_to_the_start(learner: User, browser: Client) -> None:
    assert browser.get("/fit/result/").headers["Location"] == "/fit/"
    take(learner, "product")
    assert browser.get("/fit/").headers["Location"] == "/fit/result/"


def test_the_result_says_what_it_is_not_and_how_it_is_worked_out(learner: User, browser: Client) -> None:
    take(learner, "neither")
    page = words(browser, "/fit/result/")
    for said in (
        "Neither role stands out for you",
        "Only you see this. It must not be used to select staff.",
        "an aid to reflection and not a validated instrument",
        "√(number of answers), at least 5",
        "See what you already do",
        "0 to 5",
    ):
        assert said.lower() in page.lower(), said


def test_reactions_are_kept_from_the_form(learner: User, browser: Client) -> None:
    take(learner, "product")
    form = {"product-dull": "not", "project-good": "like"}
    assert browser.post("/fit/previews/", form).headers["Location"] == "/fit/result/"
    assert PreviewReaction.objects.count() == 2
    assert browser.post("/fit/previews/", {"product-dull": "maybe"}).headers["Location"] == "/fit/"
    assert PreviewReaction.objects.count() == 2


def test_taking_it_again_begins_anew_and_shows_the_old_result(learner: User, browser: Client) -> None:
    take(learner, "product")
    for _ in range(2):
        assert browser.post("/fit/again/", {"after": "1"}).headers["Location"] == "/fit/"
    assert ResponseSet.objects.count() == 2
    assert 'href="/fit/result/"' in words(browser, "/fit/")
    take(learner, "project")
    page = words(browser, "/fit/result/")
    assert "You" in page
    assert 'href="/fit/result/1/"' in page
    old = words(browser, "/fit/result/1/")
    assert "Your answers point clearly to product" in old
    assert "Take it again" not in old


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"item": "product-1"},
        {"item": "product-1", "answer": "9"},
        {"item": "gone", "answer": "3"},
        {"answer": "3"},
    ],
)
def test_nonsense_gets_a_clear_word_and_keeps_nothing(client: Client, form: dict[str, str]) -> None:
    answer = client.post("/fit/1/answer/", form, follow=True)
    assert "That was no answer to this question." in answer.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize("path", ["/fit/0/", "/fit/31/", "/fit/result/7/", "/fit/plan/neither/"])
def test_what_is_not_there_is_not_found(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_another_persons_result_is_not_found(learner: User, browser: Client) -> None:
    other = User.objects.create_user("bob@example.org")
    take(other, "product")
    assert browser.get("/fit/result/1/").status_code == 404
    assert browser.get("/fit/result/").headers["Location"] == "/fit/"


def test_without_questions_the_page_still_stands(client: Client) -> None:
    Item.objects.all().delete()
    assert "Start" not in words(client, "/fit/").split("<main")[1].split("</main")[0]
    assert client.get("/fit/1/").status_code == 404


@pytest.mark.parametrize("path", ["/fit/3/", "/fit/result/", "/fit/already/", "/fit/plan/both/"])
@pytest.mark.parametrize("times", [1, 4])
def test_pages_cost_the_same_after_one_time_and_after_many(
    learner: User, browser: Client, path: str, times: int
) -> None:
    for number in range(1, times + 1):
        take(learner, "both", count=30)
        assessment.take_again(user=learner, after=number * (number < times), now=NOW)
    organisation.current()
    browser.get(path)
    with CaptureQueriesContext(connection) as found:
        assert browser.get(path).status_code == 200
    assert len(found) == BUDGETS[path]


def test_an_answer_costs_the_same_early_and_late(learner: User, browser: Client) -> None:
    counts = []
    take(learner, "both", count=2)
    for number in (3, 14, 15, 30):
        take(learner, "both", count=number - 1)
        asked = assessment.current(learner).asked[number - 1]
        form = {"item": asked.item.key, "answer": given(asked, "both")}
        with CaptureQueriesContext(connection) as found:
            assert browser.post(f"/fit/{number}/answer/", form).status_code == 302
        counts.append(sum(not query["sql"].startswith(CONTROL) for query in found.captured_queries))
    assert counts == [10] * 4

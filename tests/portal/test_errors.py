"""Error pages: plain words, the right status, and no need of what has just failed."""

import pytest
from django.core.handlers.exception import convert_exception_to_response
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from portal.views import errors


@pytest.mark.django_db
def test_a_missing_page_says_what_may_have_happened(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


@pytest.mark.django_db
def test_a_missing_page_leads_visitors_to_no_log_in(client: Client) -> None:
    assert "Location" not in client.get("/attempts/").headers


@pytest.mark.django_db
def test_a_forbidden_page_says_so(rf: RequestFactory) -> None:
    answer = errors.forbidden(rf.get("/"), PermissionError())
    assert answer.status_code == 403
    assert "This page is not open to you" in answer.content.decode()


def test_a_request_that_cannot_be_read_is_answered_without_it(rf: RequestFactory) -> None:
    answer = errors.bad_request(rf.get("/"), ValueError())
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()


def test_a_failure_of_ours_is_answered_without_the_database() -> None:
    # Not marked for the database: any query would fail this test.
    answer = errors.server_error(HttpRequest())
    assert answer.status_code == 500
    assert "It was not your doing" in answer.content.decode()


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_told_as_such_and_when_to_come_back(
    rf: RequestFactory, fault: type[Exception]
) -> None:
    def asks_in_vain(request: HttpRequest) -> HttpResponse:
        raise fault

    answer = convert_exception_to_response(asks_in_vain)(rf.get("/"))
    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Our database cannot be reached" in answer.content.decode()


def test_an_unknown_host_is_refused(client: Client) -> None:
    answer = client.get("/", headers={"host": "evil.test"})
    assert answer.status_code == 400


@pytest.mark.django_db
def test_an_address_that_only_takes_forms_says_so_instead_of_an_empty_page(client: Client) -> None:
    answer = client.get(reverse("learning:complete_lesson", args=["two-pms", "what-is-a-project"]))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing to see at this address" in answer.text

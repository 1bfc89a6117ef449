"""Whose name the house goes by, and where it leads: B40 and B46 of the list of faults."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.core.exceptions import DisallowedHost
from django.test import Client, RequestFactory
from django.utils.http import url_has_allowed_host_and_scheme
from pytest_django import Settings

from accounts.models import User
from mailing.models import OutboxMail
from mailing.outbox import decrypt

ELSEWHERE = [
    "//evil.test",
    "///evil.test",
    "////evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "\\/evil.test",
    "/\t/evil.test",
    "/%09/evil.test",
    "%2f%2fevil.test",
    "https:evil.test",
    "https:/evil.test",
    "https:///evil.test",
    "https://evil.test",
    "http://evil.test/dashboard/",
    "HTTPS://EVIL.TEST",
    "https://127.0.0.1:8000@evil.test/",
    "https://127.0.0.1:8000.evil.test/",
    "https://evil.test#127.0.0.1:8000",
    "https://evil.test?127.0.0.1:8000",
    "https://evil。test",
    "https://evil%E3%80%82test",
    "//evil。test",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,hello",
    "vbscript:x",
    "ftp://evil.test",
    "//[::1]@evil.test",
    "http://[evil.test",
    "/\r\nLocation: https://evil.test",
    "\x00//evil.test",
    " //evil.test",
    "\u2028//evil.test",
    ".//evil.test/..;@evil.test",
]


@pytest.mark.django_db
@pytest.mark.parametrize("target", ELSEWHERE)
def test_nothing_that_somebody_puts_into_an_address_leads_out_of_the_house(
    target: str, client: Client
) -> None:
    member = User.objects.create_user("lea@example.org")
    client.force_login(member)
    for answer in (
        client.get("/accounts/login/", {"next": target}),
        client.post("/settings/theme/", {"theme": "dark", "next": target}),
        client.post("/guest/not-now/", {"next": target}),
        client.post("/accounts/logout/", {"next": target}),
    ):
        place = answer.get("Location", answer.get("HX-Location", "/"))
        assert urlsplit(urljoin("http://testserver/a/", place)).hostname == "testserver", place
        assert url_has_allowed_host_and_scheme(place, allowed_hosts={"testserver"}), place


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["evil.test", "testserver:evil", "testserver.evil.test", "evil.test:80@testserver", ""],
)
def test_another_name_than_ours_is_refused(name: str, client: Client) -> None:
    assert client.get("/", headers={"host": name}).status_code == 400


def test_a_proxys_word_for_the_name_is_not_taken(settings: Settings) -> None:
    request = RequestFactory().get("/", HTTP_HOST="testserver", HTTP_X_FORWARDED_HOST="evil.test")
    assert request.get_host() == "testserver"
    with pytest.raises(DisallowedHost):
        RequestFactory().get("/", HTTP_HOST="evil.test", HTTP_X_FORWARDED_HOST="testserver").get_host()


@pytest.mark.django_db
def test_links_in_mails_carry_our_own_name_whatever_the_request_said(
    client: Client, settings: Settings
) -> None:
    User.objects.create_user("lea@example.org")
    client.post(
        "/accounts/password/reset/", {"email": "lea@example.org"}, headers={"x-forwarded-host": "evil.test"}
    )
    told = str(decrypt(OutboxMail.objects.get()))
    assert "evil" not in told
    assert "testserver" not in told

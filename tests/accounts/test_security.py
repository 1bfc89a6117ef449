"""What an attacker tries on the doors: counting tries, guessing who has an account, leaving the house."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.models import User
from mailing.models import OutboxMail
from tests.accounts.people import (
    ADDRESS,
    CODE_PAGE,
    PASSWORD,
    SIGN_UP,
    as_guest,
    log_in_by_code,
    mails,
    make_member,
    newest_code,
    wait_out_the_limits,
    wrong_code,
)
from tests.accounts.test_guests import HEIRS

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
NOBODY = "eve@example.org"

# Who has an account? -------------------------------------------------------------------------------------


def seen_by(email: str, *steps: Callable[[Client, str], HttpResponseBase]) -> list[object]:
    """Return all that a browser sees on its way, with what differs from form to form taken out."""
    client = Client()
    seen: list[object] = []
    for step in steps:
        answer = step(client, email)
        body = getattr(answer, "content", b"").decode().replace(email, "ADDRESS")
        body = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', r"\1", body)
        seen.append((answer.status_code, answer.headers.get("Location"), sorted(answer.cookies), body))
    return seen


def sign_up(client: Client, email: str) -> HttpResponseBase:
    return client.post("/accounts/signup/", {**SIGN_UP, "email": email})


def ask_for_code(client: Client, email: str) -> HttpResponseBase:
    return client.post("/accounts/login/code/", {"email": email})


def log_in_without_password(client: Client, email: str) -> HttpResponseBase:
    return client.post(LOGIN, {"login": email})


def log_in_wrongly(client: Client, email: str) -> HttpResponseBase:
    return client.post(LOGIN, {"login": email, "password": "not this"})


def ask_for_new_password(client: Client, email: str) -> HttpResponseBase:
    return client.post("/accounts/password/reset/", {"email": email})


def read_code_page(client: Client, email: str) -> HttpResponseBase:
    return client.get(CODE_PAGE)


def read_reset_page(client: Client, email: str) -> HttpResponseBase:
    return client.get("/accounts/password/reset/confirm/")


def type_wrong_code(client: Client, email: str) -> HttpResponseBase:
    return client.post(CODE_PAGE, {"code": "12345x"})


def type_wrong_reset_code(client: Client, email: str) -> HttpResponseBase:
    return client.post("/accounts/password/reset/confirm/", {"code": "12345x"})


def send_again(client: Client, email: str) -> HttpResponseBase:
    return client.post(CODE_PAGE, {"action": "resend"})


def wait(client: Client, email: str) -> HttpResponseBase:
    wait_out_the_limits()
    return client.get("/accounts/password/reset/")


WAYS = {
    "sign-up": [sign_up, read_code_page, type_wrong_code, send_again, wait, send_again, read_code_page],
    "log-in by code": [ask_for_code, read_code_page, type_wrong_code, send_again, wait, send_again],
    "log-in without a password": [log_in_without_password, read_code_page, *[type_wrong_code] * 5],
    "log-in with a wrong password": [log_in_wrongly] * 6,
    "new password": [ask_for_new_password, read_reset_page, *[type_wrong_reset_code] * 5],
    "many codes": [ask_for_code, ask_for_code, sign_up],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_known_address_and_an_unknown_one_look_the_same(way: str) -> None:
    make_member(ADDRESS)
    known = seen_by(ADDRESS, *WAYS[way])
    wait_out_the_limits()
    assert seen_by(NOBODY, *WAYS[way]) == known


@pytest.mark.parametrize("ask", [sign_up, ask_for_code, ask_for_new_password])
def test_a_mail_goes_out_in_both_cases(
    client: Client, ask: Callable[[Client, str], HttpResponseBase]
) -> None:
    make_member(ADDRESS)
    ask(client, ADDRESS)
    ask(Client(), NOBODY)
    assert [mail["to"] for mail in mails()] == [ADDRESS, NOBODY]


@pytest.mark.parametrize("first_step", [sign_up, ask_for_code])
def test_asking_for_the_mail_again_writes_to_either_address_again(
    first_step: Callable[[Client, str], HttpResponseBase],
) -> None:
    make_member()
    for email in (ADDRESS, NOBODY):
        client = Client()
        first_step(client, email)
        wait_out_the_limits()
        send_again(client, email)
    assert [mail["to"] for mail in mails()] == [ADDRESS, ADDRESS, NOBODY, NOBODY]


def test_a_program_that_asks_for_json_learns_no_more() -> None:
    make_member(ADDRESS)
    answers = []
    for email in (ADDRESS, NOBODY):
        answer = Client().post(
            "/accounts/signup/", {**SIGN_UP, "email": email}, headers={"accept": "application/json"}
        )
        answers.append((answer.status_code, answer.content.replace(email.encode(), b"ADDRESS")))
    assert answers[0] == answers[1]


# Counting tries ------------------------------------------------------------------------------------------


def test_the_sixth_wrong_password_is_refused_whatever_the_letter_case_and_the_network(client: Client) -> None:
    make_member(ADDRESS)
    for number, spelling in enumerate(
        [ADDRESS, ADDRESS.upper(), "Ada@Example.Org", ADDRESS, ADDRESS.title()]
    ):
        answer = client.post(
            LOGIN,
            {"login": spelling, "password": "not this"},
            REMOTE_ADDR=f"198.51.100.{number}",
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
        )
        assert answer.status_code == 200
    answer = client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()


def test_a_new_password_opens_the_door_again_at_once(client: Client) -> None:
    make_member(ADDRESS)
    for _ in range(6):
        log_in_wrongly(Client(), ADDRESS)
    ask_for_new_password(client, ADDRESS)
    client.post("/accounts/password/reset/confirm/", {"code": newest_code()})
    new = {"password1": "another long password", "password2": "another long password"}
    client.post("/accounts/password/reset/complete/", new)
    assert "_auth_user_id" in client.session
    answer = Client().post(LOGIN, {"login": ADDRESS, "password": "another long password"})
    assert answer.status_code == 302


def test_an_address_gets_one_code_in_ten_seconds_and_six_an_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_800_000_000.0]
    monkeypatch.setattr(ratelimit.time, "time", lambda: clock[0])
    make_member(ADDRESS)
    asked = []
    for _ in range(9):
        ask_for_code(Client(), ADDRESS)
        sign_up(Client(), ADDRESS)
        ask_for_new_password(Client(), ADDRESS)
        asked.append(len(mails()))
        clock[0] += 11
    assert asked == [1, 2, 3, 4, 5, 6, 6, 6, 6]


def test_a_code_sent_again_counts_too(client: Client) -> None:
    make_member(ADDRESS)
    ask_for_code(client, ADDRESS)
    page = client.post(CODE_PAGE, {"action": "resend"}, follow=True)
    assert "One code at a time" in page.content.decode()
    assert len(mails()) == 1
    wait_out_the_limits()
    client.post(CODE_PAGE, {"action": "resend"})
    assert len(mails()) == 2
    assert client.post(CODE_PAGE, {"code": newest_code()}).status_code == 302


def test_behind_a_proxy_limits_count_the_visitors_address_and_believe_no_other(settings: Settings) -> None:
    def address(proxies: int, forwarded: str) -> str:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR="10.0.0.1")
        return str(get_adapter().get_client_ip(request))

    assert address(1, "198.51.100.7") == "198.51.100.7"
    assert address(1, "203.0.113.9, 198.51.100.7") == "198.51.100.7"  # what a visitor claims counts nothing
    assert address(0, "198.51.100.7") == "10.0.0.1"


def test_a_school_behind_one_address_can_sign_up(client: Client) -> None:
    answers = [sign_up(Client(), f"pupil{number}@example.org").status_code for number in range(100)]
    assert set(answers) == {302}


# Leaving the house ---------------------------------------------------------------------------------------

AWAY = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example",
    "https://evil.example/", "https:evil.example", "http:///evil.example", "https:/\\evil.example",
    "%09//evil.example", "\t//evil.example", "\n//evil.example", "/\t/evil.example", "//[::1]/",
    "//evil.example@testserver", "http://testserver@evil.example", "http://testserver.evil.example",
    "//testserver:80@evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "ftp://testserver/", "//evil\u3002example", "http://evil%E3%80%82example", "http://[evil",
    "http://\uff54estserver/", "//%00evil.example", " //evil.example", "\x00//evil.example",
    "https://testserver\\@evil.example", "/%5Cevil.example/..//evil.example",
]  # fmt: skip


def stays(location: str) -> bool:
    """Say whether a browser that follows this stays on testserver."""
    cleaned = re.sub(r"[\t\r\n]", "", location.strip(" \x00")).replace("\\", "/")
    there = urlsplit(urljoin("http://testserver/", cleaned))
    return there.scheme in ("http", "https") and there.netloc == "testserver"


@pytest.mark.parametrize("away", AWAY)
def test_no_way_of_logging_in_leads_off_this_host(client: Client, away: str) -> None:
    make_member(ADDRESS)
    answer = client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD, "next": away})
    assert answer.status_code == 302
    assert stays(answer["Location"])


@pytest.mark.parametrize("away", AWAY)
def test_nor_does_a_code_a_sign_up_or_a_log_out(client: Client, away: str) -> None:
    answer = client.post("/accounts/signup/", {**SIGN_UP, "next": away})
    assert stays(answer["Location"])
    answer = client.post(CODE_PAGE, {"code": newest_code(), "next": away})
    assert stays(answer["Location"])
    answer = client.post("/accounts/logout/", {"next": away})
    assert stays(answer["Location"])


@pytest.mark.parametrize("away", AWAY)
def test_nor_do_a_guests_not_now_and_the_appearance(client: Client, away: str) -> None:
    as_guest(client)
    assert stays(client.post("/guest/not-now/", {"next": away})["Location"])
    assert stays(client.post("/settings/theme/", {"theme": "dark", "next": away})["Location"])


# Forms, sessions, headers --------------------------------------------------------------------------------

POSTS = [
    "/accounts/signup/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/",
    "/accounts/logout/", CODE_PAGE, "/settings/theme/", "/guest/not-now/",
    "/settings/privacy/my-data/", "/settings/privacy/erase/",
]  # fmt: skip
CLOSED_POSTS = [
    "/settings/profile/", "/settings/privacy/code/", "/settings/privacy/code/send/", "/accounts/email/",
    "/accounts/password/set/", "/accounts/password/change/", "/accounts/2fa/totp/activate/",
]  # fmt: skip


@pytest.mark.parametrize("url", [*POSTS, *CLOSED_POSTS])
def test_a_post_without_its_token_is_refused(url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(ADDRESS))
    assert client.post(url, {"email": ADDRESS}).status_code == 403


@pytest.mark.parametrize("url", CLOSED_POSTS)
def test_settings_are_for_people_with_an_account(client: Client, url: str) -> None:
    as_guest(client)
    answer = client.get(url)
    assert answer.status_code in (302, 405)
    if answer.status_code == 302:
        assert answer["Location"].startswith(LOGIN)


def test_logging_in_by_password_changes_the_sessions_key(client: Client, settings: Settings) -> None:
    make_member(ADDRESS)
    as_guest(client)
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    assert client.session.session_key != session.session_key


def test_a_code_is_worth_nothing_in_another_browser(client: Client) -> None:
    make_member(ADDRESS)
    ask_for_code(client, ADDRESS)
    thief = Client()
    thief.post(CODE_PAGE, {"code": newest_code()})
    assert "_auth_user_id" not in thief.session


def test_a_code_works_once_and_only_the_newest(client: Client) -> None:
    make_member(ADDRESS)
    ask_for_code(client, ADDRESS)
    first = newest_code()
    wait_out_the_limits()
    client.post(CODE_PAGE, {"action": "resend"})
    if first != newest_code():
        client.post(CODE_PAGE, {"code": first})
        assert "_auth_user_id" not in client.session
    client.post(CODE_PAGE, {"code": wrong_code()})
    client.post(CODE_PAGE, {"code": newest_code()})
    assert "_auth_user_id" in client.session


def test_codes_are_stored_closed(client: Client) -> None:
    make_member(ADDRESS)
    ask_for_code(client, ADDRESS)
    mail = OutboxMail.objects.get()
    assert mail.payload is not None
    assert newest_code().encode() not in bytes(mail.payload)
    assert ADDRESS.encode() not in bytes(mail.payload)


def test_private_pages_are_not_stored_by_anyone(client: Client) -> None:
    client.force_login(make_member(ADDRESS))
    for url in ("/settings/profile/", "/settings/privacy/", "/settings/privacy/erase/", "/accounts/email/"):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in client.get("/settings/privacy/")["Cache-Control"]


def test_pages_carry_no_inline_style_or_script(client: Client) -> None:
    urls = ["/accounts/signup/", "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"]
    pages = [client.get(url).content.decode() for url in urls]
    client.force_login(make_member(ADDRESS))
    urls = [
        "/settings/profile/", "/settings/privacy/", "/settings/theme/", "/accounts/email/", "/accounts/2fa/",
        "/accounts/password/change/", "/accounts/logout/", "/settings/privacy/erase/",
    ]  # fmt: skip
    pages += [client.get(url, follow=True).content.decode() for url in urls]
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_a_closed_account_cannot_log_in(client: Client) -> None:
    make_member(ADDRESS, is_active=False)
    client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD})
    sign_up(client, ADDRESS)
    client.post(CODE_PAGE, {"code": newest_code()})
    assert "_auth_user_id" not in client.session


def test_logging_in_by_code_brings_the_guest_along_once(client: Client, settings: Settings) -> None:
    settings.GUEST_HEIRS = ["tests.accounts.test_guests.remember_heirs"]
    HEIRS.clear()
    member, guest = make_member(ADDRESS), as_guest(client)
    log_in_by_code(client)
    log_in_by_code(Client())
    assert [(guest.pk, member.pk)] == HEIRS
    assert not User.objects.guests().exists()

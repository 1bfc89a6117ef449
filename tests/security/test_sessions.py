"""A log-in ends when it should, and what touches the account asks for it anew."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from mailing.clock import now
from tests.accounts.people import ADDRESS, PASSWORD, make_member

pytestmark = pytest.mark.django_db
NEW = "another long one of words"


@pytest.fixture
def member() -> User:
    return make_member()


def logged_in(user: User) -> Client:
    """Another browser in which this person is logged in by password."""
    browser = Client()
    browser.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert is_in(browser)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/settings/profile/").status_code == 200


def test_a_new_password_ends_the_log_ins_of_all_other_browsers(member: User) -> None:
    here, elsewhere = logged_in(member), logged_in(member)
    words = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/accounts/password/change/", words).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_an_account_that_is_closed_is_out_at_its_next_request(member: User) -> None:
    browser = logged_in(member)
    User.objects.update(is_active=False)
    assert not is_in(browser)


def test_after_the_log_out_the_cookie_of_before_opens_nothing(member: User) -> None:
    browser = logged_in(member)
    before = {name: morsel.value for name, morsel in browser.cookies.items()}
    browser.post("/accounts/logout/")
    for name, value in before.items():
        browser.cookies[name] = value
    assert not is_in(browser)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/accounts/email/", {"action_add": "", "email": "new@example.org"}),
        ("/accounts/2fa/totp/activate/", {"code": "123456"}),
        ("/settings/privacy/erase/", {}),
        ("/settings/privacy/my-data/", {}),
    ],
)
def test_what_touches_the_account_asks_who_it_is_after_five_minutes(
    member: User, path: str, form: dict[str, str]
) -> None:
    browser = logged_in(member)
    before = User.objects.values().get(pk=member.pk)
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        answer = browser.post(path, form)
    assert answer.status_code == 302
    assert answer["Location"].startswith(("/accounts/reauthenticate/", "/settings/privacy/code/"))
    after = User.objects.values().get(pk=member.pk)
    assert after == before

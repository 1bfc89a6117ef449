"""The second step: set up with an app, asked at log-in, and the only way into the admin."""

import re
import time
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib import admin
from django.test import Client
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.admin_site import CrossroadsAdminSite
from accounts.models import User
from tests.accounts.people import ADDRESS, PASSWORD, log_in_by_code, make_member

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _within_one_code(time_machine: TimeMachineFixture) -> None:
    """Let the clock stand: a code of the app lasts for half a minute, which may end in any test."""
    time_machine.move_to(datetime.now(UTC), tick=False)


def code_of_the_app(secret: str = SECRET) -> str:
    """Return the code that an authenticator app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def with_app(user: User) -> User:
    """Give a person an authenticator app."""
    TOTP.activate(user, SECRET)
    return user


def staff(email: str = ADDRESS) -> User:
    """Make someone who may open the admin."""
    return make_member(email, is_staff=True, is_superuser=True)


def test_an_app_is_set_up_by_scanning_and_typing_its_code(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    found = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert found
    assert 'src="data:image/svg+xml' in page
    client.post("/accounts/2fa/totp/activate/", {"code": code_of_the_app(found[1])})
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10


def test_its_secret_is_stored_closed() -> None:
    with_app(make_member())
    assert SECRET not in str(Authenticator.objects.get(type="totp").data)


@pytest.mark.parametrize("by_code", [True, False])
def test_log_in_then_asks_for_the_second_step(client: Client, by_code: bool) -> None:
    with_app(make_member())
    if by_code:
        log_in_by_code(client)
    else:
        client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": code_of_the_app()})
    assert "_auth_user_id" in client.session


def test_a_code_of_the_app_works_once(client: Client) -> None:
    with_app(make_member())
    for browser in (client, Client()):
        browser.post(LOGIN, {"login": ADDRESS, "password": PASSWORD})
        browser.post("/accounts/2fa/authenticate/", {"code": code_of_the_app()})
    assert "_auth_user_id" in client.session
    assert "_auth_user_id" not in browser.session


def test_staff_with_a_second_factor_open_the_admin(client: Client) -> None:
    with_app(staff())
    client.post(LOGIN, {"login": ADDRESS, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": code_of_the_app()})
    assert client.get("/admin/").status_code == 200


def test_staff_without_one_are_led_to_its_set_up_with_a_word_why(client: Client) -> None:
    client.force_login(staff())
    answer = client.get("/admin/accounts/user/", follow=True)
    assert "/accounts/2fa/totp/activate/" in [url.partition("?")[0] for url, _ in answer.redirect_chain]
    assert "The admin asks for a second step." in answer.content.decode()


def test_every_page_of_the_admin_is_closed_without_one(client: Client) -> None:
    client.force_login(staff())
    for url in ("", "search/", "accounts/user/", "jsi18n/", "autocomplete/", "password_change/"):
        assert client.get(f"/admin/{url}").status_code == 302


def test_the_admins_log_in_is_everyones(client: Client) -> None:
    answer = client.get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{LOGIN}?next=/admin/accounts/user/"


def test_learners_are_turned_away(client: Client) -> None:
    client.force_login(with_app(make_member()))
    assert client.get("/admin/", follow=True).status_code == 403


def on_the_demo(settings: Settings) -> None:
    """Be the embedded demo."""
    settings.DEMO = True
    settings.DEMO_ACCOUNTS = {"admin": (ADDRESS, PASSWORD)}


def test_the_demos_own_admin_needs_none_and_the_log_in_page_says_so(
    client: Client, settings: Settings
) -> None:
    on_the_demo(settings)
    assert "asks for a second step; the demo does not" in client.get(LOGIN).content.decode()
    client.force_login(staff())
    assert client.get("/admin/").status_code == 200


def test_the_demo_waives_it_for_nobody_else_and_nowhere_else(client: Client, settings: Settings) -> None:
    on_the_demo(settings)
    client.force_login(staff())
    assert client.get("/admin/", REMOTE_ADDR="192.0.2.1").status_code == 302
    client.force_login(staff("bob@example.org"))
    assert client.get("/admin/").status_code == 302


def test_elsewhere_the_log_in_page_says_nothing_of_a_demo(client: Client) -> None:
    assert "demo" not in client.get(LOGIN).content.decode()


def test_the_admin_site_is_ours() -> None:
    assert isinstance(admin.site, CrossroadsAdminSite)


def test_staff_can_take_a_lost_second_factor_away_but_never_read_it(
    client: Client, settings: Settings
) -> None:
    on_the_demo(settings)
    client.force_login(staff())
    lost = Authenticator.objects.get(user=with_app(make_member("bob@example.org")), type="totp")
    page = client.get(f"/admin/mfa/authenticator/{lost.pk}/change/").content.decode()
    assert "bob@example.org" in page
    assert lost.data["secret"] not in page
    client.post(f"/admin/mfa/authenticator/{lost.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(pk=lost.pk).exists()


def test_staff_cannot_vouch_for_addresses(client: Client, settings: Settings) -> None:
    on_the_demo(settings)
    client.force_login(staff())
    assert client.get("/admin/account/emailaddress/").status_code == 404

"""Sign-up by code: no password, the guest's own row, and nothing that tells who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts import registration, roles
from accounts.mails import AccountMail
from accounts.models import Organisation, User
from mailing.clock import now
from mailing.models import OutboxMail
from portal.views.errors import forbidden
from tests.accounts.people import (
    ADDRESS,
    CODE_PAGE,
    SIGN_UP,
    as_guest,
    mails,
    make_member,
    newest_code,
    wait_out_the_limits,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def test_sign_up_asks_for_a_code_and_the_code_logs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", SIGN_UP)
    assert answer["Location"] == CODE_PAGE
    answer = client.post(CODE_PAGE, {"code": newest_code()})
    assert answer["Location"] == "/dashboard/"
    user = User.objects.get(email=ADDRESS)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.name, user.time_zone) == ("Ada", "Europe/Lisbon")
    assert not user.has_usable_password()


def test_the_accepted_terms_are_kept_with_their_version_and_time(client: Client) -> None:
    Organisation.objects.update_or_create(singleton=True, defaults={"terms_version": "2026-11"})
    client.post("/accounts/signup/", SIGN_UP)
    row = User.objects.get()
    assert row.accepted_terms_version == "2026-11"
    assert row.accepted_terms_at is not None


def test_the_appearance_that_the_guest_chose_comes_along(client: Client) -> None:
    client.post("/settings/theme/", {"theme": "dark"})
    client.post("/accounts/signup/", SIGN_UP)
    assert User.objects.get().theme == "dark"


def test_codes_are_six_figures(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    assert re.fullmatch(r"[0-9]{6}", newest_code())


def test_a_guest_keeps_the_same_row_and_loses_the_cookie(client: Client) -> None:
    row = as_guest(client)
    client.post("/accounts/signup/", SIGN_UP)
    answer = client.post(CODE_PAGE, {"code": newest_code()})
    assert User.objects.get(email=ADDRESS).pk == row.pk
    assert answer.cookies["guest"]["max-age"] == 0


@pytest.mark.parametrize("account", ["a new one", "one that is there"])
def test_only_who_did_something_is_told_that_it_comes_along(account: str) -> None:
    if account == "one that is there":
        make_member()
    for browser, guest in ((Client(), False), (Client(), True)):
        if guest:
            as_guest(browser)
        assert ("What you have done so far" in browser.get("/accounts/signup/").text) is guest
        browser.post("/accounts/signup/", SIGN_UP)
        mail = OutboxMail.objects.latest("created_at", "id")
        told = AccountMail().render(mail, now=now())
        for words in (told.text, told.html):
            assert ("comes with you" in words) is guest
        wait_out_the_limits()


def test_a_page_that_needs_an_account_promises_nothing_to_a_new_visitor(client: Client) -> None:
    closed = RequestFactory().get("/x/")
    assert "comes with you" not in forbidden(closed, PermissionDenied()).content.decode()
    closed.learner = as_guest(client)  # type: ignore[attr-defined]  # LearnerRequest's
    assert (
        "What you have done so far comes with you." in forbidden(closed, PermissionDenied()).content.decode()
    )


def test_until_the_code_is_typed_the_guest_goes_on_as_a_guest(client: Client) -> None:
    row = as_guest(client)
    client.post("/accounts/signup/", SIGN_UP)
    row.refresh_from_db()
    assert row.is_guest
    assert not EmailAddress.objects.get(user=row).verified


def test_a_mistyped_address_can_be_typed_again(client: Client) -> None:
    row = as_guest(client)
    client.post("/accounts/signup/", {**SIGN_UP, "email": "adda@example.org"})
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    client.post("/accounts/signup/", SIGN_UP)
    client.post(CODE_PAGE, {"code": newest_code()})
    assert User.objects.get(email=ADDRESS).pk == row.pk
    assert [address.email for address in EmailAddress.objects.all()] == [ADDRESS]


def test_the_page_one_came_from_is_where_one_goes_on(client: Client) -> None:
    answer = client.post("/accounts/signup/", {**SIGN_UP, "next": "/courses/"})
    assert answer["Location"] == f"{CODE_PAGE}?next=%2Fcourses%2F"
    page = client.get(answer["Location"])
    assert b'name="next" value="/courses/"' in page.content
    answer = client.post(CODE_PAGE, {"code": newest_code(), "next": "/courses/"})
    assert answer["Location"] == "/courses/"


def test_the_session_gets_a_new_key_at_log_in(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    before = client.session.session_key
    client.post(CODE_PAGE, {"code": newest_code()})
    assert client.session.session_key != before


def test_the_code_may_be_pasted_with_spaces(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    code = newest_code()
    assert client.post(CODE_PAGE, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_the_code_page_helps_phones_and_people(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    page = client.get(CODE_PAGE).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "My code did not arrive" in page


def test_a_known_address_gets_a_code_for_its_account_and_the_guest_comes_along(
    client: Client, settings: Settings
) -> None:
    settings.GUEST_HEIRS = []
    member = make_member()
    as_guest(client)
    client.post("/accounts/signup/", {**SIGN_UP, "name": "Someone else"})
    assert mails()[-1]["template_prefix"] == "account/email/account_already_exists"
    client.post(CODE_PAGE, {"code": newest_code()})
    assert client.session["_auth_user_id"] == str(member.pk)
    member.refresh_from_db()
    assert member.name == ""
    assert User.objects.count() == 1


def test_an_unproven_claim_to_an_address_keeps_nobody_out(client: Client) -> None:
    squatter = Client()
    squatted = as_guest(squatter)
    squatter.post("/accounts/signup/", {**SIGN_UP, "name": "Mallory"})
    wait_out_the_limits()
    client.post("/accounts/signup/", SIGN_UP)
    client.post(CODE_PAGE, {"code": newest_code()})
    user = User.objects.get(email=ADDRESS)
    assert user.pk != squatted.pk
    assert user.name == "Ada"


# Refusals ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["old_enough", "accept_terms", "email"])
def test_both_boxes_and_an_address_are_needed(client: Client, missing: str) -> None:
    answer = client.post("/accounts/signup/", {**SIGN_UP, missing: ""})
    assert answer.status_code == 200
    assert f'id="id_{missing}_error"' in answer.content.decode()
    assert not User.objects.exists()
    assert not mails()


def test_the_minimum_age_is_a_setting(client: Client, settings: Settings) -> None:
    assert f"I am {settings.MIN_AGE} or older" in client.get("/accounts/signup/").content.decode()


def test_a_wrong_code_is_told_beside_its_field(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    wrong = wrong_code()
    answer = client.post(CODE_PAGE, {"code": wrong})
    assert 'id="id_code_error"' in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_five_wrong_codes_end_it(client: Client) -> None:
    client.post("/accounts/signup/", SIGN_UP)
    code = newest_code()
    wrong = wrong_code()
    for _ in range(5):
        client.post(CODE_PAGE, {"code": wrong})
    client.post(CODE_PAGE, {"code": code})
    assert "_auth_user_id" not in client.session


def test_sign_up_may_be_open_to_some_domains_only(client: Client, settings: Settings) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["example.org"]
    answer = client.post("/accounts/signup/", {**SIGN_UP, "email": "ada@example.com"})
    assert "Sign-up is open to addresses at example.org." in answer.content.decode()
    assert client.post("/accounts/signup/", SIGN_UP).status_code == 302


@pytest.mark.parametrize(
    ("door", "words"),
    [("invite", "Sign-up is closed here"), ("sso", "Accounts come with your organisation’s log-in")],  # noqa: RUF001  as it stands there
)
def test_sign_up_may_be_closed(client: Client, settings: Settings, door: str, words: str) -> None:
    settings.SIGNUP = door
    answer = client.post("/accounts/signup/", SIGN_UP)
    assert words in answer.content.decode()
    assert not User.objects.exists()


def test_demo_accounts_are_made_on_empty_tables_only() -> None:
    roles.sync()
    accounts = {
        "learner": ("learner@example.org", "one long word"),
        "editor": ("editor@example.org", "two long words"),
        "admin": ("admin@example.org", "three long words"),
    }
    learner, editor, admin = registration.create_demo_accounts(accounts=accounts, now=now())
    assert (learner.is_staff, editor.is_staff, admin.is_staff) == (False, True, True)
    assert (roles.of(learner), roles.of(editor), roles.of(admin)) == ([], ["editor"], ["owner"])
    assert admin.check_password("three long words")
    assert not registration.create_demo_accounts(accounts=accounts, now=now())


def test_a_second_account_never_takes_the_address_of_the_first() -> None:
    user = make_member("Bob@example.org")
    assert registration.account_of("bob@EXAMPLE.org") == user

"""The log-in of an organisation: who comes by it, and the cohorts and roles that it gives and takes."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from accounts import claims, roles
from accounts.admin.organisation import ways_in
from accounts.models import AuditLog, Organisation, User
from learning.models import Cohort, CohortMember
from mailing.clock import now
from portal import checks
from tests.accounts import provider as providers
from tests.accounts.people import as_guest, make_member
from tests.accounts.provider import Provider
from tests.factories import make_course
from tests.servers import free_port

pytestmark = pytest.mark.django_db
PERSON = {"name": "Ada", "old_enough": "on", "accept_terms": "on", "time_zone": "Europe/Lisbon"}
ADA = {"sub": "17", "email": "ada@example.org", "email_verified": True, "name": "Ada"}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """A log-in that vouches for Ada."""
    with providers.running() as server:
        server.claims = dict(ADA)
        settings.OIDC_SERVER_URL = server.url
        app = {"provider_id": "organisation", "name": "Acme", "client_id": "crossroads", "secret": "s"}
        app["settings"] = {"server_url": server.url, "verified_email": False}  # type: ignore[assignment]  # as allauth wants it
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        yield server


def who(client: Client) -> str | None:
    """The address of who is logged in."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).email if key else None


# --- coming in --------------------------------------------------------------------------------------------


def test_the_first_time_terms_and_age_are_asked_for_and_the_address_is_given(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.SIGNUP = "sso"
    assert "Log in with" in client.get("/accounts/login/").content.decode()
    guest = as_guest(client)
    assert provider.log_in(client)["Location"] == "/accounts/organisation/signup/"
    page = client.post("/accounts/organisation/signup/", {"name": "Ada"}).content.decode()
    assert "Without it we cannot make an account." in page
    assert "What you have done so far comes with you." in page
    assert not User.objects.filter(email__isnull=False).exists()
    client.post("/accounts/organisation/signup/", {**PERSON, "email": "else@example.org"})
    user = User.objects.get()
    assert (user.email, user.name, user.time_zone) == ("ada@example.org", "Ada", "Europe/Lisbon")
    assert user.accepted_terms_at is not None
    assert EmailAddress.objects.get().verified
    assert who(client) == "ada@example.org"
    assert guest.pk != user.pk  # what the guest did was merged


def test_an_account_with_the_proven_address_is_opened_and_remembered(
    client: Client, provider: Provider
) -> None:
    ada = make_member("ada@example.org")
    provider.log_in(client)
    assert who(client) == "ada@example.org"
    assert SocialAccount.objects.get().user == ada
    client.logout()
    provider.claims["email"] = "ada.new@example.org"  # the organisation changed it; she is the same
    provider.log_in(client)
    assert who(client) == "ada@example.org"


def test_an_address_that_nobody_has_proven_opens_nothing(client: Client, provider: Provider) -> None:
    make_member("ada@example.org")
    for claim in ({"email_verified": False}, {"email": ""}):
        provider.claims = {**ADA, **claim}
        assert provider.log_in(client).status_code == 403
        assert who(client) is None
    assert not SocialAccount.objects.exists()


def test_a_log_in_that_does_not_answer_is_said_so_in_words(
    client: Client, provider: Provider, settings: Settings
) -> None:
    nobody_there = f"http://127.0.0.1:{free_port()}"
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = nobody_there
    answer = client.post("/accounts/oidc/organisation/login/")
    assert "did not answer as it should" in answer.text
    assert answer.status_code < 500, "it is no fault of ours"


def test_the_way_there_is_a_page_so_that_any_host_may_stand_on_it(client: Client, provider: Provider) -> None:
    there = provider.way_there(client)
    assert there.startswith(f"{provider.url}/authorize?client_id=crossroads&")
    page = client.post("/accounts/oidc/organisation/login/")
    assert page.status_code == 200, "a redirect would need each host's name in the policy of the log-in page"
    assert "no-store" in page["Cache-Control"]


def test_an_answer_that_makes_no_sense_is_no_fault_of_ours(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.broken = True
    answer = provider.log_in(client)
    assert answer.status_code == 401
    assert "did not answer as it should" in answer.text
    assert "the organisation's log-in failed: " in caplog.text, "the operator is told why"


def test_whoever_left_the_log_in_is_no_news_to_the_operator(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    asked = parse_qs(urlsplit(provider.way_there(client)).query)
    left = {"error": "access_denied", "state": asked["state"][0]}
    answer = client.get("/accounts/oidc/organisation/login/callback/", left, follow=True)
    assert "You left the log-in" in answer.text
    assert not caplog.records


def test_where_accounts_come_by_it_pages_lead_to_it_and_to_no_sign_up(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.SIGNUP, settings.OIDC_NAME = "sso", "Acme"
    login, signup = client.get("/accounts/login/").text, client.get("/accounts/signup/").text
    assert "No account yet?" not in login
    for page in (login, signup):
        assert "Log in with Acme" in page
        assert "Your first log-in" in page
    settings.SIGNUP = "invite"
    assert "Log in with Acme" not in client.get("/accounts/signup/").text


def test_it_is_named_in_the_settings_and_stays_where_there_is_no_password(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.OIDC_NAME = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["name"]
    ada = make_member("ada@example.org")
    ada.set_unusable_password()
    ada.save()
    provider.log_in(client)
    assert '/accounts/organisation/"' in client.get("/settings/profile/").text
    page = client.get("/accounts/organisation/").text
    assert "Use Acme no more" in page
    account = {"account": SocialAccount.objects.get().pk}
    assert "Set a password first" in client.post("/accounts/organisation/", account).text
    assert SocialAccount.objects.exists()


def test_owners_read_which_settings_are_in_force_and_never_the_secret(
    admin_client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["example.org", "example.com"]
    assert ways_in()[0][2] == "whoever has an address at example.org, example.com"
    assert ways_in()[1][2] == "none"
    settings.SIGNUP, settings.OIDC_SERVER_URL = "sso", "https://login.example.org"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "portal", "hush"
    settings.OIDC_ROLE_CLAIM, settings.OIDC_ROLES = "groups", {"pm": "editor"}
    said = {name: value for name, _, value in ways_in()}
    assert said["BASE_URL"].endswith("/accounts/oidc/organisation/login/callback/")
    assert (said["OIDC_CLIENT_ID"], said["OIDC_ROLES"]) == ("portal", "pm → editor")
    assert (said["OIDC_COHORT_CLAIM"], said["OIDC_EMAIL_TRUSTED"]) == ("none", "those it calls proven")
    monkeypatch.setattr("accounts.admin_site.has_second_factor", lambda request: True)
    row = Organisation.objects.get_or_create()[0]
    page = admin_client.get(f"/admin/accounts/organisation/{row.pk}/change/").text
    assert "https://login.example.org" in page
    assert "hush" not in page


@pytest.mark.parametrize(
    ("door", "opens"), [("open", True), ("sso", True), ("invite", False), ("domains", False)]
)
def test_who_may_make_an_account_is_the_portals_rule(
    client: Client, provider: Provider, settings: Settings, door: str, opens: bool
) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = door, ["example.com"]
    assert (provider.log_in(client).status_code == 302) is opens


def test_whom_a_rule_of_addresses_keeps_out_is_told_so(
    client: Client, provider: Provider, settings: Settings
) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["example.com"]
    page = provider.log_in(client).text
    assert "Your address cannot sign up here" in page
    assert "Sign-up is closed" not in page.split("<main")[1]


def test_a_closed_account_stays_closed(client: Client, provider: Provider, settings: Settings) -> None:
    settings.OIDC_ROLE_CLAIM, settings.OIDC_ROLES = "groups", {"pm": "editor"}
    roles.sync()
    provider.claims["groups"] = ["pm"]
    ada = make_member("ada@example.org", is_active=False)
    provider.log_in(client)
    assert who(client) is None
    assert not roles.of(ada)


# --- what it says -----------------------------------------------------------------------------------------


def test_cohorts_and_roles_follow_each_log_in(client: Client, provider: Provider, settings: Settings) -> None:
    settings.OIDC_COHORT_CLAIM = settings.OIDC_ROLE_CLAIM = "groups"
    settings.OIDC_ROLES = {"pm-editors": "editor"}
    roles.sync()
    cohort = Cohort.objects.create(course=make_course(), name="N", claim="nurses", created_at=now())
    provider.claims["groups"] = ["nurses", "pm-editors", "owner"]
    provider.log_in(client)
    client.post("/accounts/organisation/signup/", PERSON)
    ada = User.objects.get(email="ada@example.org")
    assert CohortMember.objects.get(user=ada).cohort == cohort
    assert (roles.of(ada), ada.is_staff, ada.is_superuser) == (["editor"], True, False)
    client.logout()
    del provider.claims["groups"]
    provider.log_in(client)
    ada.refresh_from_db()
    assert not CohortMember.objects.exists()
    assert (roles.of(ada), ada.is_staff) == ([], False)
    assert AuditLog.objects.filter(action="roles", actor=None).count() == 2


def test_roles_that_the_log_in_cannot_give_are_left_alone(settings: Settings) -> None:
    settings.OIDC_ROLE_CLAIM, settings.OIDC_ROLES = "groups", {"pm": "editor"}
    roles.sync()
    ada = make_member("ada@example.org")
    roles.hand_out(user=ada, roles=["support"], by=None, now=now())
    for said, held in ((["pm"], ["editor", "support"]), ([], ["support"])):
        claims.follow(user=ada, claims={"groups": said}, now=now())
        assert roles.of(ada) == held


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ({"groups": ["a", "b", 3]}, {"a", "b", "3"}),
        ({"groups": "a b"}, {"a b"}),
        ({"groups": {"a": 1}}, set()),
        ({"groups": None}, set()),
        ({"groups": ["", None, ["a"]]}, set()),
        ({}, set()),
    ],
)
def test_a_claim_is_read_as_words(told: dict[str, Any], values: set[str]) -> None:
    assert claims.values(told, "groups") == values


def test_a_role_that_there_is_none_of_stops_the_start(settings: Settings) -> None:
    settings.OIDC_ROLES = {"a": "editor", "b": "emperor"}
    (error,) = checks.given_roles_exist()
    assert "'emperor'" in error.msg


def test_dots_lead_into_a_claim_and_a_name_with_dots_is_read_first() -> None:
    assert claims.values({"realm": {"roles": ["a"]}}, "realm.roles") == {"a"}
    assert claims.values({"https://x.org/roles": ["b"]}, "https://x.org/roles") == {"b"}
    assert claims.values({"realm": ["a"]}, "realm.roles") == frozenset()

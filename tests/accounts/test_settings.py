"""Profile, appearance, and a guest's "Not now"."""

import pytest
from django.test import Client

from accounts import organisation, time_zones
from accounts.models import Organisation, User
from tests.accounts.people import as_guest, make_member

pytestmark = pytest.mark.django_db
PROFILE = {"name": "Ada", "time_zone": "Asia/Kolkata", "theme": "dark"}


def test_name_time_zone_and_appearance_can_be_changed(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    assert client.post("/settings/profile/", PROFILE)["Location"] == "/settings/profile/"
    user.refresh_from_db()
    assert (user.name, user.time_zone, user.theme) == ("Ada", "Asia/Kolkata", "dark")
    assert 'data-theme="dark"' in client.get("/settings/profile/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("time_zone", "Mars/Olympus"), ("theme", "neon"), ("name", "x" * 121)]
)
def test_nonsense_is_told_beside_its_field(client: Client, field: str, value: str) -> None:
    client.force_login(make_member())
    answer = client.post("/settings/profile/", {**PROFILE, field: value})
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not User.objects.filter(**{field: value}).exists()


def test_single_keys_can_be_switched_off_and_on(client: Client) -> None:
    client.force_login(make_member())
    assert 'data-single-keys="off"' not in client.get("/help/").content.decode()
    client.post("/settings/profile/", PROFILE)
    for page in ("/help/", "/settings/profile/"):
        assert 'data-single-keys="off"' in client.get(page).content.decode()
    client.post("/settings/profile/", {**PROFILE, "single_keys": "on"})
    assert 'data-single-keys="off"' not in client.get("/help/").content.decode()


def test_fields_that_are_not_on_the_page_cannot_be_posted(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    client.post("/settings/profile/", {**PROFILE, "is_staff": "on", "email": "eve@example.org"})
    user.refresh_from_db()
    assert not user.is_staff
    assert user.email == "ada@example.org"


def test_the_profile_leads_to_address_password_and_second_step(client: Client) -> None:
    client.force_login(make_member())
    page = client.get("/settings/profile/").content.decode()
    for url in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/settings/reminders/"):
        assert f'href="{url}"' in page


def test_a_visitor_chooses_an_appearance_without_javascript(client: Client) -> None:
    assert client.get("/settings/theme/").status_code == 200
    cookie = client.post("/settings/theme/", {"theme": "dark"}).cookies["theme"]
    assert (cookie.value, cookie["max-age"]) == ("dark", 365 * 24 * 3600)
    assert client.post("/settings/theme/", {"theme": "system"}).cookies["theme"]["max-age"] == 0


def test_a_learners_appearance_is_kept_in_their_row(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    client.post("/settings/theme/", {"theme": "light"})
    user.refresh_from_db()
    assert user.theme == "light"


def test_a_guests_not_now_counts_and_leads_back(client: Client) -> None:
    row = as_guest(client)
    assert client.post("/guest/not-now/", {"next": "/courses/"})["Location"] == "/courses/"
    row.refresh_from_db()
    assert row.keep_asked == 1
    client.post("/guest/not-now/", {"module_done": "1"})
    row.refresh_from_db()
    assert row.keep_asked == 2


def test_not_now_from_htmx_leaves_nothing_behind(client: Client) -> None:
    as_guest(client)
    assert client.post("/guest/not-now/", headers={"hx-request": "true"}).content == b""


def test_not_now_of_a_visitor_or_by_reading_changes_nothing(client: Client) -> None:
    assert client.post("/guest/not-now/").status_code == 302
    assert client.get("/guest/not-now/").status_code == 405
    assert not User.objects.exists()


def test_the_organisation_is_one_row_that_is_made_when_missing() -> None:
    assert organisation.current().name == "Crossroads"
    Organisation.objects.update(name="Sage")
    organisation.forget()
    assert organisation.current().name == "Sage"
    assert Organisation.objects.count() == 1


def test_time_zones_are_places_and_utc() -> None:
    assert {"Europe/Lisbon", "UTC"} <= time_zones.names()
    assert not {"localtime", "posixrules", "Factory", "EST", "GB"} & time_zones.names()
    regions = dict(time_zones.choices())
    assert ("America/New_York", "New York") in regions["America"]


def test_a_shortened_address_leads_to_the_first_section(client: Client) -> None:
    client.force_login(make_member())
    assert client.get("/settings/").headers["Location"] == "/settings/profile/"

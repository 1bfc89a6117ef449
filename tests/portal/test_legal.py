"""Help and the legal pages: there for everyone, the organisation's own words first, gaps said aloud."""

import pytest
from django.core.cache import caches
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from portal import checks

PAGES = ["help", "privacy", "terms", "imprint", "accessibility"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    """The organisation as an operator filled it in."""
    caches["versions"].clear()
    return Organisation.objects.create(
        name="Example School",
        support_email="help@example.org",
        postal_address="1 Example Street",
        imprint_text="## Who\n\nWe **are** it. <script>alert(1)</script>",
    )


@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_read_it(name: str, client: Client) -> None:
    answer = client.get(reverse(f"portal:{name}"))
    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" not in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_can_be_sent_to_it(name: str, client: Client) -> None:
    assert client.post(reverse(f"portal:{name}")).status_code == 405


def test_the_organisations_own_text_replaces_the_shipped_one(
    organisation: Organisation, client: Client
) -> None:
    page = client.get("/imprint/").content.decode()
    assert "We <strong>are</strong> it." in page
    assert "free software under the MIT licence" not in page


def test_an_own_text_cannot_carry_scripts(organisation: Organisation, client: Client) -> None:
    assert "<script>alert" not in client.get("/imprint/").content.decode()


def test_without_an_own_text_the_shipped_one_stands(organisation: Organisation, client: Client) -> None:
    assert "Example School" in client.get("/privacy/").content.decode()


def test_an_empty_organisation_is_warned_of_part_by_part() -> None:
    found = run_checks(tags=[checks.TAG], databases=["default"])
    assert [warning.id for warning in found] == ["portal.W001", "portal.W002", "portal.W003", "portal.W004"]


def test_a_complete_organisation_is_not_warned_of(organisation: Organisation) -> None:
    assert run_checks(tags=[checks.TAG], databases=["default"]) == []


def test_the_ordinary_check_reads_no_database() -> None:
    assert run_checks(tags=[checks.TAG]) == []


def test_the_warnings_can_be_asked_for_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check", tags=[checks.TAG], databases=["default"])
    assert "portal.W003" in capsys.readouterr().err

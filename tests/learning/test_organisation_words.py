"""What certificates and pages say of who runs this portal."""

import io

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts import organisation
from accounts.models import Organisation, User
from learning import certificate_words
from tests.images import picture

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/organisation/True/change/"
TEXTS = {
    "name": "Night School",
    "support_email": "help@example.org",
    "postal_address": "1 Lane",
    "certificate_issuer": "Night School e.V.",
    "certificate_note": "Held for the people of Lisbon.",
    "terms_version": "2",
    "digest_hold_out": "0",
}


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: object) -> Client:
    """A browser of somebody who may change the organisation, and see certificates."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    settings.MEDIA_ROOT = tmp_path
    organisation.forget()
    organisation.current()
    user = User.objects.create_user("owner@example.org", is_staff=True)
    may = Q(codename__endswith="_organisation") | Q(codename="preview_texts")
    user.user_permissions.set(Permission.objects.filter(may))
    client = Client()
    client.force_login(user)
    return client


def send(owner: Client, **more: object) -> str:
    """Save the organisation's form; return the page, or nothing where it was saved."""
    answer = owner.post(PAGE, {**TEXTS, **more})
    return answer.content.decode()


def logo(content: bytes = b"") -> SimpleUploadedFile:
    """A logo to send."""
    return SimpleUploadedFile("logo.png", content or picture("PNG", (900, 300)), "image/png")


def test_a_logo_is_drawn_anew_and_stands_on_certificates(owner: Client) -> None:
    assert send(owner, upload=logo()) == ""
    row = Organisation.objects.get()
    assert row.logo
    assert (row.logo["width"], row.logo["height"], row.logo["widths"]) == (640, 213, [320, 640])
    content, kind = organisation.logo_bytes(row) or (b"", "")
    assert (Image.open(io.BytesIO(content)).size, kind) == ((640, 213), "jpeg")
    made = owner.get("/admin/learning/certificate/preview/")
    assert made["Content-Type"] == "application/pdf"
    assert b"/Subtype /Image" in made.content or b"/Subtype/Image" in made.content
    assert certificate_words.issuer(row) == "Night School e.V."


def test_a_logo_that_is_refused_changes_nothing_and_keeps_what_was_typed(owner: Client) -> None:
    page = send(owner, upload=logo(b"<svg onload=alert(1)>"))
    assert "SVG is refused" in page
    assert "Held for the people of Lisbon." in page
    assert Organisation.objects.get().name == "Crossroads"


def test_a_logo_is_taken_away(owner: Client) -> None:
    send(owner, upload=logo())
    assert "Take the logo away" in owner.get(PAGE).content.decode()
    send(owner, no_logo="on")
    assert Organisation.objects.get().logo is None
    assert "Take the logo away" not in owner.get(PAGE).content.decode()


def test_a_logo_whose_file_is_gone_is_left_out(owner: Client) -> None:
    row = Organisation.objects.get()
    row.logo = {"digest": "0" * 64, "width": 9, "height": 9, "widths": [9], "fallback": "png"}
    assert organisation.logo_bytes(row) is None


def test_words_that_no_font_has_keep_nobody_from_a_certificate(owner: Client) -> None:
    send(owner, certificate_note="漢字")
    assert owner.get("/admin/learning/certificate/preview/").status_code == 200
    send(owner, certificate_issuer="漢字")
    refused = owner.get("/admin/learning/certificate/preview/")
    assert (refused.status_code, "漢字" in refused.content.decode()) == (409, True)


def test_words_for_mails_are_one_short_paragraph(owner: Client) -> None:
    assert send(owner, mail_note=" Ask Ann,\r\n\r\nroom 4. ") == ""
    assert Organisation.objects.get().mail_note == "Ask Ann, room 4."
    page = send(owner, mail_note="long " * 100)
    assert "at most 400 characters" in page
    assert "long long" in page
    assert Organisation.objects.get().mail_note == "Ask Ann, room 4."


def test_the_start_page_says_what_is_missing_until_it_is_there(owner: Client) -> None:
    assert "Nobody can ask for help: there is no support address." in owner.get("/admin/").content.decode()
    send(owner, imprint_text="Night School, 1 Lane.")
    assert "Before others come" not in owner.get("/admin/").content.decode()

"""Reading the mails of an installation without a mail server."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(tmp_path: Path, settings: Settings) -> Path:
    """The folder of an embedded mail sink that has kept one mail."""
    settings.DATA_DIR = tmp_path
    settings.EMBEDDED, settings.LOCAL = frozenset({"mail"}), True
    (tmp_path / "mail").mkdir()
    keep(tmp_path, 1, subject="Your next lesson")
    return tmp_path


def keep(
    folder: Path, number: int, *, subject: str, html: str = "<p style='color: red'>Hello <b>Ada</b></p>"
) -> str:
    mail = EmailMessage()
    mail["Subject"] = subject
    mail["From"] = "Crossroads <crossroads@localhost>"
    mail["To"] = "ada@example.org"
    mail.set_content("Hello Ada, http://testserver/learn/")
    if html:
        mail.add_alternative(html, subtype="html")
    name = f"{1795300000_000_000_000 + number:020d}-1-{number}.eml"
    (folder / "mail" / name).write_bytes(mail.as_bytes())
    return name


def the_mail(kept: Path) -> str:
    return next((kept / "mail").glob("*.eml")).name


def test_the_list_shows_the_newest_first(client: Client, kept: Path) -> None:
    keep(kept, 2, subject="Your code")
    page = client.get(reverse("inbox")).content.decode()
    assert page.index("Your code") < page.index("Your next lesson")


def test_a_mail_shows_its_text_and_frames_its_html(client: Client, kept: Path) -> None:
    name = the_mail(kept)
    page = client.get(reverse("message", args=[name])).content.decode()
    assert "Hello Ada, <a href=" in page
    assert f'src="{reverse("message_html", args=[name])}"' in page
    assert "<b>Ada</b>" not in page


def test_the_html_part_is_a_document_with_its_own_policy(client: Client, kept: Path) -> None:
    answer = client.get(reverse("message_html", args=[the_mail(kept)]))
    assert "<b>Ada</b>" in answer.content.decode()
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_the_other_pages_keep_the_page_policy(client: Client, kept: Path) -> None:
    policy = client.get(reverse("message", args=[the_mail(kept)]))["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_a_mail_without_html_has_no_such_document(client: Client, kept: Path) -> None:
    name = keep(kept, 3, subject="Plain", html="")
    assert client.get(reverse("message_html", args=[name])).status_code == 404
    assert "iframe" not in client.get(reverse("message", args=[name])).content.decode()


def test_an_empty_sink_says_so(client: Client, kept: Path) -> None:
    (kept / "mail" / the_mail(kept)).unlink()
    assert "Nothing has been sent yet." in client.get(reverse("inbox")).content.decode()


@pytest.mark.parametrize("name", ["inbox", "message", "message_html"])
def test_without_the_embedded_sink_there_is_no_such_page(
    client: Client, kept: Path, settings: Settings, name: str
) -> None:
    settings.EMBEDDED = frozenset({"database"})
    args = [] if name == "inbox" else [the_mail(kept)]
    assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize("name", ["inbox", "message", "message_html"])
def test_whom_a_proxy_leads_in_reads_no_mails(
    client: Client, kept: Path, settings: Settings, name: str
) -> None:
    settings.LOCAL = False
    args = [] if name == "inbox" else [the_mail(kept)]
    assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "env", "received.jsonl", ".hidden.eml", "nowhere.eml", "..%2Fenv", "..\\env"]
)
def test_nothing_but_mails_can_be_read(client: Client, kept: Path, name: str) -> None:
    (kept / "env").write_text("SECRET_KEY=canary")
    (kept / "mail" / "received.jsonl").write_text("canary")
    (kept / "mail" / ".hidden.eml").write_text("canary")
    answer = client.get(f"/dev/mail/{name}/")
    assert answer.status_code == 404
    assert b"canary" not in answer.content


def test_a_mail_with_a_broken_subject_is_still_listed(client: Client, kept: Path) -> None:
    path = kept / "mail" / keep(kept, 4, subject="fine")
    path.write_bytes(b"Subject: =?utf-8?q?caf=C3?=\r\nTo: x\r\n\r\nbody\r\n")
    os.utime(path)
    assert client.get(reverse("inbox")).status_code == 200

"""How mails read, for staff who look: none is missing, none is sent, the owner's words are in three kinds."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from accounts import organisation, roles
from accounts.models import AuditLog, Organisation, User
from mailing import kinds
from mailing.clock import now
from mailing.kinds import Example
from mailing.models import OutboxMail
from tests.factories import make_course

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
LIST = "/admin/accounts/organisation/mails/"
CERTIFICATE = "/admin/learning/certificate/preview/"
NOTE = "Ask Ann & <b>Bo</b>, room 4."
ESCAPED = "Ask Ann &amp; &lt;b&gt;Bo&lt;/b&gt;, room 4."
PERSONAL = re.compile(r"/(?:reminders/[uq]|accounts/invitation|settings/privacy/undo)/([^/]+)/")
WITH_NOTE = {"reminder", "reminder_sample", "reminder_test", "certificate", "invitation"}


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    Organisation.objects.update_or_create(singleton=True, defaults={"mail_note": NOTE})
    organisation.forget()
    yield
    organisation.forget()


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> User:
    """An editor with a second factor, who learns nothing here."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    roles.sync()
    user = User.objects.create_user("editor@example.org", name="Ed")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    roles.hand_out(user=user, roles=["editor"], by=None, now=now())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def client(editor: User) -> Client:
    """The editor's browser."""
    client = Client()
    client.force_login(editor)
    return client


def address(example: Example, number: int | None = None) -> str:
    """Where a mail is shown; with a number, one wording alone."""
    if number is None:
        return reverse("admin:accounts_organisation_mail", args=[example.kind, example.name])
    return reverse("admin:accounts_organisation_mail_alone", args=[example.kind, example.name, number])


def test_every_mail_can_be_looked_at_while_its_links_act_for_nobody_and_nothing_is_stored(
    editor: User,
) -> None:
    written: set[str] = set()

    def note(sender: Template, **more: object) -> None:
        written.add(str(sender.name))

    template_rendered.connect(note)
    try:
        with CaptureQueriesContext(connection) as queries:
            for example in kinds.examples():
                messages = example.write(user=editor, now=now())
                assert messages, example.words
                for message in messages:
                    assert message.to_address == editor.email
                    for part in (message.subject, message.text, message.html):
                        assert part.strip()
                        assert "None" not in part
                        assert set(PERSONAL.findall(part)) <= {"preview"}, example.words
    finally:
        template_rendered.disconnect(note)
    assert {example.kind for example in kinds.examples()} == set(settings.MAIL_KINDS)
    subjects = {
        str(path.relative_to(TEMPLATES))
        for pattern in ("*/email/*_subject.txt", "emails/*/*subject.txt")
        for path in TEMPLATES.glob(pattern)
    }
    assert subjects - written == set(), "a mail without an example in settings.MAIL_EXAMPLES"
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_each_mail_has_an_address_of_its_own() -> None:
    names = [(example.kind, example.name) for example in kinds.examples()]
    assert len(names) == len(set(names))


def test_the_owners_words_stand_escaped_in_three_kinds_and_nowhere_else(editor: User) -> None:
    for example in kinds.examples():
        for message in example.write(user=editor, now=now()):
            found = (message.text.count(NOTE), message.html.count(ESCAPED), message.html.count("<b>Bo</b>"))
            assert found == ((1, 1, 0) if example.kind in WITH_NOTE else (0, 0, 0)), example.words


def test_an_empty_note_leaves_no_gap(editor: User) -> None:
    Organisation.objects.update(mail_note="")
    organisation.forget()
    for example in kinds.examples():
        for message in example.write(user=editor, now=now()):
            assert "\n\n\n" not in message.text, example.words


def test_an_editor_sees_the_list_and_each_mail_on_it(client: Client) -> None:
    make_course()
    page = client.get(LIST).content.decode()
    assert ESCAPED in page
    assert "Change them" not in page
    for example in kinds.examples():
        assert f'href="{address(example)}"' in page
        assert escape(str(example.words)) in page
    reminder = kinds.examples()[0]
    shown = client.get(address(reminder)).content.decode()
    assert shown.count(f'src="{address(reminder, 0)}"') == 2
    assert NOTE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in shown
    alone = client.get(address(reminder, 2))
    assert "sandbox" in str(alone["Content-Security-Policy"])
    assert alone["X-Frame-Options"] == "SAMEORIGIN"
    assert not OutboxMail.objects.exists()
    assert set(AuditLog.objects.values_list("action", flat=True)) <= {"roles", "log_in"}


def test_a_mail_or_a_wording_that_is_none_is_not_found(client: Client) -> None:
    code = next(example for example in kinds.examples() if example.name == "login_code")
    assert client.get(address(code, 0)).status_code == 200
    for path in (address(code, 1), f"{LIST}account/nothing/", f"{LIST}reminder/login_code/"):
        assert client.get(path).status_code == 404


def test_the_invented_certificate_is_found_from_the_pages_that_lead_to_it(
    client: Client, editor: User
) -> None:
    course = make_course()
    courses_page = f"/admin/courses/course/{course.pk}/change/"
    assert f'href="{CERTIFICATE}"' not in client.get(courses_page).content.decode(), "it gives none"
    course.certificate = True
    course.save()
    for page in (LIST, courses_page):
        assert f'href="{CERTIFICATE}"' in client.get(page).content.decode()
    made = client.get(CERTIFICATE)
    assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    roles.hand_out(user=editor, roles=["owner"], by=None, now=now())
    page = client.get("/admin/accounts/organisation/True/change/").content.decode()
    assert f'href="{CERTIFICATE}"' in page
    assert f'href="{LIST}"' in page
    assert client.get(LIST).content.decode().count('aria-current="page"') == 1, "one place in the sidebar"

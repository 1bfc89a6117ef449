"""Every mail about an account: in our words, with the same links in both forms and the sender in its foot."""

import re
from datetime import timedelta
from pathlib import Path

import allauth
import pytest
from django.conf import settings
from django.test import Client

from accounts import mails
from accounts.mails import AccountMail
from accounts.models import Organisation, User
from mailing import outbox
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import ADDRESS, PASSWORD, make_member, newest_code

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
PREFIXES = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt")
    for path in TEMPLATES.glob("*/email/*_subject.txt")
)
CONTEXT = {
    "code": "123456",
    "as_guest": True,
    "from_email": "old@example.org",
    "to_email": "new@example.org",
    "deleted_email": "old@example.org",
    "undo_url": f"{settings.BASE_URL}/settings/privacy/undo/1-2:signed/",
    "erase_on": "29 November 2026",
    "until": "29 November 2026",
}


def put(prefix: str = "account/email/login_code", email: str = ADDRESS) -> OutboxMail:
    """Put one mail into the outbox."""
    return mails.put(prefix, email=email, context=CONTEXT, now=now())


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_mail_says_the_same_in_text_and_html(prefix: str) -> None:
    Organisation.objects.create(
        name="Sage & Söhne", postal_address="1 Mill Lane\nNorwich", support_email="s@x.org"
    )
    message = AccountMail().render(put(prefix), now=now())
    links = re.findall(r"https?://[^\s<\"]+", message.text)
    assert set(links) == set(re.findall(r'href="([^"]+)"', message.html))
    assert all(link.startswith(settings.BASE_URL) for link in links)
    assert "Sage & Söhne\n1 Mill Lane\nNorwich\ns@x.org" in message.text
    assert "Sage &amp; Söhne<br>1 Mill Lane<br>Norwich<br>s@x.org" in message.html
    assert message.subject == message.subject.strip()
    assert "\n" not in message.subject
    for words in (message.subject, message.text, visible(message.html)):
        assert "{" not in words
        assert "None" not in words
        assert "!" not in words


def visible(html: str) -> str:
    """The words of a mail, without marks and styles."""
    return re.sub(r"(?s)<style.*?</style>|<!--.*?-->|<[^>]+>", " ", html)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_mail_loads_nothing(prefix: str) -> None:
    html = AccountMail().render(put(prefix), now=now()).html
    assert not re.search(r"<img|<link|<script|url\(|src=", html)


def test_every_mail_that_allauth_can_send_is_ours() -> None:
    theirs = Path(allauth.__file__).parent / "templates"
    names = {
        str(path.relative_to(theirs)).removesuffix("_subject.txt")
        for app in ("account", "mfa")
        for path in theirs.glob(f"{app}/email/*_subject.txt")
    }
    switched_off = {  # what is sent by link, and what security keys send
        "account/email/email_confirm",
        "account/email/password_reset_key",
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
    }
    assert names - switched_off <= set(PREFIXES)


def test_a_code_goes_first_and_is_not_sent_when_it_is_old() -> None:
    mail = put()
    assert mail.priority == OutboxMail.Priority.CODE
    assert mail.not_after == mail.created_at + timedelta(minutes=15)
    assert put("account/email/password_changed").priority == OutboxMail.Priority.TRANSACTIONAL


def test_only_the_newest_code_of_a_kind_is_sent() -> None:
    make_member()
    old, other, new = put(), put("account/email/password_reset_code"), put()
    assert AccountMail().recheck([old, other, new], now=now()) == {
        old.id: "a newer code was asked for",
        other.id: None,
        new.id: None,
    }


def test_codes_of_strangers_do_not_replace_each_other() -> None:
    first, second = put(email="a@example.org"), put(email="b@example.org")
    assert set(AccountMail().recheck([first, second], now=now()).values()) == {None}


def test_a_new_password_is_told_by_mail(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    new = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    client.post("/accounts/password/change/", new)
    mail = OutboxMail.objects.get()
    assert outbox.decrypt(mail)["template_prefix"] == "account/email/password_changed"
    assert mail.user == user


def test_a_new_address_is_proven_by_code_and_the_old_one_is_told(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    user.refresh_from_db()
    assert user.email == ADDRESS
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    user.refresh_from_db()
    assert user.email == "new@example.org"
    told = OutboxMail.objects.get(slot__startswith="email_changed:")
    assert told.to_address == ADDRESS


def test_nobody_takes_the_address_of_another(client: Client) -> None:
    make_member("bob@example.org")
    client.force_login(user := make_member())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"action_add": "", "email": "bob@example.org"})
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    assert User.objects.get(pk=user.pk).email == ADDRESS

"""Leavers: a list of addresses is looked at line by line, then their accounts are closed together."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts import leavers
from accounts.address_lists import Line
from accounts.models import AuditLog, Invitation, InvitationWave, LeaverList, User
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import PASSWORD, make_member
from tests.learning.reminding import put_reminder

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/leaverlist/add/"
DAY = timedelta(days=1)


@pytest.fixture
def owner() -> User:
    """Somebody who may close accounts, those of staff too."""
    owner = User.objects.create_user("owner@example.org", is_staff=True)
    names = ("add_leaverlist", "view_leaverlist", "assign_roles")
    owner.user_permissions.set(Permission.objects.filter(codename__in=names))
    return owner


@pytest.fixture
def browser(client: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The owner's browser."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(owner)
    return client


def close(*people: User, by: User, erase: bool = False) -> LeaverList | None:
    return leavers.close(people=people, left_out=0, with_staff=False, erase=erase, actor=by, now=now())


def test_each_line_says_what_becomes_of_it(owner: User) -> None:
    make_member("ada@example.org")
    make_member("closed@example.org", is_active=False)
    make_member("asleep@example.org", is_active=False, erase_at=now() + DAY)
    make_member("staff@example.org", is_staff=True)
    make_member("all@example.org", is_superuser=True)
    names = ("Ada", "ada", "who", "closed", "asleep", "owner", "staff", "all")
    lines = [Line(number, f"{name}@example.org") for number, name in enumerate(names, start=1)]
    checked = leavers.check(lines, actor=owner, with_staff=False)
    assert list(checked.good) == ["ada@example.org"]
    assert checked.left_out == 7
    assert [each.why.split()[0] + " " + each.why.split()[-1] for each in checked.told] == [
        "Closed: mails.",
        "It already.",
        "No address.",
        "It already.",
        "It already.",
        "It own.",
        "It staff.",
        "It first.",
    ]
    spared = leavers.check(lines, actor=owner, with_staff=True)
    assert list(spared.good) == ["ada@example.org", "staff@example.org"]


def test_whoever_was_invited_and_has_left_cannot_come_any_more(browser: Client, owner: User) -> None:
    make_member("ada@example.org")
    wave = InvitationWave.objects.create(
        label="W", per_hour=9, starts_at=now(), time_zone="UTC", created_by=owner, created_at=now()
    )
    for address in ("Bo@example.org", "stays@example.org"):
        Invitation.objects.create(wave=wave, email=address, created_at=now())
    typed = {"addresses": "bo@example.org\nBO@example.org\nnobody@example.org", "spare_staff": "on"}
    page = browser.post("/admin/accounts/leaverlist/add/", typed).text
    assert "No account yet: the invitation is taken back." in page
    assert "Close or take back 1" in page
    assert not Invitation.objects.exclude(revoked_at=None).exists(), "looking changes nothing"
    typed |= {"addresses": "ada@example.org\nbo@example.org", "do": "yes"}
    said = browser.post("/admin/accounts/leaverlist/add/", typed, follow=True).text
    assert "1 account is closed." in said
    assert "1 invitation is taken back." in said
    assert [row.email for row in Invitation.objects.exclude(revoked_at=None)] == ["Bo@example.org"]


def test_a_closed_account_is_logged_out_gets_no_mail_and_cannot_come_back(
    client: Client, owner: User
) -> None:
    ada = make_member("ada@example.org")
    client.force_login(ada)
    put_reminder(ada, now=now())
    made = close(ada, by=owner)
    assert made
    assert (made.closed, made.erase_at) == (1, None)
    assert client.get("/settings/profile/").status_code == 302
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.reason, mail.to_address) == ("skipped", "the account is closed", None)
    client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    assert client.get("/settings/profile/").status_code == 302


def test_an_invitation_of_the_address_is_taken_back(owner: User) -> None:
    ada = make_member("ada@example.org")
    wave = InvitationWave.objects.create(label="A", starts_at=now(), created_at=now())
    row = Invitation.objects.create(wave=wave, email="ada@example.org", created_at=now())
    close(ada, by=owner)
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_closing_again_closes_nothing_and_keeps_no_second_list(owner: User) -> None:
    ada = make_member("ada@example.org")
    assert close(ada, by=owner)
    assert close(ada, by=owner) is None
    row = AuditLog.objects.get(action="leavers.close")
    assert (row.actor, row.after) == (owner, {"users": [ada.pk], "erase": False, "invitations": 0})


def test_who_became_staff_since_the_list_was_looked_at_is_left_out(owner: User) -> None:
    ada, bob = make_member("ada@example.org"), make_member("bob@example.org")
    User.objects.filter(pk=ada.pk).update(is_staff=True)
    made = close(ada, bob, by=owner)
    assert made
    assert [row.user for row in made.leavers.all()] == [bob]


def test_leavers_are_erased_after_thirty_days_but_not_who_was_let_in_again(owner: User) -> None:
    ada, bob = make_member("ada@example.org"), make_member("bob@example.org")
    close(ada, bob, by=owner, erase=True)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert leavers.erase_due(now=now() + 29 * DAY) == 0
    assert leavers.erase_due(now=now() + 31 * DAY) == 1
    assert list(User.objects.exclude(pk=owner.pk)) == [bob]
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert leavers.erase_due(now=now() + 31 * DAY) == 0


def test_erasing_can_be_called_off_until_it_is_due(owner: User) -> None:
    ada = make_member("ada@example.org")
    made = close(ada, by=owner, erase=True)
    assert made
    assert leavers.keep(leaver_list=made, actor=owner, now=now())
    assert not leavers.keep(leaver_list=made, actor=owner, now=now())
    assert leavers.erase_due(now=now() + 31 * DAY) == 0


def test_the_page_shows_what_would_happen_before_it_happens(browser: Client) -> None:
    ada = make_member("ada@example.org")
    form: dict[str, Any] = {"addresses": "ada@example.org\nwho@example.org", "spare_staff": "on"}
    page = browser.post(ADD, {**form, "look": "yes"}).content.decode()
    assert "1 will be closed, 1 not. Nothing is done yet." in page
    assert "No account has this address." in page
    assert not LeaverList.objects.exists()
    for _ in range(2):  # the second finds nobody to close, and says so
        page = browser.post(ADD, {**form, "do": "yes"}, follow=True).content.decode()
    assert "0 will be closed, 2 not." in page
    ada.refresh_from_db()
    assert not ada.is_active
    made = LeaverList.objects.get()
    assert (made.closed, made.left_out) == (1, 1)
    browser.post("/admin/accounts/leaverlist/", {"action": "keep", "_selected_action": [made.pk]})


def test_only_who_hands_out_roles_closes_accounts_of_staff(browser: Client, owner: User) -> None:
    staff = make_member("staff@example.org", is_staff=True)
    owner.user_permissions.remove(Permission.objects.get(codename="assign_roles"))
    browser.post(ADD, {"addresses": staff.email, "do": "yes"})
    assert User.objects.get(pk=staff.pk).is_active
    owner.user_permissions.add(Permission.objects.get(codename="assign_roles"))
    browser.post(ADD, {"addresses": staff.email, "do": "yes"})
    assert not User.objects.get(pk=staff.pk).is_active


def test_without_the_right_nothing_is_closed(browser: Client, owner: User) -> None:
    ada = make_member("ada@example.org")
    owner.user_permissions.clear()
    assert browser.post(ADD, {"addresses": ada.email, "do": "yes"}).status_code == 403
    assert User.objects.get(pk=ada.pk).is_active

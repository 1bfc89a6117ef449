"""Roles: five fixed sets of rights, handed out by owners, in words, and never to oneself."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts import roles
from accounts.models import AuditLog, User
from mailing.clock import now
from tests.accounts.people import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    roles.sync()


def holder(role: str, email: str = "") -> User:
    """Make somebody with a role."""
    user = make_member(email or f"{role}@example.org")
    roles.hand_out(user=user, roles=[role], by=None, now=now())
    return User.objects.get(pk=user.pk)


def browser(user: User) -> Client:
    """A browser in which somebody is logged in."""
    client = Client()
    client.force_login(user)
    return client


def change(client: Client, user: User, **fields: object) -> int:
    """Send the form of a person's page."""
    data = {"name": user.name, "time_zone": user.time_zone, "locale": "en", "is_active": "on", **fields}
    return client.post(f"/admin/accounts/user/{user.pk}/change/", data).status_code


def test_every_right_that_is_named_is_there_and_the_groups_have_just_these() -> None:
    stray = Permission.objects.get(codename="delete_organisation")
    Group.objects.get(name="analyst").permissions.add(stray)
    roles.sync()
    for role in roles.ROLES:
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == roles.rights_of(role), role


def test_a_right_that_no_table_has_stops_the_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.RIGHTS, "courses.lessson", {"editor": "view"})
    with pytest.raises(LookupError, match=r"courses\.view_lessson"):
        roles.sync()


def test_an_owner_may_everything_without_being_a_superuser() -> None:
    owner = holder(roles.OWNER)
    assert not owner.is_superuser
    assert owner.has_perms(roles.rights_of(roles.OWNER))
    assert Permission.objects.count() == len(roles.rights_of(roles.OWNER))


def test_the_other_roles_hand_out_nothing_and_see_no_log_of_what_staff_did() -> None:
    for role in set(roles.ROLES) - {roles.OWNER}:
        assert not roles.rights_of(role) & {
            roles.MAY_ASSIGN,
            "accounts.view_auditlog",
            "accounts.delete_user",
            "accounts.change_organisation",
        }, role


def test_an_owner_hands_out_roles_in_words() -> None:
    owner, person = holder(roles.OWNER), make_member("ed@example.org")
    client = browser(owner)
    page = client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
    assert "Editor: writes and publishes" in page
    assert change(client, person, roles=["editor", "analyst"]) == 302
    person.refresh_from_db()
    assert (roles.of(person), person.is_staff) == (["editor", "analyst"], True)
    row = AuditLog.objects.get(action="roles", actor=owner)
    assert (row.object_id, row.before, row.after) == (
        str(person.pk),
        {"roles": []},
        {"roles": ["editor", "analyst"]},
    )
    assert change(client, person) == 302
    person.refresh_from_db()
    assert (roles.of(person), person.is_staff) == ([], False)


def test_a_persons_page_speaks_of_them_and_not_to_them() -> None:
    person = make_member("ed@example.org")
    form = browser(holder(roles.OWNER)).get(f"/admin/accounts/user/{person.pk}/change/").context["adminform"]
    said = [f"{field.label} {field.help_text}" for field in form.form]
    assert not [words for words in said if re.search(r"\byour?\b", words, re.IGNORECASE)]


def test_nobody_hands_out_roles_to_themself_not_even_an_owner() -> None:
    owner = holder(roles.OWNER)
    client = browser(owner)
    page = client.get(f"/admin/accounts/user/{owner.pk}/change/").content.decode()
    assert 'name="roles"' not in page
    assert str(roles.ROLES[roles.OWNER]) in page
    assert change(client, owner, roles=["editor"], name="Olu") == 302
    owner.refresh_from_db()
    assert (owner.name, roles.of(owner)) == ("Olu", [roles.OWNER])
    with pytest.raises(roles.NotAllowed, match="themself"):
        roles.hand_out(user=owner, roles=["editor"], by=owner, now=now())


def test_nobody_below_an_owner_hands_out_roles_or_closes_accounts() -> None:
    support, person = holder("support"), make_member("ed@example.org")
    assert change(browser(support), person, roles=[roles.OWNER], is_active="", is_superuser="on") == 302
    person.refresh_from_db()
    assert (roles.of(person), person.is_staff, person.is_superuser, person.is_active) == (
        [],
        False,
        False,
        True,
    )
    with pytest.raises(roles.NotAllowed, match="Only an owner"):
        roles.hand_out(user=person, roles=["support"], by=support, now=now())


def test_no_form_makes_a_superuser() -> None:
    person = make_member("ed@example.org")
    change(browser(holder(roles.OWNER)), person, roles=["editor"], is_superuser="on", is_staff="on")
    person.refresh_from_db()
    assert not person.is_superuser


def test_who_has_lost_the_last_role_is_out_on_the_very_next_click() -> None:
    editor = holder("editor")
    client = browser(editor)
    assert client.get("/admin/courses/lesson/").status_code == 200
    roles.hand_out(user=editor, roles=[], by=holder(roles.OWNER), now=now())
    assert client.get("/admin/courses/lesson/").status_code in (302, 403)

"""The mail queue in the admin: found by state, kind, domain and reason; what failed is sent again."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditLog, User
from mailing import resending
from mailing.clock import now
from mailing.models import Heartbeat, MailControl, OutboxMail, Suppression
from tests.accounts.people import make_member

pytestmark = pytest.mark.django_db
QUEUE = "/admin/mailing/outboxmail/"


def make_mail(user: User | None, **fields: object) -> OutboxMail:
    words = {
        "kind": "certificate",
        "slot": "certificate:0197",
        "priority": 3,
        "state": "failed",
        "reason": "550 at RCPT",
        "due_at": now(),
        "next_try_at": now(),
        "created_at": now(),
        "epoch": 1,
    }
    return OutboxMail.objects.create(user=user, **(words | fields))


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody on the staff who may look at mails and send them again."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user(email="staff@elsewhere.org", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_outboxmail"))
    client.force_login(user)
    return client


def listed(staff: Client, **query: str) -> list[str]:
    """The slots that the queue lists for these filters."""
    found = staff.get(QUEUE, query).context["cl"].result_list
    return sorted(mail.slot for mail in found)


def test_the_queue_is_found_by_state_kind_reason_and_domain(staff: Client) -> None:
    make_mail(make_member("ada@example.org"), slot="a:1")
    make_mail(
        make_member("bob@other.example"), slot="b:1", state="skipped", reason="too_soon", kind="reminder"
    )
    make_mail(None, slot="c:1", state="pending", reason="", to_address="cy@other.example", kind="account")
    assert listed(staff, state__exact="failed") == ["a:1"]
    assert listed(staff, kind="reminder") == ["b:1"]
    assert listed(staff, reason__icontains="550") == ["a:1"]
    assert listed(staff, domain="other.example") == ["b:1", "c:1"]
    assert listed(staff, domain="@EXAMPLE.org") == ["a:1"]
    assert listed(staff, domain="le.org") == []


def test_the_queue_names_domains_and_no_address(staff: Client) -> None:
    make_mail(make_member("ada@example.org"))
    page = staff.get(QUEUE).content.decode()
    assert "example.org" in page
    assert "ada@example.org" not in page


def test_a_failed_mail_goes_again_in_a_slot_of_its_own_and_the_log_has_both_ids(staff: Client) -> None:
    failed = make_mail(make_member())
    staff.post(QUEUE, {"action": "send_again", "_selected_action": [failed.pk]})
    fresh = OutboxMail.objects.exclude(pk=failed.pk).get()
    assert (fresh.slot, fresh.state, fresh.priority) == ("certificate~2:0197", "pending", 3)
    failed.refresh_from_db()
    assert failed.state == "failed"
    row = AuditLog.objects.get(action="mail.send_again")
    assert row.after == {"from": [str(failed.pk)], "to": [str(fresh.pk)]}


def test_pressed_twice_it_goes_once_more_only(staff: Client) -> None:
    failed = make_mail(make_member())
    for _ in range(2):
        staff.post(QUEUE, {"action": "send_again", "_selected_action": [failed.pk]})
    assert OutboxMail.objects.count() == 2
    OutboxMail.objects.filter(slot="certificate~2:0197").update(state="unknown")
    assert [mail.slot for mail in resending.resend([failed], now=now())] == ["certificate~3:0197"]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "account", "slot": "login_code:1"},
        {"kind": "reminder", "slot": "reminder:2026-11-21"},
        {"state": "sent"},
        {"state": "skipped"},
        {"kind": "gone"},
    ],
)
def test_codes_reminders_and_what_did_not_fail_are_left_alone(staff: Client, fields: dict[str, str]) -> None:
    mail = make_mail(make_member(), **fields)
    page = staff.post(QUEUE, {"action": "send_again", "_selected_action": [mail.pk]}, follow=True)
    assert "1 not: only mails about certificates" in page.content.decode()
    assert OutboxMail.objects.count() == 1


def test_who_may_only_look_cannot_send_again(staff: Client) -> None:
    User.objects.get(is_staff=True).user_permissions.remove(
        Permission.objects.get(codename="change_outboxmail")
    )
    failed = make_mail(make_member())
    staff.post(QUEUE, {"action": "send_again", "_selected_action": [failed.pk]})
    assert OutboxMail.objects.count() == 1


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody with every right there is."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def test_what_machines_write_nobody_adds_changes_or_deletes_by_hand(owner: Client) -> None:
    mail = make_mail(make_member())
    Heartbeat.objects.create(name="beat", at=now())
    beats = "/admin/mailing/heartbeat/"
    assert "beat" in owner.get(beats).text
    for address, key in ((QUEUE, mail.pk), (beats, "beat")):
        assert owner.get(f"{address}{key}/change/").status_code == 200
        assert owner.get(f"{address}add/").status_code == 403
        assert owner.post(f"{address}{key}/change/", {"name": "other", "slot": "other"}).status_code == 403
        assert owner.post(f"{address}{key}/delete/", {"post": "yes"}).status_code == 403
    assert (OutboxMail.objects.get(), Heartbeat.objects.get().name) == (mail, "beat")


def test_a_suppressed_address_is_lifted_by_hand_but_never_named_or_added(owner: Client) -> None:
    Suppression.objects.create(
        address_hmac="0123456789abcdef", scope="reminders", source="bounce", created_at=now()
    )
    address = "/admin/mailing/suppression/"
    assert "01234567… (reminders)" in owner.get(address).text
    assert owner.get(f"{address}add/").status_code == 403
    assert owner.post(f"{address}0123456789abcdef/delete/", {"post": "yes"}).status_code == 302
    assert not Suppression.objects.exists()


def test_the_switches_of_sending_are_one_row_that_stays(owner: Client) -> None:
    address = "/admin/mailing/mailcontrol/"
    assert "Mail control" in owner.get(address).text
    assert owner.get(f"{address}add/").status_code == 403
    assert owner.post(f"{address}True/delete/", {"post": "yes"}).status_code == 403
    assert MailControl.objects.get().epoch == 1

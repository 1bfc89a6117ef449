"""Invitations: uploaded with a dry run, written to in waves by day, each good for one sign-up by its link."""

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts import address_lists, invitation_lists, invitations, mails
from accounts.address_lists import Line, UnreadableError
from accounts.models import AuditLog, Invitation, InvitationWave, User
from mailing import delivery, encryption, states
from mailing.models import OutboxMail, Suppression
from tests.accounts.people import as_guest, make_member
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERSON = {"name": "Ada", "old_enough": "on", "accept_terms": "on", "time_zone": "Europe/Lisbon"}
ADD = "/admin/accounts/invitationwave/add/"


def invite(addresses: Iterable[str] = ("ada@example.org",), **fields: Any) -> InvitationWave:
    words: dict[str, Any] = {"label": "Autumn", "per_hour": 100, "starts_at": NOON, "time_zone": "UTC"}
    return invitations.invite(addresses=addresses, actor=None, now=NOON, **(words | fields))


def link(row: Invitation | None = None) -> str:
    return invitations.url((row or Invitation.objects.get()).pk).removeprefix("http://testserver")


# --- the list ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org\nbob@example.org\n",
        "\ufeffName;E-Mail\r\nAda;ada@example.org\r\nBob;bob@example.org",
        "email,name\nada@example.org,Ada\nbob@example.org,Bob",
        "ada@example.org\tAda\n\nbob@example.org\tBob\n",
    ],
)
def test_a_list_is_one_address_a_line_or_a_csv(text: str) -> None:
    assert [line.address for line in address_lists.read(text)] == ["ada@example.org", "bob@example.org"]


@pytest.mark.parametrize("text", ["", "\n\n", "email\n", 'ada@example.org\n"open', "a@b.org\n" * 10_001])
def test_what_is_no_list_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"\w"):
        address_lists.read(text)


@pytest.mark.parametrize(("text", "line"), [('a@b.org\n"c"@b.org\nd@b.org\n', 2), ('a@b.org\n\n"open\n', 3)])
def test_the_line_that_cannot_be_read_is_named(text: str, line: int) -> None:
    with pytest.raises(UnreadableError, match=f"Line {line} cannot be read"):
        address_lists.read(text)


def test_each_line_that_is_left_out_says_why() -> None:
    invite(["invited@example.org"])
    make_member("Member@example.org")
    Suppression.objects.create(
        address_hmac=encryption.address_hashes("bounced@example.org")[0],
        scope="reminders",
        source="bounce",
        created_at=NOON,
    )
    names = ["New", "new", "invited", "MEMBER", "bounced"]
    lines = [Line(number, f"{name}@example.org") for number, name in enumerate(names, start=1)]
    checked = invitation_lists.check([*lines, Line(6, "not an address")], now=NOON)
    assert checked.good == ["new@example.org"]
    assert [(refused.line.number, refused.why.split()[-1]) for refused in checked.refused] == [
        (2, "already."),
        (3, "already."),
        (4, "account."),
        (5, "there."),
        (6, "address."),
    ]


# --- the waves --------------------------------------------------------------------------------------------


def test_no_more_than_the_hours_number_is_queued_in_any_hour() -> None:
    invite([f"p{number}@example.org" for number in range(5)], per_hour=2)
    counts = [
        invitations.plan(now=NOON + timedelta(minutes=minutes)) for minutes in (0, 1, 59, 61, 62, 122, 190)
    ]
    assert counts == [2, 0, 0, 2, 0, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_planners_at_once_queue_as_many_as_one() -> None:
    invite([f"p{number}@example.org" for number in range(9)], per_hour=3)
    together = threading.Barrier(4)

    def plan() -> None:
        together.wait()
        invitations.plan(now=NOON)
        connection.close()

    planners = [threading.Thread(target=plan) for _ in range(4)]
    for planner in planners:
        planner.start()
    for planner in planners:
        planner.join()
    assert OutboxMail.objects.count() == Invitation.objects.filter(queued_at=NOON).count() == 3


def test_sending_again_does_not_make_more_room() -> None:
    invite(["ada@example.org", "bob@example.org"], per_hour=1)
    invitations.plan(now=NOON)
    OutboxMail.objects.update(state="failed", to_address=None, locale=None)
    invitations.send_again(Invitation.objects.all())
    assert invitations.plan(now=NOON + timedelta(minutes=5)) == 0
    assert invitations.plan(now=NOON + timedelta(minutes=61)) == 1


@pytest.mark.parametrize(
    ("zone", "hour", "planned"),
    [
        ("UTC", 7, 0),
        ("UTC", 8, 1),
        ("UTC", 20, 1),
        ("UTC", 21, 0),
        ("Asia/Tokyo", 12, 0),
        ("Asia/Tokyo", 0, 1),
    ],
)
def test_invitations_leave_by_day_on_the_clock_of_the_wave(zone: str, hour: int, planned: int) -> None:
    invite(time_zone=zone, starts_at=NOON - timedelta(days=2))
    assert invitations.plan(now=NOON.replace(hour=hour)) == planned


def test_before_its_first_hour_a_wave_waits() -> None:
    invite(starts_at=NOON + timedelta(minutes=1))
    assert invitations.plan(now=NOON) == 0


def test_what_could_not_leave_by_the_evening_waits_for_the_next_day(sink: MailSink) -> None:
    invite()
    invitations.plan(now=NOON)
    assert OutboxMail.objects.get().not_after == NOON.replace(hour=21)
    OutboxMail.objects.update(state="expired", reason="too late", to_address=None, locale=None)
    assert invitations.plan(now=NOON + timedelta(days=1)) == 1
    assert delivery.drain(now=NOON + timedelta(days=1)) == {"accepted": 1}
    assert sink.recipients() == ["ada@example.org"]


def test_codes_leave_before_invitations() -> None:
    invite([f"p{number}@example.org" for number in range(3)])
    invitations.plan(now=NOON)
    mails.put("account/email/login_code", email="bob@example.org", context={"code": "123456"}, now=NOON)
    assert [mail.kind for mail in states.claim(epoch=1, now=NOON)][:2] == ["account", "invitation"]


def test_the_mail_carries_the_link_and_who_sends_it(sink: MailSink) -> None:
    invite()
    invitations.plan(now=NOON)
    delivery.drain(now=NOON)
    (mail,) = sink.messages()
    assert mail["Subject"] == "Your invitation to Crossroads"
    text, html = (part.get_content() for part in mail.iter_parts())
    for part in (text, html):
        assert link() in part
        assert "until 7 December 2026" in part
        assert "gave us your address to invite you" in part


@pytest.mark.parametrize(
    ("happens", "reason"), [("revoke", "revoked"), ("account", "has_account"), ("forget", "erased")]
)
def test_a_mail_that_is_not_wanted_any_more_does_not_leave(sink: MailSink, happens: str, reason: str) -> None:
    invite()
    invitations.plan(now=NOON)
    if happens == "revoke":
        invitations.revoke(Invitation.objects.all(), now=NOON)
    elif happens == "account":
        make_member()
    else:
        Invitation.objects.all().delete()
    assert delivery.drain(now=NOON) == {"skipped": 1}
    assert OutboxMail.objects.get().reason == reason


def test_a_mail_under_way_is_not_sent_again() -> None:
    invite()
    invitations.plan(now=NOON)
    assert invitations.send_again(Invitation.objects.all()) == 0
    OutboxMail.objects.update(state="sent", to_address=None, locale=None)
    assert invitations.send_again(Invitation.objects.all()) == 1


def test_an_address_that_did_not_come_is_forgotten_thirty_days_after_its_invitation_expired() -> None:
    invite()
    invitations.plan(now=NOON)
    assert invitations.forget(now=NOON + timedelta(days=44)) == 0
    assert invitations.forget(now=NOON + timedelta(days=45)) == 1


# --- the link ---------------------------------------------------------------------------------------------


@pytest.fixture
def invited(settings: Settings) -> Iterable[Invitation]:
    """An invitation whose mail has gone, where nobody else may sign up; it is noon."""
    settings.SIGNUP = "invite"
    invite()
    invitations.plan(now=NOON)
    with time_machine.travel(NOON, tick=False):
        yield Invitation.objects.get()


def test_the_link_makes_an_account_with_a_proven_address_and_logs_in(
    client: Client, invited: Invitation
) -> None:
    answer = client.post(link(invited), PERSON)
    assert answer["Location"] == "/dashboard/"
    user = User.objects.get()
    assert (user.email, user.name, user.time_zone) == ("ada@example.org", "Ada", "Europe/Lisbon")
    assert (user.accepted_terms_version, user.accepted_terms_at) == ("1", NOON)
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)
    invited.refresh_from_db()
    assert (invited.user, invited.accepted_at) == (user, NOON)


def test_looking_at_the_link_changes_nothing(client: Client, invited: Invitation) -> None:
    assert "It is for ada@example.org." in client.get(link(invited)).content.decode()
    assert not User.objects.exists()


def test_without_the_boxes_nothing_is_made_and_what_was_typed_stays(
    client: Client, invited: Invitation
) -> None:
    page = client.post(link(invited), {"name": "Ada"}).content.decode()
    assert 'value="Ada"' in page
    assert "Without it we cannot make an account." in page
    assert not User.objects.exists()


def test_what_a_guest_did_comes_along(client: Client, invited: Invitation) -> None:
    assert "comes with you" not in client.get(link(invited)).text
    guest = as_guest(client)
    assert "What you have done so far comes with you." in client.get(link(invited)).text
    client.post(link(invited), PERSON)
    assert User.objects.get().pk == guest.pk


def test_a_used_link_leads_to_the_log_in(client: Client, invited: Invitation) -> None:
    client.post(link(invited), PERSON)
    client.logout()
    answer = client.post(link(invited), PERSON)
    assert answer.status_code == 410
    assert "There is an account with this address" in answer.content.decode()
    assert User.objects.count() == 1


def test_a_link_that_was_taken_back_expired_or_altered_opens_nothing(
    client: Client, invited: Invitation
) -> None:
    altered = link(invited).replace("/1:", "/2:")[:-3] + "x/"
    assert client.get(altered).status_code == 410
    invitations.revoke(Invitation.objects.all(), now=NOON)
    assert "was taken back" in client.post(link(invited), PERSON).content.decode()
    Invitation.objects.update(revoked_at=None, expires_at=NOON)
    assert "has expired" in client.post(link(invited), PERSON).content.decode()
    assert not User.objects.exists()


def test_the_sign_up_itself_stays_closed(client: Client, invited: Invitation) -> None:
    assert "Sign-up is closed here" in client.get("/accounts/signup/").content.decode()


# --- the admin --------------------------------------------------------------------------------------------


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody on the staff who may invite."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user(email="staff@example.org", is_staff=True, time_zone="Europe/Berlin")
    user.user_permissions.set(Permission.objects.filter(codename__endswith="invitation"))
    user.user_permissions.add(*Permission.objects.filter(codename__endswith="invitationwave"))
    client.force_login(user)
    return client


FORM = {"label": "Autumn", "per_hour": "50", "starts_at": "2026-11-24 09:00"}


def test_a_list_is_looked_at_before_anything_is_kept(staff: Client) -> None:
    file = SimpleUploadedFile("people.csv", b"email\nada@example.org\nnonsense\n")
    page = staff.post(ADD, {**FORM, "file": file, "look": "yes"}).content.decode()
    assert "1 can be invited, 1 cannot." in page
    assert "This is no e-mail address." in page
    assert not InvitationWave.objects.exists()
    staff.post(ADD, {**FORM, "addresses": "ada@example.org", "do": "yes"})
    wave = InvitationWave.objects.get()
    assert (wave.per_hour, wave.time_zone) == (50, "Europe/Berlin")
    assert wave.starts_at == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert Invitation.objects.get().email == "ada@example.org"
    row = AuditLog.objects.get(action="invitations.upload")
    assert row.after == {"invitations": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"addresses": ""}, "There is no address in it."),
        ({"addresses": "a@b.org", "per_hour": "0"}, "greater than or equal to 1"),
        ({"addresses": "a@b.org", "label": ""}, "This field is required."),
        ({"file": SimpleUploadedFile("x.csv", b"\xff\xfe\x00")}, "not in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(staff: Client, wrong: dict[str, Any], said: str) -> None:
    page = staff.post(ADD, {**FORM, **wrong, "do": "yes"}).content.decode()
    assert said in page
    assert not InvitationWave.objects.exists()


def test_staff_revoke_and_send_again_and_the_log_has_the_ids_alone(staff: Client) -> None:
    invite()
    row = Invitation.objects.get()
    assert "waiting" in staff.get("/admin/accounts/invitation/").content.decode()
    assert staff.get("/admin/accounts/invitationwave/").status_code == 200
    for action in ("revoke", "send_again"):
        staff.post("/admin/accounts/invitation/", {"action": action, "_selected_action": [row.pk]})
        row.refresh_from_db()
        assert (row.revoked_at is not None) == (action == "revoke")
    logged = AuditLog.objects.filter(action__startswith="invitations").order_by("at")
    assert [entry.after for entry in logged] == [{"ids": [row.pk]}] * 2


def test_nobody_without_the_right_invites(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_user(email="editor@example.org", is_staff=True))
    assert client.post(ADD, {**FORM, "addresses": "a@b.org", "do": "yes"}).status_code == 403

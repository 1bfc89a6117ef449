"""The end of an account: it sleeps, can be woken for seven days, and then is gone. Guests go at once."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import guests
from accounts.models import AuditLog, User
from accounts.privacy import erasure
from mailing import outbox
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import (
    ADDRESS,
    CODE_PAGE,
    PASSWORD,
    SIGN_UP,
    as_guest,
    mails,
    make_member,
    newest_code,
    prove,
    study,
    wait_out_the_limits,
)

pytestmark = pytest.mark.django_db
ERASE = "/settings/privacy/erase/"
WEEK = timedelta(days=7)


def fall_asleep(client: Client, user: User) -> User:
    """Ask for the end as a person does, and return the account as it is then."""
    client.force_login(user)
    prove(client)
    assert client.post(ERASE)["Location"] == "/"
    user.refresh_from_db()
    return user


def undo_link() -> str:
    """The path of the link in the newest mail."""
    return str(mails()[-1]["context"]["undo_url"]).removeprefix("http://testserver")


def put_mail(user: User | None, *, to: str = ADDRESS, slot: str = "login_code:1") -> OutboxMail:
    """Put a mail that waits."""
    return outbox.put(
        user=user,
        kind="account",
        slot=slot,
        priority=OutboxMail.Priority.CODE,
        due_at=now(),
        now=now(),
        to_address=to,
        payload={"to": to},
    )


# Asleep --------------------------------------------------------------------------------------------------


def test_asking_puts_the_account_to_sleep_and_logs_out_everywhere(client: Client) -> None:
    user = make_member()
    study(user)
    elsewhere = Client()
    elsewhere.force_login(user)
    fall_asleep(client, user)
    assert erasure.is_asleep(user)
    assert not user.is_active
    assert user.erase_at is not None
    assert timedelta(minutes=-1) < user.erase_at - now() - WEEK <= timedelta()
    for browser in (client, elsewhere):
        assert browser.get("/settings/profile/").status_code == 302
    assert user.daily_activity.exists()
    assert mails()[-1]["template_prefix"] == "account/email/erasure_asked"
    assert AuditLog.objects.filter(action="erasure_asked", object_id=str(user.pk)).exists()


def test_asking_twice_moves_no_end_and_writes_to_nobody_again(client: Client) -> None:
    user = fall_asleep(client, make_member())
    before, count = user.erase_at, len(mails())
    assert erasure.ask(user=user, now=now() + timedelta(days=1)).erase_at == before
    assert len(mails()) == count


def test_mails_that_wait_are_called_off_but_for_the_notice(client: Client) -> None:
    user = make_member()
    waiting = put_mail(user)
    fall_asleep(client, user)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.to_address, waiting.payload) == ("skipped", None, None)
    assert [mail["template_prefix"] for mail in mails()] == ["account/email/erasure_asked"]


# Awake again ---------------------------------------------------------------------------------------------


def test_the_link_in_the_mail_asks_and_its_button_wakes_the_account(client: Client) -> None:
    user = make_member()
    elsewhere = Client()
    elsewhere.force_login(user)
    fall_asleep(client, user)
    link = undo_link()
    anybody = Client()
    assert "Keep my account" in anybody.get(link).content.decode()
    user.refresh_from_db()
    assert erasure.is_asleep(user)
    assert anybody.post(link)["Location"] == "/accounts/login/"
    user.refresh_from_db()
    assert user.is_active
    assert not erasure.is_asleep(user)
    assert mails()[-1]["template_prefix"] == "account/email/erasure_undone"
    for browser in (client, elsewhere, anybody):  # whoever asked for the end may not be who undid it
        assert browser.get("/settings/profile/").status_code == 302
    assert erasure.erase_due(now=now() + 2 * WEEK) == 0


def test_pressing_twice_is_pressing_once(client: Client) -> None:
    fall_asleep(client, make_member())
    link = undo_link()
    client.post(link)
    count = len(mails())
    assert "Your account is there" in client.post(link).content.decode()
    assert len(mails()) == count


def test_the_link_of_an_earlier_sleep_wakes_no_later_one(client: Client) -> None:
    user = fall_asleep(client, make_member())
    link = undo_link()
    client.post(link)
    user.refresh_from_db()
    erasure.ask(user=user, now=now() + timedelta(hours=1))
    assert client.post(link).status_code == 404
    user.refresh_from_db()
    assert erasure.is_asleep(user)


@pytest.mark.parametrize("token", ["1-2", "nonsense", "1-2:forged"])
def test_a_forged_link_opens_nothing(client: Client, token: str) -> None:
    fall_asleep(client, make_member())
    answer = client.post(f"/settings/privacy/undo/{token}/")
    assert answer.status_code == 404
    assert "There is nothing to undo" in answer.content.decode()
    assert User.objects.get().erase_at


def test_logging_in_by_password_offers_to_wake_it(client: Client) -> None:
    fall_asleep(client, make_member())
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert answer["Location"] == undo_link()
    assert "_auth_user_id" not in client.session
    client.post(answer["Location"])
    client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_a_wrong_password_offers_nothing(client: Client) -> None:
    fall_asleep(client, make_member())
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": "wrong"})
    assert answer.status_code == 200
    assert "/undo/" not in answer.content.decode()


@pytest.mark.parametrize("page", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_asking_for_a_code_brings_the_mail_that_wakes_it(client: Client, page: str) -> None:
    fall_asleep(client, make_member())
    link = undo_link()
    OutboxMail.objects.all().delete()
    wait_out_the_limits()
    client.post(page, {"email": ADDRESS.upper()})
    assert undo_link() == link


def test_signing_up_with_the_address_leads_to_the_same_account(client: Client) -> None:
    fall_asleep(client, make_member())
    link = undo_link()
    wait_out_the_limits()
    client.post("/accounts/signup/", SIGN_UP)
    assert client.post(CODE_PAGE, {"code": newest_code()})["Location"] == link
    assert User.objects.count() == 1


def test_an_account_that_staff_closed_is_not_offered_back(client: Client) -> None:
    make_member(is_active=False)
    answer = client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    assert answer["Location"] == "/accounts/inactive/"


# Gone ----------------------------------------------------------------------------------------------------


def test_after_seven_days_everything_is_gone_and_others_keep_theirs(client: Client) -> None:
    study(bob := make_member("bob@example.org"))
    user = make_member()
    study(user)
    fall_asleep(client, user)
    assert erasure.erase_due(now=now() + WEEK - timedelta(minutes=1)) == 0
    assert erasure.erase_due(now=now() + WEEK) == 1
    assert erasure.erase_due(now=now() + WEEK) == 0
    assert list(User.objects.all()) == [bob]
    assert bob.daily_activity.count() == 1
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["bob@example.org"]
    assert not OutboxMail.objects.filter(to_address__isnull=False).exists()


def test_the_link_of_an_erased_account_says_that_there_is_nothing_left(client: Client) -> None:
    fall_asleep(client, make_member())
    link = undo_link()
    erasure.erase_due(now=now() + WEEK)
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404


def test_one_account_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_member("first@example.org")
    second = make_member("second@example.org")
    for user in (first, second):
        erasure.ask(user=user, now=now())
    whole = erasure.erase

    def broken(*, user: User, now: object) -> None:
        if user.pk == first.pk:
            raise OSError("the disk is full")
        whole(user=user, now=now)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(erasure, "erase", broken)
    assert erasure.erase_due(now=now() + WEEK) == 1
    assert list(User.objects.all()) == [first]


def test_whoever_wakes_up_while_others_are_erased_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_member("first@example.org"), make_member("second@example.org")
    for user in (first, second):
        erasure.ask(user=user, now=now())
    whole = erasure.erase

    def meanwhile(*, user: User, now: datetime) -> None:
        whole(user=user, now=now)
        erasure.undo(user=second, now=now)

    monkeypatch.setattr(erasure, "erase", meanwhile)
    assert erasure.erase_due(now=now() + WEEK) == 1
    second.refresh_from_db()
    assert (User.objects.get(), second.is_active) == (second, True)


def test_a_mail_to_the_address_that_belongs_to_nobody_loses_it() -> None:
    user = make_member()
    mail = put_mail(None, to=ADDRESS.upper())
    erasure.erase(user=user, now=now())
    mail.refresh_from_db()
    assert (mail.state, mail.to_address, mail.payload) == ("skipped", None, None)


def test_sessions_and_unfinished_log_ins_go_with_the_person() -> None:
    user = make_member()
    here, half_way, other = Client(), Client(), Client()
    here.force_login(user)
    half_way.post("/accounts/login/code/", {"email": ADDRESS})
    other.force_login(make_member("bob@example.org"))
    assert Session.objects.count() == 3
    erasure.erase(user=user, now=now())
    assert [session.pk for session in Session.objects.all()] == [other.session.session_key]


def test_somebody_elses_unproven_claim_to_the_address_goes_too() -> None:
    user, guest = make_member(), User.objects.create()
    EmailAddress.objects.create(user=guest, email="new@example.org")
    EmailAddress.objects.create(user=user, email="new@example.org")
    erasure.erase(user=user, now=now())
    assert not EmailAddress.objects.exists()
    assert User.objects.get() == guest


def test_erasing_twice_is_erasing_once() -> None:
    user = make_member()
    erasure.erase(user=user, now=now())
    erasure.erase(user=user, now=now())
    assert AuditLog.objects.filter(action="account_erased").count() == 1


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def test_staff_who_delete_an_account_erase_all_of_it(owner: Client) -> None:
    user = make_member()
    mail = put_mail(None)
    answer = owner.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})
    assert answer["Location"] == "/admin/accounts/user/"
    assert not User.objects.filter(pk=user.pk).exists()
    mail.refresh_from_db()
    assert mail.to_address is None


def test_staff_do_not_wake_an_account_by_a_tick(owner: Client) -> None:
    user = erasure.ask(user=make_member(), now=now())
    page = owner.get(f"/admin/accounts/user/{user.pk}/change/")
    assert "is_active" not in page.context["adminform"].form.fields


def test_a_guest_is_erased_at_once_and_their_cookie_with_them(client: Client) -> None:
    study(as_guest(client))
    assert "at once and for good" in client.get(ERASE).content.decode()
    answer = client.post(ERASE)
    assert answer["Location"] == "/"
    assert not User.objects.exists()
    assert client.cookies[guests.COOKIE].value == ""


def test_a_visitor_has_nothing_to_erase(client: Client) -> None:
    assert client.get(ERASE)["Location"].startswith("/accounts/login/")
    assert client.post(ERASE)["Location"].startswith("/accounts/login/")

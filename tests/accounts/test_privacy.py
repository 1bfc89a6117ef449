"""One's own data: all of it to take along, all of it gone; and the audit log that nobody can change."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import audit, privacy
from accounts.models import AuditLog, User
from mailing import outbox
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import (
    ADDRESS,
    CODE_PAGE,
    SIGN_UP,
    as_guest,
    make_member,
    newest_code,
    wrong_code,
)

pytestmark = pytest.mark.django_db
ERASE = "/settings/privacy/erase/"


def study(user: User) -> None:
    """Leave a day of learning."""
    user.daily_activity.create(local_date=date(2026, 11, 21))


def test_own_data_come_as_a_json_file_with_every_table(client: Client) -> None:
    user = make_member(name="Ada")
    study(user)
    study(make_member("bob@example.org"))
    client.force_login(user)
    answer = client.get("/settings/privacy/my-data.json")
    assert answer["Content-Disposition"] == 'attachment; filename="crossroads-my-data.json"'
    tables = json.loads(answer.content)["tables"]
    assert tables["accounts.User"][0]["name"] == "Ada"
    assert len(tables["learning.DailyActivity"]) == 1
    assert "bob" not in answer.content.decode()


def test_own_data_hold_nothing_that_opens_the_account(client: Client) -> None:
    user = make_member()
    client.force_login(user)
    text = client.get("/settings/privacy/my-data.json").content.decode()
    assert user.password not in text
    assert "password" not in text


def test_erasing_takes_a_code_and_takes_everything(client: Client) -> None:
    user = make_member()
    study(user)
    client.force_login(user)
    client.post(f"{ERASE}code/")
    answer = client.post(ERASE, {"code": newest_code()})
    assert answer["Location"] == "/"
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()
    assert not OutboxMail.objects.filter(to_address__isnull=False).exists()
    row = AuditLog.objects.get()
    assert (row.action, row.object_id, row.before, row.after) == ("account_erased", str(user.pk), None, None)


def test_erasing_calls_off_the_mails_that_wait() -> None:
    user = make_member()
    outbox.put(
        user=None,
        kind="account",
        slot="login_code:1",
        priority=OutboxMail.Priority.CODE,
        due_at=now(),
        now=now(),
        to_address=ADDRESS,
        payload={"to": ADDRESS},
    )
    privacy.erase(user=user, now=now())
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.to_address, mail.payload) == ("skipped", None, None)


def test_others_keep_theirs() -> None:
    other = make_member("bob@example.org")
    study(other)
    privacy.erase(user=make_member(), now=now())
    assert list(User.objects.all()) == [other]
    assert other.daily_activity.count() == 1


def test_a_wrong_code_erases_nothing(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{ERASE}code/")
    answer = client.post(ERASE, {"code": wrong_code()})
    assert 'id="id_code_error"' in answer.content.decode()
    assert User.objects.exists()


def test_five_wrong_codes_end_it(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{ERASE}code/")
    for _ in range(5):
        client.post(ERASE, {"code": wrong_code()})
    client.post(ERASE, {"code": newest_code()})
    assert User.objects.exists()


@pytest.mark.parametrize("code", ["", "000000", "123456"])
def test_without_asking_for_a_code_none_works(client: Client, code: str) -> None:
    client.force_login(make_member())
    client.post(ERASE, {"code": code})
    assert User.objects.exists()


def test_opening_the_page_sends_and_erases_nothing(client: Client) -> None:
    client.force_login(make_member())
    assert client.get(ERASE).status_code == 200
    assert client.get(f"{ERASE}code/").status_code == 405
    assert not OutboxMail.objects.exists()


# The audit log -------------------------------------------------------------------------------------------


def refused(sql: str) -> bool:
    """Say whether PostgreSQL refuses this."""
    refusal = pytest.raises(IntegrityError, match="append-only")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return True


def test_the_audit_log_can_be_written_but_never_changed() -> None:
    user = make_member()
    audit.record(actor=user, action="publish", obj=user, after={"version": 2}, request_id="r1", now=now())
    assert refused("UPDATE accounts_auditlog SET action = 'nothing'")
    assert refused("UPDATE accounts_auditlog SET actor_id = NULL, action = 'nothing'")
    assert refused("DELETE FROM accounts_auditlog")
    row = AuditLog.objects.get()
    assert (row.action, row.object_type, row.object_id) == ("publish", "accounts.User", str(user.pk))


def test_an_erased_person_leaves_their_rows_without_a_name() -> None:
    user = make_member()
    audit.record(actor=user, action="publish", now=now())
    privacy.erase(user=user, now=now())
    assert list(AuditLog.objects.order_by("pk").values_list("action", flat=True)) == [
        "publish",
        "account_erased",
    ]
    assert not AuditLog.objects.filter(actor__isnull=False).exists()


def test_no_cookie_is_set_that_the_privacy_page_does_not_list(client: Client) -> None:
    as_guest(client)
    client.post("/settings/theme/", {"theme": "dark"})
    client.post("/accounts/signup/", SIGN_UP)
    client.post(CODE_PAGE, {"code": newest_code()})
    client.post("/settings/profile/", {"name": "Ada", "time_zone": "UTC", "theme": "dark"})
    page = client.get("/settings/privacy/").content.decode()
    assert len(client.cookies) >= 4
    for name in client.cookies:
        assert f'<th scope="row">{name}</th>' in page

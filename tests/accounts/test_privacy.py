"""The page about one's own data: what it says, look-ins, the code before the ways out; and the audit log."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import audit
from accounts.models import AuditLog, Organisation, User
from accounts.privacy import erasure, look_ins
from mailing.clock import now
from mailing.models import OutboxMail
from tests.accounts.people import (
    ADDRESS,
    CODE_PAGE,
    PASSWORD,
    PRIVACY,
    PROOF,
    SIGN_UP,
    as_guest,
    log_in_by_code,
    mails,
    make_member,
    newest_code,
    prove,
    study,
    wait_out_the_limits,
    wrong_code,
)

pytestmark = pytest.mark.django_db


def test_the_page_says_how_much_is_stored_and_which_terms_were_accepted(client: Client) -> None:
    Organisation.objects.create(terms_version="3")
    user = make_member(accepted_terms_version="2", accepted_terms_at=now())
    study(user)
    study(make_member("bob@example.org"))
    client.force_login(user)
    page = client.get(PRIVACY).content.decode()
    assert "3 rows about you are stored" in page  # the account, its address, one day
    assert "The days you studied" in page
    assert "You accepted version 2" in page
    assert "is version 3." in page


def test_the_page_reads_all_tables_in_one_query(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_member())
    client.get(PRIVACY)
    with django_assert_max_num_queries(8):
        client.get(PRIVACY)


def test_a_look_in_is_listed_and_stays_in_the_audit_log(client: Client) -> None:
    staff = make_member("staff@example.org", name="Grace", is_staff=True)
    client.force_login(user := make_member())
    assert "Nobody of the staff has looked" in client.get(PRIVACY).content.decode()
    look_ins.record(staff=staff, user=user, page="Progress page", now=now())
    page = client.get(PRIVACY).content.decode()
    assert "<td>Grace</td><td>Progress page</td>" in page
    row = AuditLog.objects.get()
    assert (row.action, row.actor, row.object_id) == ("looked_in", staff, str(user.pk))
    erasure.erase(user=staff, now=now())
    assert "<td>somebody of the staff</td><td>Progress page</td>" in client.get(PRIVACY).content.decode()


def test_nobody_sees_the_look_ins_of_another(client: Client) -> None:
    staff = make_member("staff@example.org", is_staff=True)
    look_ins.record(staff=staff, user=make_member("bob@example.org"), page="Progress page", now=now())
    client.force_login(make_member())
    assert "Progress page" not in client.get(PRIVACY).content.decode()


def test_a_visitor_is_led_to_the_log_in_and_a_guest_sees_their_own(client: Client) -> None:
    assert client.get(PRIVACY)["Location"] == f"/accounts/login/?next={PRIVACY}"
    study(as_guest(client))
    page = client.get(PRIVACY).content.decode()
    assert "2 rows about you are stored" in page
    assert "Erase what you did here" in page
    assert "Profile" not in page.partition("<main")[2].partition("</main>")[0]


def test_no_cookie_is_set_that_the_privacy_page_does_not_list(client: Client) -> None:
    as_guest(client)
    client.post("/settings/theme/", {"theme": "dark"})
    client.post("/accounts/signup/", SIGN_UP)
    client.post(CODE_PAGE, {"code": newest_code()})
    client.post("/settings/profile/", {"name": "Ada", "time_zone": "UTC", "theme": "dark"})
    page = client.get(PRIVACY).content.decode()
    assert len(client.cookies) >= 4
    for name in client.cookies:
        assert f'<th scope="row"><code>{name}</code></th>' in page


# The proof before the download and the erasing -------------------------------------------------------------

WAYS_OUT = ["/settings/privacy/my-data/", "/settings/privacy/erase/"]


@pytest.mark.parametrize("way", WAYS_OUT)
def test_an_old_log_in_is_asked_for_a_code_first(client: Client, way: str) -> None:
    client.force_login(make_member())
    assert client.post(way)["Location"].startswith(PROOF)
    assert not OutboxMail.objects.exists()
    assert User.objects.filter(erase_at=None).exists()


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("how", ["password", "code", "proof"])
def test_a_proof_of_the_last_minutes_is_enough(client: Client, way: str, how: str) -> None:
    user = make_member()
    if how == "password":
        client.post("/accounts/login/", {"login": ADDRESS, "password": PASSWORD})
    elif how == "code":
        log_in_by_code(client)
    else:
        client.force_login(user)
        prove(client)
    answer = client.post(way)
    assert not answer.get("Location", "").startswith(PROOF)
    assert b"".join(answer) is not None  # a file is closed once it is read


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_proof_holds_for_five_minutes(client: Client, way: str) -> None:
    client.force_login(make_member())
    prove(client)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 5 * 60
    session.save()
    assert client.post(way)["Location"].startswith(PROOF)


def test_the_proof_leads_back_to_where_it_was_asked_for_and_nowhere_else(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{PROOF}send/")
    answer = client.post(PROOF, {"code": newest_code(), "next": "/settings/privacy/erase/"})
    assert answer["Location"] == "/settings/privacy/erase/"
    wait_out_the_limits()
    client.post(f"{PROOF}send/")
    answer = client.post(PROOF, {"code": newest_code(), "next": "https://evil.example/"})
    assert answer["Location"] == PRIVACY


def test_the_mail_with_the_code_goes_to_the_accounts_address(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{PROOF}send/")
    (mail,) = mails()
    assert (mail["to"], mail["template_prefix"]) == (ADDRESS, "account/email/own_data_code")


def test_a_wrong_code_proves_nothing(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{PROOF}send/")
    answer = client.post(PROOF, {"code": wrong_code()})
    assert 'id="id_code_error"' in answer.content.decode()
    assert client.post(WAYS_OUT[1])["Location"].startswith(PROOF)


def test_five_wrong_codes_end_it(client: Client) -> None:
    client.force_login(make_member())
    client.post(f"{PROOF}send/")
    for _ in range(5):
        client.post(PROOF, {"code": wrong_code()})
    client.post(PROOF, {"code": newest_code()})
    assert client.post(WAYS_OUT[1])["Location"].startswith(PROOF)


@pytest.mark.parametrize("code", ["", "000000", "123456"])
def test_without_asking_for_a_code_none_works(client: Client, code: str) -> None:
    client.force_login(make_member())
    client.post(PROOF, {"code": code})
    assert client.post(WAYS_OUT[1])["Location"].startswith(PROOF)


def test_opening_pages_sends_and_erases_nothing(client: Client) -> None:
    client.force_login(make_member())
    for page in (PRIVACY, PROOF, "/settings/privacy/erase/"):
        assert client.get(page).status_code == 200
    for form in (f"{PROOF}send/", "/settings/privacy/my-data/"):
        assert client.get(form).status_code == 405
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
    audit.record(actor=user, action="publish", obj=user, after={"version": 2}, now=now())
    assert refused("UPDATE accounts_auditlog SET action = 'nothing'")
    assert refused("UPDATE accounts_auditlog SET actor_id = NULL, action = 'nothing'")
    assert refused("DELETE FROM accounts_auditlog")
    row = AuditLog.objects.get()
    assert (row.action, row.object_type, row.object_id) == ("publish", "accounts.User", str(user.pk))


def test_an_erased_person_leaves_their_rows_without_a_name() -> None:
    user = make_member()
    audit.record(actor=user, action="publish", now=now())
    erasure.erase(user=user, now=now())
    assert list(AuditLog.objects.order_by("pk").values_list("action", flat=True)) == [
        "publish",
        "account_erased",
    ]
    assert not AuditLog.objects.filter(actor__isnull=False).exists()

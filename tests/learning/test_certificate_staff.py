"""What staff can do with certificates, and the one mail about each."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditLog, User
from courses.models import Course
from learning import certificates
from learning.certificate_mail import CertificateMail
from learning.models import Certificate, ReminderContract
from mailing.models import OutboxMail
from tests.factories import NOW
from tests.learning.finishing import earn, earn_issued, give_certificates
from tests.learning.reminding import ask

LIST = "/admin/learning/certificate/"


@pytest.fixture
def giving(course: Course) -> Course:
    """The course, with a final, giving certificates."""
    return give_certificates(course)


def staff(monkeypatch: pytest.MonkeyPatch, *codenames: str) -> Client:
    """A browser of somebody on the staff with a second factor and these permissions."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user, client = User.objects.create_user(email=f"{codenames[-1]}@example.org", is_staff=True), Client()
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_withdrawing_takes_a_reason_and_is_audited(
    giving: Course, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = earn_issued(learner)
    client = staff(monkeypatch, "view_certificate", "change_certificate")
    form = {"action": "withdraw", "_selected_action": str(issued.pk)}
    assert "Why" in client.post(LIST, form).content.decode()
    client.post(LIST, {**form, "confirmed": "yes", "reason": ""})
    assert Certificate.objects.get().revoked_at is None
    for _ in range(2):
        client.post(LIST, {**form, "confirmed": "yes", "reason": "Sat by another."})
    assert Certificate.objects.get().revoked_reason == "Sat by another."
    noted = AuditLog.objects.exclude(action="bulk").values_list("action", flat=True)
    assert list(noted) == ["certificate_withdrawn"], "twice is once"
    again = client.post(LIST, {**form, "confirmed": "1", "reason": "Once more."}, follow=True)
    assert "was withdrawn already" in again.text
    client.post(LIST, {**form, "action": "restore"})
    assert Certificate.objects.get().revoked_at is None
    assert AuditLog.objects.filter(action="certificate_restored").count() == 1
    twice = client.post(LIST, {**form, "action": "restore"}, follow=True)
    assert "nothing of what you chose was withdrawn" in twice.text


def test_who_may_only_look_changes_nothing(
    giving: Course, learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = earn_issued(learner, name="Lea Muster")
    client = staff(monkeypatch, "view_certificate")
    shown = client.get(LIST).content.decode()
    assert "valid" in shown
    assert "Lea Muster" in shown
    assert str(learner.email) in shown
    detail = client.get(f"{LIST}{issued.pk}/change/").content.decode()
    assert "Lea Muster" in detail
    assert issued.identity_hash not in detail
    form = {"action": "withdraw", "_selected_action": str(issued.pk), "confirmed": "yes", "reason": "No."}
    client.post(LIST, form)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{issued.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Certificate.objects.get().revoked_at is None


# The mail -------------------------------------------------------------------------------------------------


def verdict(mail: OutboxMail) -> str | None:
    """Why the mail must not go out now, or None."""
    return CertificateMail().recheck([mail], now=NOW)[mail.pk]


def test_it_goes_only_to_a_confirmed_address_that_asked_for_mails(giving: Course, learner: User) -> None:
    earned = earn(learner)
    mail = OutboxMail.objects.get(kind="certificate")
    assert (mail.slot, mail.priority) == (f"certificate:{earned.pk}", OutboxMail.Priority.TRANSACTIONAL)
    assert verdict(mail) == "unsubscribed"
    ask(learner)
    EmailAddress.objects.filter(user=learner).update(verified=False)
    assert verdict(mail) == "address_unconfirmed"
    EmailAddress.objects.update_or_create(user=learner, email=learner.email, defaults={"verified": True})
    assert verdict(mail) is None
    ReminderContract.objects.update(paused_until="2027-01-01")
    assert verdict(mail) == "paused"
    certificates.revoke(certificate=earned, reason="Why.", actor=None, now=NOW)
    assert verdict(mail) == "withdrawn"
    earned.delete()
    assert verdict(mail) == "erased"


def test_it_says_what_was_done_and_where_the_certificate_is(giving: Course, learner: User) -> None:
    earned = earn(learner)
    kind, mail = CertificateMail(), OutboxMail.objects.get(kind="certificate")
    kind.recheck([mail], now=NOW)
    message = kind.render(mail, now=NOW)
    assert message.subject == "Your certificate: Two jobs"
    address = f"http://testserver/certificates/{earned.pk}/"
    for part in (message.text, message.html):
        assert address in part
        assert "All 4 lessons done; the final passed with" in part
        assert "Stop these mails" in part
        assert "We do not track opens" in part
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_guest_gets_none(giving: Course) -> None:
    earn(User.objects.create(email=None))
    assert not OutboxMail.objects.filter(kind="certificate").exists()

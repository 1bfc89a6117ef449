"""Reminders in the admin: a simulator that writes nothing, and how a learner's mail reads."""

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditLog, User
from courses import publishing
from courses.models import Course
from learning.models import ReminderContract, ReminderKind
from learning.reminders import examples
from learning.reminders.reasons import Reason
from mailing import delivery
from mailing.models import OutboxMail
from tests.factories import NOW, make_course
from tests.learning.reminding import ask, at, make_learner
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
SIMULATOR = "/admin/learning/remindercontract/simulator/"


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody on the staff with a second factor, who may look at reminders and nothing else."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user(email="support@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_remindercontract"))
    client.force_login(user)
    return client


@pytest.fixture
def contract() -> ReminderContract:
    """What a learner in Berlin asked for: every day at 18:00."""
    user = make_learner(make_course(), time_zone="Europe/Berlin", name="Ann Example")
    return ask(user)


def pages(contract: ReminderContract) -> list[str]:
    """Every page that tells whose reminders they are."""
    list_page = reverse("admin:learning_remindercontract_changelist")
    own = reverse("admin:learning_remindercontract_change", args=[contract.pk])
    return [list_page, own, f"{SIMULATOR}?at=2026-11-21+17:30", how_it_reads(contract)]


def how_it_reads(contract: ReminderContract) -> str:
    return reverse("admin:learning_remindercontract_how_it_reads", args=[contract.pk])


def mail(contract: ReminderContract, variant: int = 0) -> str:
    return reverse("admin:learning_remindercontract_mail", args=[contract.pk, variant])


@time_machine.travel(NOW, tick=False)
def test_the_simulator_says_who_gets_what_at_their_hour_and_who_not_and_why(
    staff: Client, contract: ReminderContract
) -> None:
    silent = make_learner(contract.user.enrollments.get().course)
    ask(silent, local_time=at(16).time())
    User.objects.filter(pk=silent.pk).update(is_active=False)
    page = staff.get(SIMULATOR, {"at": "2026-11-21 17:30"}).content.decode()
    assert "Sat 21 Nov 2026 18:00 Europe/Berlin" in page
    assert "Where you stopped: Lesson 2" in page
    assert "none: the account is closed" in page
    assert "1 would get a mail, 2 have that hour" in page
    assert not OutboxMail.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_instant_that_is_none_is_said_beside_the_field(staff: Client, contract: ReminderContract) -> None:
    page = staff.get(SIMULATOR, {"at": "soon"})
    assert page.status_code == 200
    assert "such as 2026-11-24 18:00" in page.content.decode()


@time_machine.travel(NOW, tick=False)
def test_the_instant_is_utc_whatever_the_clocks_do_where_staff_live(
    staff: Client, contract: ReminderContract
) -> None:
    User.objects.filter(email="support@example.org").update(time_zone="Europe/Berlin")
    for instant in ("2027-03-28 02:30", "2027-10-31 02:30"):
        assert not staff.get(SIMULATOR, {"at": instant}).context["form"].errors
    page = staff.get(SIMULATOR, {"at": "2026-11-21 17:30"}).content.decode()
    assert "Sat 21 Nov 2026 18:00 Europe/Berlin" in page


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("instant", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_an_instant_of_another_age_is_refused_beside_the_field(
    staff: Client, contract: ReminderContract, instant: str
) -> None:
    assert staff.get(SIMULATOR, {"at": instant}).context["form"].errors


@time_machine.travel(NOW, tick=False)
def test_the_mail_is_shown_in_every_wording_and_the_look_is_noted(
    staff: Client, contract: ReminderContract
) -> None:
    page = staff.get(how_it_reads(contract)).content.decode()
    assert page.count("<iframe") == 6
    assert AuditLog.objects.filter(action="reminder.read").count() == 1


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("without", ["anything to say", "an address"])
def test_where_no_mail_would_go_none_is_there(
    staff: Client, contract: ReminderContract, without: str
) -> None:
    if without == "an address":
        User.objects.filter(pk=contract.user_id).update(email=None)
    else:
        ReminderKind.objects.create(user=contract.user, kind="resume", enabled=False)
    assert "<iframe" not in staff.get(how_it_reads(contract)).content.decode()
    assert staff.get(mail(contract)).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_the_mail_of_a_learner_whom_nobody_knows_is_not_found(staff: Client) -> None:
    address = reverse("admin:learning_remindercontract_mail", args=[404, 0])
    assert staff.get(address).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_an_example_names_a_lesson_that_learners_can_open(staff: Client) -> None:
    nobody = User.objects.get(email="support@example.org")
    made_up = examples.message_about(nobody, Reason.RESUME, variant=0, now=NOW)
    assert "A lesson" in made_up.text
    empty = Course.objects.create(key="a-first", title="Nothing in it yet", order=0)
    publishing.publish(empty, author=None, now=NOW)
    make_course()
    real = examples.message_about(nobody, Reason.RESUME, variant=0, now=NOW)
    assert "Lesson 1" in real.text


@time_machine.travel(NOW, tick=False)
def test_whoever_looks_at_a_mail_cannot_act_for_its_learner(
    staff: Client, contract: ReminderContract
) -> None:
    page = staff.get(how_it_reads(contract)).content.decode() + staff.get(mail(contract)).content.decode()
    assert set(re.findall(r"/reminders/u/([^/]+)/", page)) == {"preview"}


@time_machine.travel(NOW, tick=False)
def test_the_mail_is_a_document_in_which_nothing_runs_or_loads(
    staff: Client, contract: ReminderContract
) -> None:
    answer = staff.get(mail(contract))
    policy = str(answer["Content-Security-Policy"])
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


@time_machine.travel(NOW, tick=False)
def test_nobody_without_the_right_looks_at_reminders(client: Client, contract: ReminderContract) -> None:
    client.force_login(contract.user)
    for address in (SIMULATOR, how_it_reads(contract), mail(contract)):
        assert client.get(address, follow=True).status_code == 403


@time_machine.travel(NOW, tick=False)
def test_staff_without_the_right_are_refused(
    client: Client, contract: ReminderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_user(email="editor@example.org", is_staff=True))
    for address in (SIMULATOR, how_it_reads(contract), mail(contract)):
        assert client.get(address).status_code == 403


@time_machine.travel(NOW, tick=False)
def test_a_contract_is_only_read(staff: Client, contract: ReminderContract) -> None:
    assert staff.get("/admin/learning/remindercontract/add/").status_code == 403
    page = staff.get(reverse("admin:learning_remindercontract_change", args=[contract.pk]))
    assert page.status_code == 200
    assert str(contract.user.email) not in page.content.decode()


@time_machine.travel(NOW, tick=False)
def test_learners_go_by_name_for_those_who_may_see_people(staff: Client, contract: ReminderContract) -> None:
    may_see = Permission.objects.get(codename="view_user")
    User.objects.get(email="support@example.org").user_permissions.add(may_see)
    for address in pages(contract):
        page = staff.get(address).content.decode()
        assert "Ann Example" in page, address
        assert f"contract {contract.pk}" not in page
    User.objects.filter(pk=contract.user_id).update(name="")
    for address in pages(contract):
        assert str(contract.user.email) in staff.get(address).content.decode(), address
    found = staff.get(pages(contract)[0], {"q": str(contract.user.email)})
    assert found.context["cl"].result_count == 1


@time_machine.travel(NOW, tick=False)
def test_who_may_not_see_people_learns_no_names_from_their_reminders(
    staff: Client, contract: ReminderContract
) -> None:
    for address in pages(contract)[:3]:
        page = staff.get(address).content.decode()
        assert "Ann Example" not in page, address
        assert str(contract.user.email) not in page, address
    assert "How the mail of learner " in staff.get(how_it_reads(contract)).content.decode()
    for word in ("Ann", str(contract.user.email)):
        assert staff.get(pages(contract)[0], {"q": word}).context["cl"].result_count == 0


@time_machine.travel(NOW, tick=False)
def test_the_list_of_reminders_costs_the_same_for_one_and_for_five(
    staff: Client, contract: ReminderContract, django_assert_num_queries: Any
) -> None:
    may_see = Permission.objects.get(codename="view_user")
    User.objects.get(email="support@example.org").user_permissions.add(may_see)
    staff.get(pages(contract)[0])
    with CaptureQueriesContext(connection) as one:
        staff.get(pages(contract)[0])
    course = contract.user.enrollments.get().course
    for _ in range(4):
        ask(make_learner(course))
    with django_assert_num_queries(len(one)):
        staff.get(pages(contract)[0])


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("reason", Reason)
def test_each_kind_can_be_looked_at_in_each_wording_whatever_is_true_now(
    staff: Client, contract: ReminderContract, reason: Reason
) -> None:
    page = staff.get(f"{how_it_reads(contract)}?about={reason}").content.decode()
    assert page.count("<iframe") == 6
    assert set(re.findall(r"/reminders/[uq]/([^/]+)/", page)) == {"preview"}
    assert "is made up" in page
    assert ">An open quiz</a>" in page
    assert "Sent, about" not in page
    alone = staff.get(f"{mail(contract)}?about={reason}").content.decode()
    assert "You asked for this mail every day at 18:00" in alone


@time_machine.travel(NOW, tick=False)
def test_a_test_goes_to_the_one_who_asks_and_tells_of_them_alone(
    staff: Client, contract: ReminderContract, sink: MailSink
) -> None:
    support = User.objects.get(email="support@example.org")
    EmailAddress.objects.create(user=support, email=support.email, verified=True)
    answer = staff.post(f"{how_it_reads(contract)}?about=quiz", {"variant": "1"}, follow=True)
    assert "A test goes to support@example.org." in answer.content.decode()
    assert delivery.drain(now=NOW) == {"accepted": 1}
    (sent,) = sink.messages()
    assert (sent["To"], sent["Subject"]) == ("support@example.org", "Test: Two words: 3 of 7 answered")
    assert not OutboxMail.objects.filter(user=contract.user).exists()


@time_machine.travel(NOW, tick=False)
def test_a_test_goes_to_a_confirmed_address_of_the_staff_alone(
    contract: ReminderContract, sink: MailSink
) -> None:
    learner = contract.user
    examples.put(user=learner, reason=Reason.GOAL, variant=0, now=NOW)
    support = User.objects.create_user(email="new@example.org", is_staff=True)
    examples.put(user=support, reason=Reason.GOAL, variant=0, now=NOW)
    assert delivery.drain(now=NOW) == {"skipped": 2}

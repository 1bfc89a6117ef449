"""Looking in on a learner who asked for help: with a reason, seen by the learner, no more than needed."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import roles
from accounts.models import AuditLog, DataExport, LookIn, User
from accounts.privacy import exports
from courses.models import Course, Lesson
from learning import notes, progress, quizzes
from mailing.models import OutboxMail
from tests.factories import NOW
from tests.learning.finishing import earn, give_certificates
from tests.learning.quiz_steps import take
from tests.learning.reminding import ask

REASON = "You wrote that lesson 1 is missing."


def staff(role: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody with a role and a second factor."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    roles.sync()
    user, client = User.objects.create_user(f"{role}@example.org", name="Sue"), Client()
    roles.hand_out(user=user, roles=[role], by=None, now=NOW)
    client.force_login(user)
    return client


@pytest.fixture
def support(monkeypatch: pytest.MonkeyPatch, db: None) -> Client:
    """A browser of the support."""
    return staff("support", monkeypatch)


def page_of(learner: User, name: str = "progress") -> str:
    """Return the address of a learner's progress, or of what can be done for them."""
    return f"/admin/accounts/user/{learner.pk}/{name}/"


@pytest.fixture
def busy(course: Course, learner: User) -> User:
    """A learner with a lesson done, a note, and a quiz handed in."""
    lesson = Lesson.objects.select_related("live_version", "course__live_version").get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    notes.write(user=learner, lesson=lesson, text="Nobody else reads this.", revision=0, now=NOW)
    take(learner, quizzes.get_live(course.key, "module-1"), right=1, now=NOW)
    return learner


def test_a_persons_pages_are_titled_by_their_name_and_not_by_a_number(
    busy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = staff("owner", monkeypatch)
    page = f"/admin/accounts/user/{busy.pk}/"
    for address in (f"{page}change/", f"{page}history/", f"{page}delete/"):
        heading = owner.get(address).text.partition("<h1")[2].partition("</h1>")[0]
        path = re.findall(r">\s*([^<>\s][^<>]*?)\s*</", heading)
        assert path == ["People", "chevron_right", busy.email], "the list as beside the page, and the person"
    chosen = {"action": "delete_selected", "_selected_action": busy.pk}
    confirm = owner.post("/admin/accounts/user/", chosen).text
    assert re.search(rf"<li>\s*{busy.email}\s*</li>", confirm)
    assert str(User.objects.get(pk=busy.pk)) == str(busy.pk), "elsewhere a number: the log names nobody"


def test_an_owner_erases_a_learner_with_whatever_hangs_on_them(
    busy: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = staff("owner", monkeypatch)
    page = f"/admin/accounts/user/{busy.pk}/delete/"
    assert "have permission" not in owner.get(page).text
    owner.post(page, {"post": "yes"})
    assert not User.objects.filter(pk=busy.pk).exists()


def test_without_a_reason_nothing_is_shown_and_nothing_noted(busy: User, support: Client) -> None:
    for page in (support.get(page_of(busy)), support.post(page_of(busy), {"reason": " "})):
        assert "Why do you look?" in page.content.decode()
        assert "Lessons done" not in page.content.decode()
    assert "Say why." in page.content.decode()
    assert not LookIn.objects.exists()


def test_with_a_reason_it_shows_how_far_somebody_is_and_the_learner_learns_of_it(
    busy: User, support: Client
) -> None:
    page = support.post(page_of(busy), {"reason": REASON}).content.decode()
    for words in ("objectives", "Lesson 1", "attempt 1", "would recall"):
        assert words.lower() in page.lower(), words
    assert re.search(r"1 of \d lessons", page)
    for secret in ("Nobody else reads this.", "fit/", "Fit result"):
        assert secret not in page
    learner = Client()
    learner.force_login(busy)
    told = learner.get("/settings/privacy/").content.decode()
    assert REASON in told
    assert "Sue" in told
    row = AuditLog.objects.get(action="looked_in")
    assert (row.object_id, row.before, row.after) == (str(busy.pk), None, None), (
        "the reason goes with the account"
    )


def test_it_costs_the_same_however_long_the_record_is(
    busy: User, support: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(25):  # type: ignore[operator]  # pytest-django's fixture
        support.post(page_of(busy), {"reason": REASON})


@pytest.mark.parametrize("role", ["editor", "reviewer", "analyst"])
@pytest.mark.parametrize("name", ["progress", "assist"])
def test_who_lacks_the_right_neither_looks_in_nor_helps(
    learner: User, role: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = staff(role, monkeypatch)
    for answer in (client.get(page_of(learner, name)), client.post(page_of(learner, name), {"reason": "x"})):
        assert answer.status_code == 403
    assert not LookIn.objects.exists()


def test_a_sleeping_account_is_left_alone(learner: User, support: Client) -> None:
    User.objects.filter(pk=learner.pk).update(erase_at=NOW + timedelta(days=7), is_active=False)
    for name in ("progress", "assist"):
        assert support.get(page_of(learner, name)).status_code == 404


def test_the_way_to_log_in_goes_to_the_person_once_and_holds_no_code(learner: User, support: Client) -> None:
    for _ in range(2):
        page = support.post(page_of(learner, "assist"), {"what": "way-in"}, follow=True).content.decode()
    assert "It has just gone." in page
    mail = OutboxMail.objects.get(slot__startswith="log_in_help:")
    assert mail.to_address == learner.email
    assert AuditLog.objects.filter(action="mail.log_in_help", object_id=str(learner.pk)).count() == 1


def test_a_copy_of_the_data_is_made_for_the_person_alone(learner: User, support: Client) -> None:
    for _ in range(2):
        page = support.post(page_of(learner, "assist"), {"what": "export"}, follow=True).content.decode()
    assert "They get a mail when it is ready." in page
    made = DataExport.objects.get()
    assert made.user == learner
    assert exports.make_next(now=NOW)
    page = support.get(page_of(learner, "assist")).content.decode()
    assert str(made.pk) not in page
    assert support.get(f"/settings/privacy/data/{made.pk}/").status_code in (302, 404)
    assert AuditLog.objects.filter(action="export_started").count() == 1
    ready = OutboxMail.objects.get(slot__startswith="data_ready:")
    assert ready.to_address == learner.email


def test_the_mail_about_a_certificate_goes_again_to_who_wants_mails(
    course: Course, learner: User, support: Client
) -> None:
    give_certificates(course)
    certificate = earn(learner)
    page = page_of(learner, "assist")
    assert "They have asked for no mails" in support.get(page).content.decode()
    ask(learner)
    EmailAddress.objects.get_or_create(user=learner, email=learner.email, verified=True)
    OutboxMail.objects.update(created_at=NOW - timedelta(days=1))
    for _ in range(2):
        support.post(page, {"what": str(certificate.pk)})
    slots = OutboxMail.objects.filter(kind="certificate").values_list("slot", flat=True)
    assert sorted(slots) == [f"certificate:{certificate.pk}", f"certificate~2:{certificate.pk}"]
    assert AuditLog.objects.filter(action="mail.certificate").count() == 1
    assert "Nothing was done" in support.post(page, {"what": "else"}, follow=True).content.decode()

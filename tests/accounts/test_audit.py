"""The audit log: whatever staff do in the admin, and at its door, leaves a row that nobody can change."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.db import IntegrityError, models
from django.test import Client, RequestFactory

from accounts import audit, roles
from accounts.admin_site import Audited
from accounts.models import AuditLog, User
from courses.models import Course, Lesson, Misconception
from mailing.clock import now
from tests.accounts.people import CODE_PAGE, PASSWORD, log_in_by_code, make_member, wrong_code
from tests.factories import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which an owner is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    roles.sync()
    user = make_member("owner@example.org", name="Olu Owner")
    roles.hand_out(user=user, roles=[roles.OWNER], by=None, now=now())
    client.force_login(user)
    return client


def rows(action: str) -> list[AuditLog]:
    """Return the rows about an action, the oldest first."""
    return list(AuditLog.objects.filter(action=action).select_related("actor").order_by("pk"))


def pages() -> Iterator[Any]:
    """Every list of the admin."""
    yield from admin.site._registry.values()


def test_every_list_of_the_admin_notes_what_is_added_changed_and_deleted_in_it(owner: Client) -> None:
    request: Any = RequestFactory().post("/admin/")
    request.user, request._messages = User.objects.get(), CookieStorage(request)
    before = AuditLog.objects.count()
    for page in pages():
        assert isinstance(page, Audited), page
        assert type(page).mro()[1] is Audited, f"{page} goes around the log"
        row = page.model(pk=7)
        page.log_addition(request, row, [{"added": {}}])
        page.log_change(request, row, [{"changed": {"fields": ["Title"]}}])
        rows_to_go: Any = [row]
        page.log_deletions(request, rows_to_go)
    made = AuditLog.objects.order_by("pk")[before:]
    assert [(each.action, each.object_type, each.object_id) for each in made] == [
        (action, page.model._meta.label, str(page.model(pk=7).pk))
        for page in pages()
        for action in ("add", "change", "delete")
    ]
    assert {each.actor for each in made} == {request.user}
    assert not LogEntry.objects.exists()


def test_adding_changing_and_deleting_in_the_admin_leave_their_rows(owner: Client) -> None:
    form = {"name": "All is product", "key": "all-is-product", "correction": "It is not."}
    owner.post("/admin/courses/misconception/add/", form)
    row = Misconception.objects.get(key="all-is-product")
    owner.post(f"/admin/courses/misconception/{row.pk}/change/", {**form, "correction": "Never."})
    owner.post(f"/admin/courses/misconception/{row.pk}/delete/", {"post": "yes"})
    made = AuditLog.objects.filter(object_type="courses.Misconception", object_id=str(row.pk)).order_by("pk")
    assert [(each.action, each.after, each.before) for each in made] == [
        ("add", None, None),
        ("change", {"fields": ["Correction"]}, None),
        ("delete", None, {"key": "all-is-product"}),
    ]


def test_what_is_refused_leaves_no_row(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*args: object, **kwargs: object) -> None:
        raise IntegrityError

    row = Misconception.objects.create(name="One", key="one", correction="Two.")
    monkeypatch.setattr(models.Model, "save", breaks)
    form = {"name": "Three", "key": "one", "correction": "Two."}
    with pytest.raises(IntegrityError):
        owner.post(f"/admin/courses/misconception/{row.pk}/change/", form)
    assert not rows("change")


def test_what_is_done_with_many_is_noted_and_what_only_leads_to_a_page_is_not(owner: Client) -> None:
    make_course()
    lessons = list(Lesson.objects.order_by("pk")[:2])
    chosen = {"_selected_action": [lesson.pk for lesson in lessons]}
    owner.post("/admin/courses/lesson/", {"action": "publish_selected", **chosen})
    assert not rows("bulk")
    owner.post("/admin/courses/lesson/", {"action": "archive_selected", **chosen})
    [row] = rows("bulk")
    ids = [str(lesson.pk) for lesson in lessons]
    assert (row.object_type, row.after) == (
        "courses.Lesson",
        {"action": "archive_selected", "many": 2, "rows": ids},
    )
    assert {each.object_id for each in rows("archive")} == set(ids)


def test_who_may_only_read_archives_nothing(owner: Client) -> None:
    make_course()
    reader = make_member("rea@example.org")
    roles.hand_out(user=reader, roles=["reviewer"], by=None, now=now())
    browser = Client()
    browser.force_login(reader)
    lesson = Lesson.objects.earliest("pk")
    data = {"action": "archive_selected", "_selected_action": [lesson.pk]}
    browser.post("/admin/courses/lesson/", data)
    assert Lesson.objects.get(pk=lesson.pk).archived_at is None


def test_a_row_about_a_person_names_nobody(owner: Client) -> None:
    person = make_member("lea@example.org", name="Lea Lopes")
    page = f"/admin/accounts/user/{person.pk}/change/"
    owner.post(page, {"name": "Lea Maria", "time_zone": "UTC", "locale": "en", "is_active": "on"})
    [row] = rows("change")
    assert (row.object_id, row.after) == (str(person.pk), {"fields": ["Name"]})
    everything = str(list(AuditLog.objects.values()))
    assert "Lea" not in everything
    assert "lea@example.org" not in everything


def test_staff_who_log_in_and_out_are_noted_and_learners_are_not(client: Client) -> None:
    member, learner = make_member("ed@example.org", is_staff=True), make_member("lea@example.org")
    for user in (member, learner):
        cache.clear()
        log_in_by_code(client, str(user.email))
        client.post("/accounts/logout/")
    assert [(row.action, row.actor, row.object_id) for row in AuditLog.objects.order_by("pk")] == [
        ("log_in", member, str(member.pk)),
        ("log_out", member, str(member.pk)),
    ]


def test_the_admins_own_log_out_is_noted(owner: Client) -> None:
    owner.post("/admin/logout/")
    assert [str(row.actor.email) for row in rows("log_out") if row.actor] == ["owner@example.org"]


@pytest.mark.parametrize("email", ["ed@example.org", "lea@example.org"])
def test_a_wrong_password_is_noted_of_staff_alone(client: Client, email: str) -> None:
    make_member("ed@example.org", is_staff=True)
    make_member("lea@example.org")
    client.post("/accounts/login/", {"login": email, "password": "not the password"})
    assert [row.actor for row in rows("log_in_failed")] == ([None] if email.startswith("ed") else [])


def test_a_wrong_code_by_mail_and_a_wrong_second_step_are_noted(client: Client) -> None:
    user = make_member("ed@example.org", is_staff=True)
    client.post("/accounts/login/code/", {"email": user.email})
    client.post(CODE_PAGE, {"code": wrong_code()})
    assert [row.object_id for row in rows("log_in_failed")] == [str(user.pk)]
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    cache.clear()
    another = Client()
    another.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    another.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert len(rows("log_in_failed")) == 2
    assert not rows("log_in")


def test_the_log_is_narrowed_down_and_taken_along_which_is_noted_too(owner: Client) -> None:
    user = User.objects.get()
    audit.record(actor=user, action="publish", obj=user, after={"note": "=1+1"}, now=now())
    audit.record(actor=None, action="log_in_failed", obj=user, now=now())
    for query, many in [("who=nobody", 2), (f"who={user.pk}", 1), ("action=publish", 1), ("q=999", 0)]:
        found = owner.get(f"/admin/accounts/auditlog/?{query}").context["cl"].result_count
        assert found == many, query
    chosen = {"_selected_action": list(AuditLog.objects.values_list("pk", flat=True))}
    answer = owner.post("/admin/accounts/auditlog/", {"action": "export_as_csv", **chosen})
    table = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["action"] for row in table] == ["log_in_failed", "publish", "roles"]
    assert table[1]["who"] == "Olu Owner"
    [row] = rows("bulk")
    assert row.after is not None
    assert (row.after["action"], row.after["many"]) == ("export_as_csv", 3)


def test_a_cell_that_a_spreadsheet_would_reckon_with_is_a_text(owner: Client) -> None:
    User.objects.update(name="=HYPERLINK(0)")
    audit.record(actor=User.objects.get(), action="x", now=now())
    chosen = {"_selected_action": list(AuditLog.objects.values_list("pk", flat=True))}
    answer = owner.post("/admin/accounts/auditlog/", {"action": "export_as_csv", **chosen})
    assert "'=HYPERLINK(0)" in answer.content.decode()


def test_each_object_leads_to_its_history(owner: Client) -> None:
    make_course()
    course, user = Course.objects.get(), User.objects.get()
    audit.record(actor=user, action="roll_back", obj=course, before={"version": 3}, now=now())
    assert (
        f"/admin/courses/course/{course.pk}/history/"
        in owner.get(f"/admin/courses/course/{course.pk}/change/").content.decode()
    )
    page = owner.get(f"/admin/courses/course/{course.pk}/history/").content.decode()
    for words in ("Roll back", "before: version 3", "Olu Owner", "object_type=courses.Course"):
        assert words in page, words
    assert owner.get("/admin/courses/course/999/history/").status_code == 404


def test_the_log_calls_objects_by_their_names_and_by_ids_once_they_are_gone(
    owner: Client, django_assert_num_queries: Any
) -> None:
    lesson = Lesson.objects.filter(course=make_course()).order_by("pk")[0]
    person, idea = User.objects.get(), Misconception.objects.create(key="gone", name="Soon gone")
    for each in (lesson, person, idea):
        audit.record(actor=person, action="change", obj=each, now=now())
    audit.record(actor=person, action="import", now=now())
    idea.delete()
    found = AuditLog.objects.filter(action__in=("change", "import")).order_by("-pk")[:4]
    noted = sorted(found, key=lambda row: row.pk)
    with django_assert_num_queries(1):
        said = audit.about(noted)
    noun = User._meta.verbose_name
    assert [said[row.pk] for row in noted] == [
        f"lesson “{lesson.title}”",
        f"{noun} “Olu Owner”",
        f"misconception {noted[2].object_id}",
        "",
    ]
    assert f"lesson “{lesson.title}”</a>" in owner.get("/admin/accounts/auditlog/").text

"""Lists and editors that are kept as they were drawn: never stale, never another's, always to be sent."""

import re
from functools import partial

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from accounts.models import User
from courses import publishing, row_stamps
from courses.admin.kept_lists import KeptList
from courses.models import Course, Fact, Lesson
from tests.factories import NOW, make_course
from tests.learning.test_budgets import cost

pytestmark = pytest.mark.django_db
LIST = reverse("admin:courses_lesson_changelist")


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)


@pytest.fixture
def course() -> Course:
    return make_course()


def owner(name: str = "owner") -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser(f"{name}@example.org", name=name))
    return client


def editor_of(lesson: Lesson) -> str:
    return reverse("admin:courses_lesson_change", args=[lesson.pk])


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def without_token(page: str) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_page_that_is_opened_again_is_the_same_and_costs_a_few_queries(course: Course) -> None:
    client, lesson = owner(), course.lessons.latest("pk")
    for address in (LIST, editor_of(lesson)):
        first = shown(client, address)
        assert without_token(shown(client, address)) == without_token(first)
        assert cost(partial(client.get, address)) <= 5


def test_whatever_is_written_by_whatever_statement_shows_at_once(course: Course) -> None:
    client, lesson = owner(), course.lessons.latest("pk")
    shown(client, LIST)
    Lesson.objects.filter(pk=lesson.pk).update(title="Written past every form")
    assert "Written past every form" in shown(client, LIST)
    assert "Written past every form" in shown(client, editor_of(lesson))
    objective = lesson.objectives.get()
    objective.text = "Tell what nobody told"
    objective.save()
    assert "Tell what nobody told" in shown(client, editor_of(lesson))


def tables(client: Client, address: str) -> set[str]:
    with CaptureQueriesContext(connection) as queries:
        shown(client, address)
    statements = (query["sql"] for query in queries if "courses_contentchange" not in query["sql"])
    return set(re.findall(r'(?:FROM|JOIN) "?(\w+)', " ".join(statements)))


def test_what_pages_show_is_all_watched(course: Course) -> None:
    client, of_people = owner(), {"django_session", "accounts_user", "mfa_authenticator"}
    ContentType.objects.get_for_model(Lesson)  # a process asks for it once
    editor = tables(client, editor_of(course.lessons.latest("pk")))
    assert {table for table in editor - of_people if not table.startswith("courses_")} == set()
    assert "courses_choice" not in editor
    for model, own in admin.site._registry.items():
        if not isinstance(own, KeptList):
            continue
        assert model in row_stamps.watched()
        read = tables(client, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        others = {table for table in read - of_people if not table.startswith("courses_")}
        if not own.names_people:
            assert others == {each._meta.db_table for each in own.also_shown}, model
        assert not read & {each._meta.db_table for each in own.never_shown}, model


def test_a_figure_that_is_removed_is_missed_at_once(course: Course) -> None:
    client = owner()
    lesson = course.lessons.latest("pk")
    Lesson.objects.filter(pk=lesson.pk).update(body="It is [[fact:pay]].")
    before = shown(client, editor_of(lesson))
    Fact.objects.filter(key="pay").update(live_version=None)
    assert shown(client, editor_of(lesson)).count("pay") > before.count("pay")


def test_the_list_of_versions_follows_what_is_live_and_what_people_are_called(course: Course) -> None:
    client, lesson = owner("ola"), course.lessons.latest("pk")
    author = User.objects.get(name="ola")
    Lesson.objects.filter(pk=lesson.pk).update(title="Another title")
    lesson.refresh_from_db()
    publishing.publish(lesson, now=NOW, author=author, note="Renamed it")

    def row() -> str:
        found = shown(client, f"{reverse('admin:courses_version_changelist')}?q=Renamed")
        assert found.count("data-row") == 1
        return found.partition("data-row")[2].partition("</tr>")[0]

    live = row()
    assert ">ola<" in live
    assert row() == live
    User.objects.filter(pk=author.pk).update(name="Ola Nordmann")
    assert row() == live.replace(">ola<", ">Ola Nordmann<")
    User.objects.filter(pk=author.pk).update(name="")
    assert row() == live.replace(">ola<", ">ola@example.org<")
    Lesson.objects.filter(pk=lesson.pk).update(live_version=None)
    assert row() != live.replace(">ola<", ">ola@example.org<")


def test_nobody_gets_the_page_of_another(course: Course) -> None:
    seen = shown(owner("ola"), LIST)
    assert "ola" in seen
    assert "ola@" not in shown(owner("per"), LIST)


def test_a_page_follows_the_rights_of_its_reader(course: Course) -> None:
    roles.sync()
    person, client = User.objects.create_user("editor@example.org", is_staff=True), Client()
    client.force_login(person)
    person.groups.set(Group.objects.filter(name="editor"))
    assert reverse("admin:courses_lesson_add") in shown(client, LIST)
    person.groups.set(Group.objects.filter(name="reviewer"))
    assert reverse("admin:courses_lesson_add") not in shown(client, LIST)
    person.groups.set(Group.objects.filter(name="support"))
    assert client.get(LIST).status_code == 403


def test_what_is_said_of_a_search_is_said_once(course: Course) -> None:
    client = owner()
    wrong, said = f"{LIST}?q=%00", "Null characters are not allowed."
    assert [said in shown(client, address) for address in (wrong, LIST, wrong, LIST)] == [True, False] * 2


def test_a_form_of_a_kept_page_can_be_sent(course: Course) -> None:
    client, lesson = owner(), course.lessons.latest("pk")
    shown(client, LIST)
    client.logout()
    client.force_login(User.objects.get(email="owner@example.org"))
    (token, *others) = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', shown(client, LIST))
    assert not set(others) - {token}
    chosen = {"action": "archive_selected", "_selected_action": [lesson.pk], "csrfmiddlewaretoken": token}
    assert client.post(LIST, chosen).status_code == 302
    assert "Archived: 1." in shown(client, LIST)
    assert "Archived: 1." not in shown(client, LIST)

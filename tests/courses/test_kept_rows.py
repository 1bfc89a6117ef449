"""Lists and editors put together from parts that are kept: always what they would be if drawn whole."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import lookup_field
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from courses import row_stamps
from courses.admin.kept_rows import KeptRows
from courses.admin.versioned import NarrowFilter, VersionedAdmin
from courses.models import Choice, Course, Lesson, Module, Question
from tests.courses.large import grow
from tests.factories import make_course

pytestmark = pytest.mark.django_db
LESSONS, QUESTIONS = (reverse(f"admin:courses_{name}_changelist") for name in ("lesson", "question"))
KEPT = ("admin_pages", "admin_frames", "admin_rows")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    forget(*KEPT)
    yield
    forget(*KEPT)


@pytest.fixture
def course() -> Course:
    course = make_course()
    grow(course, lessons=30, questions=40)
    return course


@pytest.fixture
def client(course: Course) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("owner@example.org", name="Ola"))
    return client


def forget(*names: str) -> None:
    for name in names:
        caches[name].clear()


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def asked(client: Client, address: str, table: str) -> int:
    """How many statements read rows of a table to show them."""
    with CaptureQueriesContext(connection) as queries:
        shown(client, address)
    return sum(f'SELECT "{table}"."id", ' in query["sql"] for query in queries)


def put_together(client: Client, address: str) -> str:
    """A page in the frame and of the rows that are kept."""
    forget("admin_pages")
    return shown(client, address)


def drawn_whole(client: Client, address: str) -> str:
    forget(*KEPT)
    return shown(client, address)


@pytest.mark.parametrize(
    "query", ["", "?q=project", "?q=a%22%3E%26b", "?o=-3.1", "?p=2", "?state=live&open__exact=1", "?_popup=1"]
)
def test_a_list_is_the_same_put_together_as_drawn_whole(client: Client, query: str) -> None:
    shown(client, f"{LESSONS}?q=first+of+all")  # its frame is kept, with the filters of another list
    shown(client, LESSONS)
    first = put_together(client, f"{LESSONS}{query}")
    assert put_together(client, f"{LESSONS}{query}") == first
    assert drawn_whole(client, f"{LESSONS}{query}") == first


def test_an_editor_is_the_same_put_together_as_drawn_whole(client: Client, course: Course) -> None:
    one, other = course.lessons.order_by("pk")[:2]
    for lesson in (one, other):
        address = reverse("admin:courses_lesson_change", args=[lesson.pk])
        for query in ("", "?_changelist_filters=q%3Dproject", "?_popup=1"):
            shown(client, address + query)
            found = put_together(client, address + query)
            assert lesson.title in found
            assert drawn_whole(client, address + query) == found
    Lesson.objects.filter(pk=one.pk).update(title="Another <title>")
    address = reverse("admin:courses_lesson_change", args=[one.pk])
    assert put_together(client, address).count("Another &lt;title&gt;") >= 3
    assert drawn_whole(client, address) == put_together(client, address)


def test_after_a_change_only_the_row_that_was_written_is_fetched(client: Client) -> None:
    address = f"{QUESTIONS}?o=1"
    assert asked(client, address, "courses_question") == 1
    forget("admin_pages")
    assert asked(client, address, "courses_question") == 0
    question = Question.objects.order_by("prompt")[3]
    Question.objects.filter(pk=question.pk).update(difficulty=3)
    with CaptureQueriesContext(connection) as queries:
        shown(client, address)
    (fetched,) = [query["sql"] for query in queries if 'SELECT "courses_question"."id", ' in query["sql"]]
    assert f'"courses_question"."id" IN ({question.pk})' in fetched


def test_a_row_follows_all_that_it_shows(client: Client, course: Course) -> None:
    question = course.questions.earliest("pk")
    address = f"{QUESTIONS}?q={question.key}"
    assert re.search(r">\s*live\s*<", shown(client, address))
    Choice.objects.filter(question=question, correct=True).update(text="Right in other words")
    assert re.search(r">\s*changed\s*<", shown(client, address))
    Module.objects.update(title="Renamed module")
    assert "Renamed module" in shown(client, address)


def test_rows_are_kept_under_all_tables_that_they_are_read_from(client: Client) -> None:
    request: HttpRequest = RequestFactory().get("/")
    request.user = User.objects.get()
    for model, own in admin.site._registry.items():
        if not isinstance(own, VersionedAdmin):
            continue
        rows = own.get_changelist_instance(request).result_list
        assert isinstance(rows, KeptRows)
        assert len(rows) > 0
        with CaptureQueriesContext(connection) as queries:
            told = [[str(lookup_field(name, row, own)) for name in own.list_display] for row in rows]
        assert len(told) == len(rows)
        read = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(query["sql"] for query in queries)))
        with CaptureQueriesContext(connection) as queries:
            row_stamps.of_rows(model, rows.keys, rows.parts)
        watched = set(re.findall(r"(?:FROM|JOIN) (\w+)", queries[0]["sql"]))
        assert read - watched <= {"courses_version"}, model  # which never changes


def test_rows_stand_in_the_order_of_the_list_whatever_was_kept(client: Client) -> None:
    shown(client, f"{QUESTIONS}?q=1")
    for way, order in (("1", "prompt"), ("-1", "-prompt")):
        page = put_together(client, f"{QUESTIONS}?o={way}")
        keys = re.findall(r'_selected_action" value="(\d+)"', page)
        texts = [Question.objects.get(pk=key).prompt for key in keys]
        assert len(texts) == 25
        assert texts == list(Question.objects.order_by(order).values_list("prompt", flat=True)[:25])


@pytest.mark.parametrize(
    "query", ["", "?tag=tag-1&q=a%26tag%3D", "?o=-1&state=live&use=x%20y", "?_facets=True&type=single"]
)
def test_links_of_filters_are_those_that_django_makes(client: Client, query: str) -> None:
    request: HttpRequest = RequestFactory().get(f"/{query}")
    request.user = User.objects.get()
    Question.objects.filter(pk=Question.objects.earliest("pk").pk).update(tags=["a & b", "ä=?"])
    found = admin.site._registry[Question].get_changelist_instance(request)
    ours = [spec for spec in found.filter_specs if isinstance(spec, NarrowFilter)]
    assert len(ours) == 4
    for spec in ours:
        assert list(spec.choices(found)) == list(admin.SimpleListFilter.choices(spec, found))


def test_a_row_that_is_gone_meanwhile_is_left_out(client: Client, course: Course) -> None:
    lesson = Lesson.objects.latest("pk")
    rows = KeptRows(Lesson.objects.all(), [-1, lesson.pk], ())
    assert rows.drawn(lambda row: str(row.pk), columns="test") == [str(lesson.pk)]
    assert [row.pk for row in rows] == [lesson.pk]

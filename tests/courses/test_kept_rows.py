"""Lists and editors put together from parts that are kept: always what they would be if drawn whole."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import lookup_field
from django.core.cache import caches
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from courses import row_reading, row_stamps, versions
from courses.admin.kept_lists import KeptList
from courses.admin.kept_rows import KeptRows, KeysFirst
from courses.models import Advert, Choice, Course, DrillSentence, Lesson, MediaAsset, Module, Question
from tests.courses.large import grow
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
LESSONS, QUESTIONS = (reverse(f"admin:courses_{name}_changelist") for name in ("lesson", "question"))
SIZE = KeptList.list_per_page
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


def test_after_a_change_only_the_row_that_was_written_is_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[int]] = []

    def reading(model: type[Model], keys: Sequence[int], **how: Any) -> dict[int, Model]:
        asked.append(keys)
        return read(model, keys, **how)

    read = row_reading.of
    monkeypatch.setattr(row_reading, "of", reading)
    address, rows = f"{QUESTIONS}?o=1", Question.objects.order_by("prompt")
    shown(client, address)
    assert [set(keys) for keys in asked] == [set(rows.values_list("pk", flat=True)[:SIZE])]
    put_together(client, address)
    assert len(asked) == 1
    question = rows[3]
    Question.objects.filter(pk=question.pk).update(difficulty="hard")
    shown(client, address)
    assert asked[1:] == [[question.pk]]


def test_rows_are_read_as_django_reads_them(client: Client) -> None:
    for model, (joined, _) in versions.PARTS.items():
        own: Any = admin.site._registry[model]
        beside = own.list_select_related or ()
        keys = list(model._default_manager.values_list("pk", flat=True)[:SIZE])
        ours = own.read_rows(keys)
        theirs = versions.with_draft(model._default_manager.filter(pk__in=keys))
        for row in theirs.select_related("live_version", *beside):
            mine = ours[row.pk]
            with CaptureQueriesContext(connection) as queries:
                for name in (*joined, *beside):
                    assert getattr(mine, name, None) == getattr(row, name, None), (model, name)
                assert model is Course or versions.snapshot(mine) == versions.snapshot(row)
            assert len(queries) == 0, model
            assert versions.state(mine) == versions.state(row)


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
    DrillSentence.objects.create(key="one", text="One asks.", label="product", reason="So.")
    Advert.objects.create(key="one", title="One", opening="You ask.")
    sizes = {"width": 20, "height": 20, "widths": [20], "fallback": "png"}
    MediaAsset.objects.create(key="one", name="One", alt="One", digest="0" * 64, created_at=NOW, **sizes)
    for model, own in admin.site._registry.items():
        if not isinstance(own, KeptList):
            continue
        rows = own.get_changelist_instance(request).result_list
        assert isinstance(rows, KeptRows)
        assert len(rows) > 0, model
        with CaptureQueriesContext(connection) as queries:
            told = [[str(lookup_field(name, row, own)) for name in own.list_display] for row in rows]
        assert len(told) == len(rows)
        read = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(query["sql"] for query in queries)))
        with CaptureQueriesContext(connection) as queries:
            row_stamps.of_rows(model, rows.keys, own.row_parts())
        watched = set(re.findall(r"(?:FROM|JOIN) (\w+)", queries[0]["sql"]))
        assert read - watched <= {"courses_version"}, model  # which never changes


def test_rows_stand_in_the_order_of_the_list_whatever_was_kept(client: Client) -> None:
    shown(client, f"{QUESTIONS}?q=1")
    for way, order in (("1", "prompt"), ("-1", "-prompt")):
        page = put_together(client, f"{QUESTIONS}?o={way}")
        keys = re.findall(r'_selected_action" value="(\d+)"', page)
        texts = [Question.objects.get(pk=key).prompt for key in keys]
        assert len(texts) == SIZE
        assert texts == list(Question.objects.order_by(order).values_list("prompt", flat=True)[:SIZE])


@pytest.mark.parametrize(
    "query", ["", "?tag=tag-1&q=a%26tag%3D", "?o=-1&state=live&use=x%20y", "?_facets=True&type=single&o="]
)
def test_links_of_a_list_are_those_that_django_makes(client: Client, query: str) -> None:
    request: HttpRequest = RequestFactory().get(f"/{query}")
    request.user = User.objects.get()
    Question.objects.filter(pk=Question.objects.earliest("pk").pk).update(tags=["a & b", "ä=?"])
    found = admin.site._registry[Question].get_changelist_instance(request)
    links = [choice["query_string"] for spec in found.filter_specs for choice in spec.choices(found)]
    changes: list[tuple[dict[str, object], list[str]]] = [
        ({}, []),
        ({"p": 3}, ["q"]),
        ({"tag": None, "o": "1.2"}, ["type", "st"]),
        ({"tag": "ä=?", "new": 7}, []),
        ({"tag": ["a", "b c"], "none": []}, []),
    ]
    ours = [found.get_query_string(new, remove) for new, remove in changes]
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(KeysFirst, "get_query_string")
        theirs = [choice["query_string"] for spec in found.filter_specs for choice in spec.choices(found)]
        assert links == theirs
        assert ours == [found.get_query_string(new, remove) for new, remove in changes]
    assert len(set(links)) > 20


def test_a_row_that_is_gone_meanwhile_is_left_out(client: Client, course: Course) -> None:
    lesson = Lesson.objects.latest("pk")
    own = admin.site._registry[Lesson]
    assert isinstance(own, KeptList)
    rows = KeptRows(Lesson, [-1, lesson.pk], own)
    assert rows.drawn(lambda row: str(row.pk), columns="test") == [str(lesson.pk)]
    assert [row.pk for row in rows] == [lesson.pk]


def test_each_page_of_a_list_shows_its_own_rows_and_how_many_there_are(client: Client) -> None:
    for query in ("o=1", "o=1&q=project", "o=-6&state=live"):
        seen: list[str] = []
        for page in (1, 2, 3):
            shown_page = shown(client, f"{QUESTIONS}?{query}&p={page}")
            keys = re.findall(r'_selected_action" value="(\d+)"', shown_page)
            assert len(keys) == min(SIZE, Question.objects.count() - len(seen)), (query, page)
            seen += keys
        assert len(set(seen)) == len(seen) == Question.objects.count(), query
        assert f"{len(seen)} questions" in " ".join(shown_page.split()), query
        everything = shown(client, f"{QUESTIONS}?{query}&all=")
        assert re.findall(r'_selected_action" value="(\d+)"', everything) == seen
    for wrong in ("0", "-1", "99"):
        assert client.get(f"{QUESTIONS}?o=1&p={wrong}").status_code == 302


def test_whoever_turns_pages_has_the_list_looked_through_once(client: Client) -> None:
    def looks(page: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(client, f"{QUESTIONS}?q=project&p={page}")
        return sum("search_text" in query["sql"] for query in queries)

    assert [looks(page) for page in (1, 2, 3)] == [1, 1, 0]
    Question.objects.filter(pk=Question.objects.latest("pk").pk).update(prompt="Which of these is a plant?")
    assert [looks(page) for page in (3, 2)] == [1, 0]


@pytest.mark.parametrize(
    ("looked_for", "found"),
    [
        ("PLANT", {"one"}),
        ("plant cactus", {"one"}),
        ('"plant the"', {"one"}),
        ('"cactus plant"', set()),
        ("Übermut", {"two"}),
        ("thorns or none", {"two"}),
        ("none thorns", set()),
        ("100%", {"one"}),
        ("100_", set()),
        ('"', set()),
        ("desert", set()),
    ],
)
def test_a_search_finds_words_of_a_question_and_what_a_choice_says(
    client: Client, looked_for: str, found: set[str]
) -> None:
    one, two = Question.objects.order_by("pk")[:2]
    Question.objects.filter(pk=one.pk).update(key="one", prompt="Plant the cactus", explanation="100% sure")
    Question.objects.filter(pk=two.pk).update(key="two", prompt="Nothing but übermut")
    Choice.objects.filter(pk=two.choices.earliest("pk").pk).update(text="Thorns or none")
    request: HttpRequest = RequestFactory().get("/", {"q": looked_for})
    request.user = User.objects.get()
    rows = admin.site._registry[Question].get_changelist_instance(request).queryset
    assert set(rows.values_list("key", flat=True)) == found

"""A lesson's editor: a draft that saves itself and never over a newer one, a preview, what to mend."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import drafts, lesson_findings, markdown_syntax, publishing, versions
from courses.admin.lesson_editor_tools import PICKERS, SNIPPETS
from courses.content_files import rows
from courses.models import Course, Fact, GlossaryTerm, Lesson, Question
from courses.versions import State
from tests.courses.test_admin import form_of
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> Lesson:
    """A published lesson, lesson-1 of a small course."""
    return Lesson.objects.get(course=make_course(), key="lesson-1")


@pytest.fixture
def staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody of the staff without any right, logged in with a second factor."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user("editor@example.org", is_staff=True)
    client.force_login(user)
    return user


@pytest.fixture
def owner(staff: User, client: Client) -> Client:
    """A browser in which somebody with every right is logged in."""
    User.objects.filter(pk=staff.pk).update(is_superuser=True)
    return client


def part(lesson: Lesson, name: str, *more: str) -> str:
    """The address of a part of the editor."""
    return reverse(f"admin:courses_lesson_{name}", args=[lesson.pk, *more])


def written(lesson: Lesson, **changes: Any) -> dict[str, Any]:
    """What the script sends of a lesson, with changes."""
    names = ("title", "question", "body", "revision")
    return {**{name: getattr(lesson, name) for name in names}, **changes}


def test_the_draft_saves_itself_and_learners_see_nothing_of_it(owner: Client, lesson: Lesson) -> None:
    answer = owner.post(part(lesson, "autosave"), written(lesson, body="Half a thou"))
    again = versions.with_draft(Lesson.objects.all()).get(pk=lesson.pk)
    assert answer.json()["revision"] == again.revision == lesson.revision + 1
    assert answer.json()["saved_at"] == again.updated_at.isoformat()
    assert (again.body, again.live_version_id) == ("Half a thou", lesson.live_version_id)
    assert versions.state(again) == State.CHANGED


def test_the_same_text_sent_twice_is_kept_once(owner: Client, lesson: Lesson) -> None:
    sent = written(lesson, body="One.\r\n\r\nTwo.")
    first, second = (owner.post(part(lesson, "autosave"), sent).json() for _ in range(2))
    assert first == second
    assert Lesson.objects.get(pk=lesson.pk).revision == lesson.revision + 1


def test_an_older_revision_overwrites_nothing_and_both_texts_are_shown(owner: Client, lesson: Lesson) -> None:
    owner.post(part(lesson, "autosave"), written(lesson, body="The words of Ada."))
    answer = owner.post(part(lesson, "autosave"), written(lesson, body="The words of Ben.")).json()
    again = Lesson.objects.get(pk=lesson.pk)
    assert again.body == "The words of Ada."
    assert answer["revision"] == again.revision
    assert "The words of Ada.</textarea>" in answer["conflict"]
    assert "Ben." in answer["conflict"]
    mine = written(lesson, body="The words of Ben.", revision=answer["revision"])
    assert "revision" in owner.post(part(lesson, "autosave"), mine).json()
    assert Lesson.objects.get(pk=lesson.pk).body == "The words of Ben."


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"body": "a\0b"}, "Null characters"),
        ({"revision": "-1"}, "revision"),
        ({"revision": "1e9"}, "revision"),
    ],
)
def test_what_cannot_be_a_draft_is_not_kept_and_says_why(
    owner: Client, lesson: Lesson, wrong: dict[str, str], says: str
) -> None:
    answer = owner.post(part(lesson, "autosave"), written(lesson, **wrong)).json()
    assert says in answer["refused"]
    assert Lesson.objects.get(pk=lesson.pk).revision == lesson.revision


def test_saving_by_the_button_is_held_to_the_same_revision_and_loses_no_text(
    owner: Client, lesson: Lesson
) -> None:
    address = reverse("admin:courses_lesson_change", args=[lesson.pk])
    form = {**form_of(owner, lesson), "body": f"Mine.\n\n{lesson.body}", "_continue": "1"}
    owner.post(part(lesson, "autosave"), written(lesson, body=f"Theirs.\n\n{lesson.body}"))
    page = owner.post(address, form)
    assert page.status_code == 200
    assert "saved elsewhere meanwhile" in page.text
    assert "Theirs." in page.text
    assert page.context["adminform"].form["body"].value().startswith("Mine.")
    assert Lesson.objects.get(pk=lesson.pk).body.startswith("Theirs.")
    form["revision"] = page.context["adminform"].form["revision"].value()
    assert owner.post(address, form).status_code == 302
    again = Lesson.objects.get(pk=lesson.pk)
    assert again.body.startswith("Mine.")
    assert again.revision == lesson.revision + 2
    assert [term.key for term in again.terms.all()] == ["sponsor"]


def test_the_form_leaves_a_lesson_where_the_tree_of_its_course_put_it(owner: Client, lesson: Lesson) -> None:
    form = {**form_of(owner, lesson), "order": "77", "module": "2", "_continue": "1"}
    owner.post(reverse("admin:courses_lesson_change", args=[lesson.pk]), form)
    again = Lesson.objects.get(pk=lesson.pk)
    assert (again.order, again.module_id) == (lesson.order, lesson.module_id)


def test_an_import_is_a_saving_that_an_open_editor_does_not_undo(owner: Client, lesson: Lesson) -> None:
    rows.write("two-pms", drafts.lesson(lesson), rows.Desk(NOW, "1.1"), new=False)
    assert Lesson.objects.get(pk=lesson.pk).revision == lesson.revision + 1
    answer = owner.post(part(lesson, "autosave"), written(lesson, body="Begun before the import."))
    assert "conflict" in answer.json()


def test_what_is_wrong_is_told_line_by_line_before_anything_is_saved(owner: Client, lesson: Lesson) -> None:
    Fact.objects.update(review_by=timezone.localdate() - timedelta(days=1))
    body = "\n\n".join(
        [
            "An organization of people.",
            "[[fact:bonus]] and [there](lesson:nowhere).",
            "They pay about $93,000 a year.",
            "[[fact:pay]]",
            "::: figure bars\ntitle: Two bars.\nbars: []\n:::",
        ]
    )
    answer = owner.post(part(lesson, "look"), {"body": body})
    found = [(each.line, each.message, each.blocks) for each in answer.context["findings"].found]
    said = {line: message for line, message, _ in found if line}
    assert (3, "unknown fact 'bonus'", True) in found
    assert (3, "dead link: no lesson has the key 'nowhere'", True) in found
    assert any(line >= 9 and "description" in message and blocks for line, message, blocks in found)
    assert any(line == 1 and "'organization' is not spelled" in message for line, message, _ in found)
    assert "stands here without its source" in said[5]
    assert "was to be checked by" in said[7]
    assert f'data-line="{3}"' in answer.text
    again = Lesson.objects.get(pk=lesson.pk)
    assert (again.body, again.revision) == (lesson.body, lesson.revision)


def test_half_written_figures_and_directives_break_nothing(lesson: Lesson) -> None:
    for body in (
        "",
        "::: figure bars\ntitle: [",
        "::: figure bars\n&a *a\n:::",
        "::: check",
        "[](",
        "::: compare",
    ):
        lesson.body = body
        assert lesson_findings.of(lesson, today=NOW.date()).found


def test_the_preview_shows_what_is_not_saved_and_writes_nothing(owner: Client, lesson: Lesson) -> None:
    address = reverse("learning:preview_frame", args=[lesson.pk])
    assert "A clinic moves" in owner.get(address).text
    body = "## A new end\n\n[[fact:pay]] <script>alert(1)</script>\n\n::: check check-1\n:::"
    page = owner.post(address, {"title": "Unsaved", "question": "?", "body": body})
    assert '<h2 id="a-new-end">A new end</h2>' in page.text
    assert "<h1>Unsaved</h1>" in page.text
    assert "about $93,000" in page.text
    assert "Moving an app by March" in page.text
    assert "<script" not in page.text
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "allow-scripts" not in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert Lesson.objects.get(pk=lesson.pk).body == lesson.body


def test_lists_hold_what_learners_can_see_and_are_searched(owner: Client, lesson: Lesson) -> None:
    GlossaryTerm.objects.create(key="hidden", name="Hidden", meaning="Not yet.", used_by="both")
    publishing.archive(Question.objects.get(key="check-2"), now=NOW)
    inserts = {
        kind: [entry.insert for entry in owner.get(part(lesson, "pick", kind)).context["entries"]]
        for kind in PICKERS
    }
    assert inserts["fact"] == ["[[fact:pay]]"]
    assert inserts["term"] == ["[{words}]{.term}"]
    assert inserts["check"][0] == "\n\n::: check check-1\n:::\n\n"
    assert len(inserts["check"]) == 3
    assert inserts["lesson"] == [f"[{{words}}](lesson:lesson-{number})" for number in (2, 3, 4)]
    assert owner.get(part(lesson, "pick", "lesson"), {"q": "lesson 3"}).text.count("data-insert") == 1
    nothing = owner.get(part(lesson, "pick", "fact"), {"q": "<b>\0"})
    assert "Nothing has “&lt;b&gt;” in it" in nothing.text
    assert owner.get(part(lesson, "pick", "secret")).status_code == 404


def test_each_part_asks_for_the_right_to_it(client: Client, staff: User, lesson: Lesson) -> None:
    frame = reverse("learning:preview_frame", args=[lesson.pk])

    def answers() -> list[int]:
        return [
            client.post(part(lesson, "autosave"), written(lesson)).status_code,
            client.post(part(lesson, "look"), {"body": ""}).status_code,
            client.get(part(lesson, "pick", "fact")).status_code,
            client.post(frame, {"body": "x"}).status_code,
        ]

    assert answers() == [403, 403, 403, 403]
    for right, allowed in [
        ("view_lesson", [403, 403, 403, 200]),
        ("change_lesson", [200, 200, 403, 200]),
        ("view_fact", [200, 200, 200, 200]),
    ]:
        staff.user_permissions.add(Permission.objects.get(codename=right))
        assert answers() == allowed
    client.logout()
    assert 200 not in answers()
    assert client.get(part(lesson, "autosave")).status_code == 302


def test_who_may_only_look_reads_the_text_without_tools(client: Client, staff: User, lesson: Lesson) -> None:
    staff.user_permissions.add(Permission.objects.get(codename="view_lesson"))
    page = client.get(reverse("admin:courses_lesson_change", args=[lesson.pk]))
    assert "Listen for the end" in page.text
    assert "data-editor" not in page.text


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_directive_to_begin_with_has_no_fault(name: str) -> None:
    assert markdown_syntax.read(SNIPPETS[name]).problems == []


def test_the_editor_costs_few_queries(
    owner: Client, lesson: Lesson, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("admin:courses_lesson_change", args=[lesson.pk])
    owner.get(address)
    with django_assert_max_num_queries(25):
        page = owner.get(address)
    assert "data-editor" in page.text
    owner.post(part(lesson, "autosave"), written(lesson, body="Pictures are looked up once a minute."))
    lesson.refresh_from_db()
    with django_assert_max_num_queries(8):
        owner.post(part(lesson, "autosave"), written(lesson, body="Few."))


def test_a_lesson_that_is_not_there_yet_has_a_plain_field(owner: Client, lesson: Lesson) -> None:
    page = owner.get(reverse("admin:courses_lesson_add"))
    assert "Save the draft once." in page.text
    assert Course.objects.exists()


def with_objectives(owner: Client, lesson: Lesson, *keys: str) -> dict[str, Any]:
    """The form of a lesson with objectives added."""
    form = form_of(owner, lesson)
    first = lesson.objectives.count()
    for number, key in enumerate(keys, start=first):
        form |= {
            f"objectives-{number}-{name}": value
            for name, value in {
                "id": "",
                "lesson": lesson.pk,
                "key": key,
                "text": "Say it",
                "order": 0,
            }.items()
        }
    return {**form, "objectives-TOTAL_FORMS": first + len(keys)}


def test_an_objective_is_added_to_the_course_of_its_lesson(owner: Client, lesson: Lesson) -> None:
    address = reverse("admin:courses_lesson_change", args=[lesson.pk])
    assert owner.post(address, with_objectives(owner, lesson, "say-it")).status_code == 302
    assert lesson.objectives.get(key="say-it").course == lesson.course


@pytest.mark.parametrize("keys", [["objective-3"], ["say-it", "say-it"]])
def test_an_objective_with_a_key_that_the_course_has_is_refused(
    owner: Client, lesson: Lesson, keys: list[str]
) -> None:
    address = reverse("admin:courses_lesson_change", args=[lesson.pk])
    page = owner.post(address, with_objectives(owner, lesson, *keys))
    assert f"The course has an objective with this key already: {keys[0]}." in page.text
    assert lesson.objectives.count() == 1

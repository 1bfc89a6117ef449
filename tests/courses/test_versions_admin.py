"""Versions in the admin: in words, side by side, taken back into the draft, shown again."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts import prepared
from accounts.models import AuditLog, User
from courses import publishing, restoring, versions
from courses.admin import version_pages
from courses.models import (
    Choice,
    Course,
    Fact,
    GlossaryTerm,
    Lesson,
    Misconception,
    Question,
    Quiz,
    Source,
    Version,
    Versioned,
)
from tests.factories import NOW, make_bank_of_all_types, make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    """A published course."""
    return make_course()


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


@pytest.fixture
def lesson(course: Course) -> Lesson:
    """A lesson that was published twice."""
    lesson = Lesson.objects.get(key="lesson-1")
    lesson.title = "Worse"
    lesson.save()
    publishing.publish(lesson, author=None, now=NOW, note="In haste.")
    return lesson


def first(row: Versioned) -> Version:
    """Its first version."""
    kind = versions.snapshot(row).kind
    return Version.objects.get(kind=kind, key=row.key, number=1)


def page(name: str, *args: object, query: str = "") -> str:
    """The address of a page about versions."""
    return reverse(f"admin:courses_version_{name}", args=args) + query


def test_a_version_is_shown_in_words_with_what_it_changed(owner: Client, lesson: Lesson) -> None:
    shown = owner.get(page("change", lesson.live_version_id)).content.decode()
    assert "What changed since version 1" in shown
    assert "+Worse</ins>" in shown
    assert "“In haste.”" in shown
    assert "&quot;title&quot;" not in shown, "no JSON"


def test_nothing_of_a_first_version_is_marked_as_new(owner: Client, lesson: Lesson) -> None:
    shown = owner.get(page("change", first(lesson).pk)).content.decode()
    assert "The first version" in shown
    assert "A clinic moves to another floor by June." in shown
    assert "<ins" not in shown


def test_the_list_names_who_when_why_and_what_is_live(owner: Client, lesson: Lesson) -> None:
    rows = owner.get(version_pages.history_address(lesson)).context["cl"].result_list
    assert [(row.number, row.shown, row.note) for row in rows] == [
        (2, True, "In haste."),
        (1, False, "made for a test"),
    ]


@pytest.mark.parametrize("to", ["live", "draft", "2"])
def test_two_states_are_compared(owner: Client, lesson: Lesson, to: str) -> None:
    other = str(lesson.live_version_id) if to == "2" else to
    shown = owner.get(page("compare", query=f"?from={first(lesson).pk}&to={other}")).content.decode()
    assert "Worse</ins>" in shown


def test_versions_are_compared_from_the_older_to_the_newer_whichever_was_chosen_first(
    owner: Client, lesson: Lesson
) -> None:
    query = f"?from={lesson.live_version_id}&to={first(lesson).pk}"
    shown = owner.get(page("compare", query=query)).content.decode()
    assert "From version 1 of" in shown
    assert "Worse</ins>" in shown


def test_versions_of_two_things_are_not_compared(owner: Client, lesson: Lesson) -> None:
    other = Version.objects.get(kind="lesson", key="lesson-2")
    assert owner.get(page("compare", query=f"?from={first(lesson).pk}&to={other.pk}")).status_code == 404
    data = {"action": "compare_two", "_selected_action": [first(lesson).pk, other.pk]}
    answer = owner.post(page("changelist"), data, follow=True)
    assert "Choose two versions of one thing." in answer.content.decode()


def seen(client: Client, version: Version) -> dict[str, Any]:
    """What the form that goes back to a version would send."""
    return {"seen": client.get(page("show_again", version.pk)).context["seen"]}


def test_an_older_version_is_shown_again_and_the_draft_stays(owner: Client, lesson: Lesson) -> None:
    before = first(lesson)
    answer = owner.post(page("show_again", before.pk), seen(owner, before), follow=True)
    assert "Learners see version 1" in answer.content.decode()
    lesson.refresh_from_db()
    assert (lesson.live_version_id, lesson.title) == (before.pk, "Worse")
    assert AuditLog.objects.get(action="roll_back").after["version"] == before.pk  # type: ignore[index]  # it has one


def test_going_back_undoes_nothing_that_came_since(owner: Client, lesson: Lesson) -> None:
    looked = seen(owner, first(lesson))
    Lesson.objects.filter(pk=lesson.pk).update(title="Better")
    publishing.publish(Lesson.objects.get(pk=lesson.pk), author=None, now=NOW)
    answer = owner.post(page("show_again", first(lesson).pk), looked, follow=True)
    assert "Nothing was changed" in answer.content.decode()
    live = Lesson.objects.get(pk=lesson.pk).live_version
    assert live is not None
    assert live.number == 3


def test_the_order_of_a_course_is_not_rolled_back(owner: Client, course: Course) -> None:
    answer = owner.get(page("show_again", course.live_version_id), follow=True)
    assert "Roll back those" in answer.content.decode()
    answer = owner.post(page("restore", course.live_version_id), follow=True)
    assert "The draft stays as it was" in answer.content.decode()


def test_who_may_not_change_a_lesson_may_neither_roll_it_back_nor_restore_it(
    client: Client, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    reader = User.objects.create_user("reader@example.org", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_version"))
    client.force_login(reader)
    version = first(lesson)
    assert client.get(page("change", version.pk)).status_code == 200
    assert client.post(page("show_again", version.pk), {"seen": '{"live": null}'}).status_code == 403
    assert client.post(page("restore", version.pk)).status_code == 403
    client.force_login(User.objects.create_user("nobody@example.org", is_staff=True))
    assert client.get(page("change", version.pk)).status_code == 403


def test_a_version_is_taken_back_into_the_draft_and_learners_see_no_change(
    owner: Client, lesson: Lesson
) -> None:
    owner.post(page("restore", first(lesson).pk))
    draft = versions.with_draft(Lesson.objects.all()).get(pk=lesson.pk)
    assert (draft.title, draft.live_version_id) == ("Lesson 1", lesson.live_version_id)
    assert versions.snapshot(draft).content_hash == first(lesson).content_hash


def change_everything(row: Versioned) -> None:
    """Write something else into a draft wherever its version looks."""
    shipped = ("shipped_hash", "shipped_version", "key")
    for field in prepared.fields(type(row)):
        if field.get_internal_type() in ("CharField", "TextField") and field.name not in shipped:
            setattr(row, field.name, "easy" if field.name == "difficulty" else "other")
    row.shipped_hash = "as it was shipped"
    if isinstance(row, Question):
        row.choices.all().delete()
        row.settings, row.buckets, row.tags, row.type = {}, ["other"], ["other"], "single"
    elif isinstance(row, Quiz):
        row.pools.all().delete()
        row.feedback = "immediate"
    elif isinstance(row, Lesson):
        row.terms.clear()
        row.objectives.update(text="other", archived_at=NOW)
        row.sources.clear()
    row.save()


def test_whatever_is_taken_back_is_the_version_again(course: Course) -> None:
    bank = make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    others = [Lesson.objects.get(key="lesson-2"), Quiz.objects.get(key="module-1")]
    for row in [*bank, *others, Fact.objects.get(), GlossaryTerm.objects.get()]:
        version = row.live_version
        assert version is not None
        change_everything(row)
        restoring.restore(row, version, author=None, now=NOW)
        again = versions.with_draft(type(row)._default_manager.all()).get(pk=row.pk)
        assert versions.snapshot(again).content_hash == version.content_hash, row.key
        assert again.shipped_hash == "as it was shipped", "an import goes on leaving it alone"


def test_a_version_that_names_what_is_gone_is_refused_in_words(course: Course) -> None:
    question = Question.objects.get(key="single-1")
    version = first(question)
    Choice.objects.update(misconception=None)
    Misconception.objects.all().delete()
    with pytest.raises(restoring.NotRestorable, match="deadlines-make-a-project"):
        restoring.restore(question, version, author=None, now=NOW)


def test_a_fact_keeps_its_source_where_the_old_one_is_not_found(course: Course) -> None:
    fact = Fact.objects.get()
    version = first(fact)
    Source.objects.update(title="Another edition")
    restoring.restore(fact, version, author=None, now=NOW)
    assert Fact.objects.get().source.title == "Another edition"

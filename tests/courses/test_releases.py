"""Publishing as editors do it: look at what changes, then publish exactly that."""

import pytest
from django.test import Client

from accounts.models import AuditLog, User
from courses import publishing, releases, versions
from courses.admin import publish_page
from courses.models import Course, Lesson, Module, Objective, Question, Version
from tests.courses.publish_pages import look, send
from tests.factories import NOW, make_course, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson() -> Lesson:
    """A live lesson of a live course."""
    make_course()
    return Lesson.objects.get(key="lesson-1")


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org", name="Ola"))
    return client


def edit(row: Lesson, **values: object) -> None:
    """Change a draft."""
    Lesson.objects.filter(pk=row.pk).update(**values)


def test_the_page_shows_words_and_preselects_minor_for_a_typo(owner: Client, lesson: Lesson) -> None:
    edit(lesson, title="Lesson one", body=lesson.body.replace("another floor", "the third floor"))
    page = owner.get(publish_page.address(lesson)).content.decode()
    assert "another</del>" in page
    assert "+the third</ins>" in page
    assert "Minor: no heading, objective, key or figure changed." in page
    assert 'value="minor" checked' in page
    assert "nobody's progress changes, 0 people inside" in page


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [("## Listen for the end", "## Hear the end", "a heading"), ("[[fact:pay]]", "a lot", "a fact")],
)
def test_a_heading_or_a_fact_makes_the_change_major(
    owner: Client, lesson: Lesson, old: str, new: str, reason: str
) -> None:
    edit(lesson, body=lesson.body.replace(old, new))
    page = owner.get(publish_page.address(lesson)).content.decode()
    assert f"Major, because {reason} changed." in page
    assert 'value="major" checked' in page


def test_what_was_looked_at_goes_live_with_note_author_and_a_line_in_the_log(
    owner: Client, lesson: Lesson
) -> None:
    edit(lesson, title="Lesson one")
    send(owner, {**look(owner, lesson), "note": "Said shorter."}, lesson)
    version = Lesson.objects.get(pk=lesson.pk).live_version
    assert version is not None
    assert (version.number, version.note, version.major) == (2, "Said shorter.", False)
    row = AuditLog.objects.get(action="publish")
    assert (row.actor, row.object_id, row.before) == (
        version.author,
        str(lesson.pk),
        {"version": lesson.live_version_id},
    )


def test_an_editor_may_call_a_minor_change_major(owner: Client, lesson: Lesson) -> None:
    edit(lesson, title="Lesson one")
    send(owner, {**look(owner, lesson), "change": "major"}, lesson)
    assert Version.objects.get(kind="lesson", key="lesson-1", number=2).major


def test_a_draft_that_changed_since_is_not_published_and_the_page_says_what_changed(
    owner: Client, lesson: Lesson
) -> None:
    edit(lesson, title="Lesson one")
    looked = look(owner, lesson)
    edit(lesson, question="Whose is it?")
    page = send(owner, {**looked, "note": "Mine."}, lesson).content.decode()
    assert "has changed since you looked: Question it answers." in page
    assert 'value="Mine."' in page
    assert Lesson.objects.get(pk=lesson.pk).live_version_id == lesson.live_version_id


def test_a_version_that_somebody_else_published_meanwhile_is_not_run_over(
    owner: Client, lesson: Lesson
) -> None:
    edit(lesson, title="Lesson one")
    looked = look(owner, lesson)
    other = User.objects.create_user("ed@example.org", name="Ed")
    publishing.publish(Lesson.objects.get(pk=lesson.pk), author=other, now=NOW)
    edit(lesson, title="Lesson uno")
    page = send(owner, looked, lesson).content.decode()
    assert "Learners see version 2 of “Lesson uno” by now, published by Ed since you looked." in page


def test_forged_or_missing_knowledge_of_the_page_publishes_nothing(owner: Client, lesson: Lesson) -> None:
    edit(lesson, title="Lesson one")
    data = look(owner, lesson)
    for seen in ("", "[]", "{}", '{"lesson-1": 3}', "nonsense", '{"x": {"live": []}}'):
        assert send(owner, {**data, "seen": seen}, lesson).status_code == 200
    assert Version.objects.filter(kind="lesson", key="lesson-1").count() == 1


def new_module(course: Course) -> list[Lesson | Question]:
    """Drafts that need each other: a lesson, and the check that it names."""
    module = Module.objects.create(course=course, key="module-3", title="Module 3", order=3)
    about = {"key": "lesson-5", "title": "Lesson 5", "question": "Who?", "order": 1}
    lesson = Lesson.objects.create(course=course, module=module, body="", **about)
    Objective.objects.create(course=course, lesson=lesson, key="objective-5", text="Tell it")
    check = make_question(lesson, "check-5", "single", uses=["check"])
    lesson.body = "Ask.\n\n::: check check-5\n:::\n\n## Listen for the end\n\nIt ends."
    lesson.save()
    return [lesson, check]


def test_drafts_that_need_each_other_are_looked_at_and_published_together(
    owner: Client, lesson: Lesson
) -> None:
    rows = new_module(lesson.course)
    assert releases.preview(rows[:1], now=NOW)[0].problems, "alone, its check is not there"
    assert not [one.problems for one in releases.preview(rows, now=NOW) if one.problems]
    assert Version.objects.filter(key__endswith="-5").count() == 0, "looking keeps nothing"
    send(owner, look(owner, *rows), *rows)
    assert Version.objects.filter(key__endswith="-5").count() == 2
    course = Course.objects.live().get()
    assert course.live_version is not None
    assert [len(module["lessons"]) for module in course.live_version.body["modules"]] == [2, 2, 1]
    assert Version.objects.filter(kind="outline").count() == 2, "the outline follows once"


def test_one_fault_keeps_all_of_them_back(owner: Client, lesson: Lesson) -> None:
    rows = new_module(lesson.course)
    edit(lesson, title="Lesson one")
    both = (lesson, *rows)
    looked = look(owner, *both)
    rows[1].choices.update(feedback="")  # type: ignore[union-attr]  # the second is the question
    page = send(owner, looked, *both).content.decode()
    assert "Nothing was published" in page
    assert Lesson.objects.get(pk=lesson.pk).live_version_id == lesson.live_version_id


def test_the_list_of_rows_leads_to_the_same_page(owner: Client, lesson: Lesson) -> None:
    edit(lesson, title="Lesson one")
    rows = list(Lesson.objects.order_by("pk")[:2])
    data = {"action": "publish_selected", "_selected_action": [row.pk for row in rows]}
    page = owner.post("/admin/courses/lesson/", data, follow=True)
    assert page.status_code == 200
    assert "Learners see it just so." in page.content.decode()
    assert versions.state(Lesson.objects.get(pk=lesson.pk)) == versions.State.CHANGED


@pytest.mark.parametrize("query", ["", "?row=lesson-99999999", "?row=user-1", "?row=lesson-x"])
def test_rows_that_are_not_there_are_not_found(owner: Client, lesson: Lesson, query: str) -> None:
    assert owner.get(f"/admin/courses/version/publish/{query}").status_code == 404


def test_who_may_not_change_a_lesson_may_not_publish_it(
    client: Client, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_user("reader@example.org", is_staff=True))
    assert client.get(publish_page.address(lesson)).status_code == 403


def test_a_typo_is_one_click_and_a_major_change_is_not(owner: Client, lesson: Lesson) -> None:
    from tests.courses.test_admin import address, form_of

    form = {**form_of(owner, lesson), "_publish_minor": "1"}
    page = owner.post(
        address(lesson), {**form, "body": lesson.body.replace("## Listen", "## Hear")}, follow=True
    )
    assert "this changes a heading" in page.content.decode()
    assert page.redirect_chain[-1][0] == publish_page.address(lesson)
    assert Lesson.objects.get(pk=lesson.pk).live_version_id == lesson.live_version_id

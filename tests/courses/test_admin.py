"""Editors in the admin: drafts, publishing, keys that stay, and forms that speak the content files' words."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from unfold.admin import StackedInline

from accounts.models import User
from courses import outline, versions
from courses.models import Choice, Course, Lesson, Question, Quiz
from tests.factories import ALL_TYPES, make_bank_of_all_types, make_course, make_final
from tests.learning.sentences import make_sentences

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


def form_of(client: Client, row: Course | Lesson | Question | Quiz) -> dict[str, Any]:
    """Return what the admin's form of a row would send back unchanged."""
    page = client.get(address(row))
    data: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is None or value is False:
                continue
            data[bound.html_name] = value if isinstance(value, list) else str(value)
    return data


def address(row: Course | Lesson | Question | Quiz) -> str:
    """Return a row's address in the admin."""
    return reverse(f"admin:courses_{row._meta.model_name}_change", args=[row.pk])


def words(answer: object) -> str:
    """Return all messages that an answer shows."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))  # type: ignore[attr-defined]  # the test client adds it


def test_saving_a_lesson_changes_the_draft_and_nothing_that_learners_see(
    owner: Client, course: Course
) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    live = lesson.live_version_id
    answer = owner.post(
        address(lesson), {**form_of(owner, lesson), "title": "A better title", "_continue": "1"}
    )
    assert answer.status_code == 302, answer.context["errors"]
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert (lesson.title, lesson.live_version_id) == ("A better title", live)
    assert versions.state(lesson) == versions.State.CHANGED


def test_publishing_a_lesson_shows_the_saved_draft(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    answer = owner.post(
        address(lesson), {**form_of(owner, lesson), "title": "A better title", "_publish_minor": "1"}
    )
    assert "version 2" in words(answer)
    version = Lesson.objects.get(pk=lesson.pk).live_version
    assert version is not None
    assert (version.number, version.body["title"], version.major) == (2, "A better title", False)
    assert version.author == User.objects.get(email="owner@example.org")


def test_publishing_a_question_takes_the_choices_saved_with_it(owner: Client, course: Course) -> None:
    question = Question.objects.get(key="single-1")
    data = form_of(owner, question)
    field = next(name for name, value in data.items() if value == "Feedback on moving-app.")
    owner.post(address(question), {**data, field: "One result, one day.", "_publish_minor": "1"})
    version = Question.objects.get(pk=question.pk).live_version
    assert version is not None
    assert version.answer_key is not None
    assert version.answer_key["choices"]["moving-app"]["feedback"] == "One result, one day."


def test_a_lesson_with_an_unknown_directive_is_refused_with_its_line(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    body = f"::: tabs\n:::\n\n{lesson.body}"
    answer = owner.post(address(lesson), {**form_of(owner, lesson), "body": body, "_continue": "1"})
    assert answer.status_code == 200
    assert "Line 1: " in str(answer.context["adminform"].form.errors["body"])
    assert body in answer.context["adminform"].form["body"].value()


def test_a_lesson_that_names_an_unknown_fact_is_refused(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    body = lesson.body.replace("[[fact:pay]]", "[[fact:bonus]]")
    answer = owner.post(address(lesson), {**form_of(owner, lesson), "body": body, "_continue": "1"})
    assert "unknown fact &#x27;bonus&#x27;" in str(answer.context["adminform"].form.errors["body"])


def test_a_question_with_two_right_choices_is_refused_in_words(owner: Client, course: Course) -> None:
    question = Question.objects.get(key="single-1")
    data = form_of(owner, question)
    data |= {name.replace("-text", "-correct"): "on" for name in data if name.endswith("-text")}
    answer = owner.post(address(question), {**data, "_continue": "1"})
    assert "exactly one choice is correct, not 3" in answer.content.decode()
    assert Choice.objects.filter(question=question, correct=True).count() == 1


def test_a_passage_that_the_lesson_does_not_have_is_refused(owner: Client, course: Course) -> None:
    question = Question.objects.get(key="single-1")
    data = {**form_of(owner, question), "passage_heading": "nowhere", "_continue": "1"}
    answer = owner.post(address(question), data)
    assert "listen-for-the-end" in str(answer.context["adminform"].form.errors["passage_heading"])


def test_a_draft_that_cannot_go_live_is_saved_and_says_why(owner: Client, course: Course) -> None:
    quiz = Quiz.objects.get(key="module-1")
    data = form_of(owner, quiz)
    field = next(name for name in data if name.endswith("-draw") and "__prefix__" not in name)
    answer = owner.post(address(quiz), {**data, field: "40", "_publish": "1"}, follow=True)
    assert "In the way" in answer.content.decode()
    assert "Publish now" not in answer.content.decode()
    assert quiz.pools.filter(draw=40).exists()
    assert Quiz.objects.get(pk=quiz.pk).live_version_id == quiz.live_version_id


def test_the_key_of_what_was_published_cannot_change(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    owner.post(address(lesson), {**form_of(owner, lesson), "key": "another-key", "_continue": "1"})
    assert Lesson.objects.get(pk=lesson.pk).key == "lesson-1"


def test_what_was_published_is_archived_and_never_deleted(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-2")
    assert owner.post(address(lesson).replace("change", "delete"), {"post": "yes"}).status_code == 403
    owner.post(
        reverse("admin:courses_lesson_changelist"),
        {"action": "archive_selected", "_selected_action": [lesson.pk]},
    )
    assert versions.state(Lesson.objects.get(pk=lesson.pk)) == versions.State.ARCHIVED
    assert "Archived: learners do not see it." in owner.get(address(lesson)).content.decode()


def test_view_as_learner_leads_to_the_live_lesson(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    answer = owner.get(reverse("admin:courses_lesson_view_as_learner", args=[lesson.pk]))
    assert answer.headers["Location"] == reverse("learning:lesson", args=["two-pms", "lesson-1"])


def test_staff_without_a_second_factor_cannot_open_the_admin(client: Client, course: Course) -> None:
    client.force_login(User.objects.create_superuser("owner@example.org"))
    answer = client.get(reverse("admin:courses_lesson_changelist"))
    assert answer.status_code == 302
    assert "Lesson 1" not in answer.content.decode()


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=str)
def test_every_list_and_form_opens_in_few_queries(
    owner: Client,
    course: Course,
    model: type[Model],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    meta = model._meta
    name = f"admin:{meta.app_label}_{meta.model_name}"
    with django_assert_max_num_queries(20):
        assert owner.get(reverse(f"{name}_changelist"), {"q": "a"}, follow=True).status_code == 200
    row = admin.site._registry[model].get_queryset(owner.get(reverse("admin:index")).wsgi_request).first()
    if row is not None:
        with django_assert_max_num_queries(40):
            assert owner.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_the_preview_shows_the_saved_draft_to_editors_only(owner: Client, course: Course) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    Lesson.objects.filter(pk=lesson.pk).update(title="A better title")
    address = reverse("learning:preview_lesson", args=[lesson.pk])
    assert "A better title" in owner.get(address).content.decode()
    learner = Client()
    learner.force_login(User.objects.create_user("learner@example.org"))
    assert learner.get(address).status_code == 403


def test_an_editor_changes_the_settings_of_a_questions_type_and_sees_no_others(
    owner: Client, course: Course
) -> None:
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    question = Question.objects.get(key="all-numeric")
    data = form_of(owner, question)
    assert data["setting_near"] == "43000 | Feedback on the total."
    assert "setting_accept" not in data
    owner.post(address(question), {**data, "setting_answer": "12.5", "_continue": "1"})
    question.refresh_from_db()
    assert (question.settings["answer"], question.settings["unit"]) == (12.5, "EUR")
    answer = owner.post(address(question), {**data, "setting_answer": "a dozen", "_continue": "1"})
    assert "must be a number" in str(answer.context["adminform"].form.errors["setting_answer"])


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_a_question_of_every_type_is_saved_as_it_was(owner: Client, course: Course, type_: str) -> None:
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    question = Question.objects.get(key=f"all-{type_.replace('_', '-')}")
    answer = owner.post(address(question), {**form_of(owner, question), "_continue": "1"})
    assert answer.status_code == 302, answer.context["errors"]
    again = versions.with_draft(Question.objects.all()).get(pk=question.pk)
    assert versions.state(again) == versions.State.LIVE


def test_the_final_is_edited_and_published_like_any_quiz(owner: Client, course: Course) -> None:
    final = make_final(course)
    form = {**form_of(owner, final), "title": "The last quiz", "_publish_minor": "1"}
    answer = owner.post(address(final), form)
    assert answer.status_code == 302, answer.context["errors"]
    plan = outline.of(Course.objects.live().get())
    assert plan.final
    assert plan.final.title == "The last quiz"


def test_a_quiz_of_a_module_is_not_made_a_second_final(owner: Client, course: Course) -> None:
    quiz = Quiz.objects.get(key="module-1")
    answer = owner.post(address(quiz), {**form_of(owner, quiz), "module": ""})
    assert "only the quiz with the key “final” has none" in answer.content.decode()


def test_rows_of_a_row_stand_whole_so_that_a_phone_never_scrolls_sideways() -> None:
    beside = [inline for page in admin.site._registry.values() for inline in page.inlines]
    assert beside
    assert not [each for each in beside if not issubclass(each, StackedInline)]


def test_a_trap_of_the_drill_goes_by_its_label(owner: Client) -> None:
    sentence = make_sentences(1)[0]
    page = owner.get(reverse("admin:courses_drillsentence_change", args=[sentence.pk]))
    (traps,) = page.context["inline_admin_formsets"]
    assert [str(form.instance) for form in traps.formset.forms] == ["Project"]

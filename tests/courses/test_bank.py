"""The bank of questions in the admin: filters, many at once, copies; as cheap at 5,000 as at twenty."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import prepared
from accounts.models import AuditLog, User
from courses import bank, versions
from courses.models import Course, Lesson, Question, Quiz
from tests.factories import NOW, make_bank_of_all_types, make_course

pytestmark = pytest.mark.django_db
LIST = "/admin/courses/question/"


@pytest.fixture
def course() -> Course:
    """A published course with a question of every type besides."""
    course = make_course()
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    return course


@pytest.fixture
def owner(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def found(client: Client, query: str) -> set[str]:
    """The keys of the questions that a list shows."""
    return {row.key for row in client.get(LIST + query).context["cl"].result_list}


def test_the_bank_is_narrowed_by_type_tag_use_difficulty_objective_and_state(
    owner: Client, course: Course
) -> None:
    assert found(owner, "?tag=all&type=order") == {"all-order"}
    assert found(owner, "?use=check") == {f"check-{number}" for number in (1, 2, 3, 4)}
    objective = course.objectives.get(key="objective-3")
    assert found(
        owner, f"?module__id__exact={objective.lesson.module_id}&objective={objective.pk}&type=classify"
    ) == {"classify-3"}
    assert found(owner, "?q=loyalty") == {"all-match"}
    assert found(owner, "?difficulty=hard") == set()
    Question.objects.get(key="single-1").save()
    assert found(owner, "?state=changed") >= {"single-1"}


def test_many_questions_get_tags_and_difficulty_at_once(owner: Client, course: Course) -> None:
    chosen = list(Question.objects.filter(tags=["all"])[:3])
    data = {"action": "edit_together", "_selected_action": [row.pk for row in chosen]}
    asked = owner.post(LIST, data)
    assert "3 questions." in asked.content.decode()
    refused = owner.post(LIST, {**data, "together": "yes", "add": "Not A Key"})
    assert "Lower-case letters" in refused.content.decode()
    assert "Say what to change." in owner.post(LIST, {**data, "together": "yes"}).content.decode()
    wanted = {"together": "yes", "add": "people, pay", "remove": "all", "difficulty": "hard"}
    answer = owner.post(LIST, {**data, **wanted}, follow=True)
    assert "Drafts changed: 3." in answer.content.decode()
    rows = versions.with_draft(Question.objects.filter(pk__in=[row.pk for row in chosen]))
    assert {(*row.tags, row.difficulty) for row in rows} == {("people", "pay", "hard")}
    assert {versions.state(row) for row in rows} == {versions.State.CHANGED}
    log = AuditLog.objects.filter(action="bank_edit", object_type="courses.Question")
    assert {row.object_id for row in log} == {str(row.pk) for row in chosen}
    owner.post(LIST, {**data, **wanted}, follow=True)
    assert AuditLog.objects.filter(action="bank_edit").count() == 3, "twice is once"


def test_a_copy_is_a_draft_of_its_own_with_the_same_content(owner: Client, course: Course) -> None:
    for row in Question.objects.filter(tags=["all"]):
        copy = bank.duplicate(row, author=None, now=NOW)
        same = [versions.with_draft(Question.objects.all()).get(pk=each.pk) for each in (row, copy)]
        assert versions.snapshot(same[0]).content_hash == versions.snapshot(same[1]).content_hash
        assert versions.state(copy) == versions.State.DRAFT
        assert not copy.shipped_or_published
    again = bank.duplicate(Question.objects.get(key="all-single"), author=None, now=NOW)
    assert again.key == "all-single-3"
    data = {"action": "duplicate", "_selected_action": [again.pk]}
    answer = owner.post(LIST, data)
    assert answer.headers["Location"].endswith("/change/")


def test_a_question_knows_the_quizzes_that_may_draw_it_and_the_lessons_that_ask_it(course: Course) -> None:
    drawn = bank.usage(Question.objects.select_related("live_version").get(key="single-3"))
    assert ([quiz.key for quiz in drawn.quizzes], drawn.lessons) == (["module-2"], [])
    asked = bank.usage(Question.objects.select_related("live_version").get(key="check-3"))
    assert (asked.quizzes, [lesson.key for lesson in asked.lessons]) == ([], ["lesson-3"])
    Quiz.objects.update(live_version=None)
    again = bank.usage(Question.objects.select_related("live_version").get(key="single-3"))
    assert again.quizzes == []


@pytest.mark.parametrize("more", [200, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_page_of_the_bank_costs_the_same_however_many_questions_there_are(
    owner: Client, course: Course, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one = Question.objects.get(key="single-1")
    copies = []
    for number in range(more):
        copy = Question(**{field.attname: getattr(one, field.attname) for field in prepared.fields(Question)})
        copy.pk, copy.key, copy.live_version_id, copy.tags = (
            None,
            f"grown-{number}",
            None,
            [f"t{number % 30}"],
        )
        copies.append(copy)
    Question.objects.bulk_create(copies, batch_size=1000)
    for query in ("", "?tag=t3", "?q=project", "?state=draft&difficulty=easy"):
        with django_assert_max_num_queries(15):
            assert owner.get(LIST + query).status_code == 200

"""The course builder: one tree, moves that are safe to repeat and lose nothing, additions in place."""

import random
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditLog, User
from courses import arranging, course_tree, outline, publishing
from courses.arranging import Move, moved
from courses.models import Course, Fact, Lesson, MediaAsset, Module, PublishJob, Question, Quiz
from courses.versions import State
from tests.factories import LESSON, NOW, make_course

FOUR = {10: [1, 2], 20: [3, 4], 30: []}
"""Three modules with four lessons."""


@pytest.mark.parametrize(
    ("move", "after"),
    [
        (Move(10, 0, [2]), {10: [2, 1], 20: [3, 4], 30: []}),
        (Move(10, 9, [1]), {10: [2, 1], 20: [3, 4], 30: []}),
        (Move(20, 0, [2]), {10: [1], 20: [2, 3, 4], 30: []}),
        (Move(30, None, [4, 1]), {10: [2], 20: [3], 30: [1, 4]}),
        (Move(30, 0), {30: [], 10: [1, 2], 20: [3, 4]}),
        (Move(10), {20: [3, 4], 30: [], 10: [1, 2]}),
    ],
)
def test_a_move_puts_lessons_or_a_module_where_it_says(move: Move, after: arranging.Order) -> None:
    assert list(moved(FOUR, move).items()) == list(after.items())


@pytest.mark.parametrize("seed", range(3))
def test_no_move_loses_or_doubles_anything_and_a_second_time_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - examples, no secrets
    for _ in range(200):
        order = {
            module: [100 * module + each for each in range(chance.randint(0, 5))]
            for module in range(1, chance.randint(2, 6))
        }
        everything = sorted(lesson for lessons in order.values() for lesson in lessons)
        picked = chance.sample(everything, chance.randint(0, len(everything)))
        move = Move(chance.choice(list(order)), chance.choice([None, *range(9)]), picked)
        after = moved(order, move)
        assert sorted(lesson for lessons in after.values() for lesson in lessons) == everything
        assert sorted(after) == sorted(order)
        assert list(moved(after, move).items()) == list(after.items())


@pytest.fixture
def course(db: None) -> Course:
    """A published course of two modules with two lessons and a quiz each."""
    return make_course()


@pytest.fixture
def owner(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser in which somebody with every right and a second factor is logged in."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    client.force_login(User.objects.create_superuser("owner@example.org"))
    return client


def build(client: Client, course: Course, part: bool = True, **form: Any) -> Any:
    """Send a form of the tree; with `part`, as the script does. A move was made from what stands now."""
    address = reverse("admin:courses_course_build", args=[course.pk])
    data = {"order": course_tree.of(course).order, **form}
    return client.post(address, data, headers={"X-Part": "builder"} if part else {})


def order_of(course: Course) -> list[list[str]]:
    """The keys of the lessons in each module of the draft."""
    return [[leaf.key for leaf in branch.lessons] for branch in course_tree.of(course).modules]


def module(number: int) -> Module:
    return Module.objects.get(key=f"module-{number}")


def lesson(number: int) -> Lesson:
    return Lesson.objects.get(key=f"lesson-{number}")


def test_the_tree_tells_states_minutes_and_what_is_wrong(course: Course) -> None:
    changed, archived = lesson(1), lesson(2)
    changed.body += "\n\n[[fact:bonus]]"
    changed.save()
    publishing.archive(archived, now=NOW)
    Lesson.objects.create(course=course, module=module(2), key="new", title="New", order=9)
    Quiz.objects.get(key="module-2").pools.all().delete()
    tree = course_tree.of(Course.objects.select_related("live_version").get())
    first, second = tree.modules
    assert [leaf.state for leaf in tree.lessons] == [
        State.CHANGED,
        State.ARCHIVED,
        State.LIVE,
        State.LIVE,
        State.DRAFT,
    ]
    assert first.lessons[0].problems == ["line 14: unknown fact 'bonus'"]
    assert "objectives: a lesson has at least one objective" in second.lessons[2].problems
    assert second.quiz
    assert second.quiz.problems == ["pools: a quiz has at least one pool"]
    assert any("words; between" in hint for hint in first.lessons[0].advice)
    assert first.quiz
    assert first.minutes == first.lessons[0].minutes + first.quiz.minutes


def test_the_tree_tells_when_a_lesson_goes_away(owner: Client, course: Course) -> None:
    at = NOW.replace(year=2031)
    job: dict[str, Any] = {
        "kind": "lesson",
        "row_id": lesson(2).pk,
        "action": "archive",
        "at": at,
        "created_at": NOW,
    }
    PublishJob.objects.create(**job)
    page = owner.get(reverse("admin:courses_course_change", args=[course.pk]))
    assert page.text.count("Goes away 21 Nov 2031") == 1


def test_what_is_kept_of_a_wording_follows_what_it_names(course: Course) -> None:
    assert course_tree.of(course).modules[0].lessons[0].problems == []
    publishing.archive(Fact.objects.get(key="pay"), now=NOW)
    assert "unknown fact 'pay'" in course_tree.of(course).modules[0].lessons[0].problems[0]


def test_a_lesson_may_show_a_picture_that_was_sent_in_and_the_tree_notices_that_it_came(
    course: Course,
) -> None:
    shown = lesson(1)
    shown.body += "\n\n![](media:board)\n"
    shown.save()
    assert "unknown picture 'board'" in course_tree.of(course).modules[0].lessons[0].problems[0]
    MediaAsset.objects.create(
        key="board",
        name="A board",
        alt="A board.",
        digest="0" * 64,
        width=9,
        height=9,
        widths=[9],
        created_at=NOW,
    )
    assert course_tree.of(course).modules[0].lessons[0].problems == []


def test_an_unchanged_course_is_drawn_once(
    course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stamp, tree = course_tree.stamped(course)
    with django_assert_num_queries(1):
        assert course_tree.stamped(course) == (stamp, tree)
    Module.objects.update(title="Another title")
    assert course_tree.stamped(course)[0] != stamp
    assert course_tree.of(course).modules[0].title == "Another title"


def test_the_arrows_reach_every_place_and_the_ends_have_none(owner: Client, course: Course) -> None:
    page = owner.get(reverse("admin:courses_course_change", args=[course.pk]))
    first, second = page.context["stretches"]
    assert [bool(each["up"]) for each in (first, second)] == [False, True]
    assert first["lessons"][0]["up"] == ""
    assert second["lessons"][1]["down"] == ""
    build(owner, course, move=second["lessons"][0]["up"])
    assert order_of(course) == [["lesson-1", "lesson-2", "lesson-3"], ["lesson-4"]]
    page = owner.get(reverse("admin:courses_course_change", args=[course.pk]))
    build(owner, course, move=page.context["stretches"][0]["lessons"][2]["down"])
    assert order_of(course) == [["lesson-1", "lesson-2"], ["lesson-3", "lesson-4"]]
    build(owner, course, move=page.context["stretches"][1]["up"])
    assert order_of(course) == [["lesson-3", "lesson-4"], ["lesson-1", "lesson-2"]]


def test_a_move_changes_the_draft_and_learners_see_it_once_it_is_published(
    owner: Client, course: Course
) -> None:
    answer = build(owner, course, move=f"lesson-{lesson(1).pk}:module-{module(2).pk}:0")
    assert "“Lesson 1” is lesson 1 of 3 in “Module 2” now." in answer.text
    assert "Learners see another order" in answer.text
    seen = outline.of(Course.objects.live().get())
    assert [len(each.lessons) for each in seen.modules] == [2, 2]
    publishing.publish(Course.objects.get(), author=None, now=NOW)
    course = Course.objects.live().get()
    assert [[each.key for each in one.lessons] for one in outline.of(course).modules] == order_of(course)
    assert course_tree.of(course).published_at is None


def test_the_same_move_twice_is_made_once_and_noted_once(owner: Client, course: Course) -> None:
    seen = course_tree.of(course).order
    move = f"lesson-{lesson(4).pk}:module-{module(1).pk}:1"
    assert build(owner, course, move=move, order=seen).status_code == 200
    again = build(owner, course, move=move, order=seen)
    assert again.status_code == 200
    assert "It stands there already." in again.text
    noted = AuditLog.objects.get(action="course.arrange")
    assert noted.actor == User.objects.get(email="owner@example.org")
    assert noted.before != noted.after


def test_a_move_from_an_order_that_is_no_more_says_so_and_moves_nothing(
    owner: Client, course: Course
) -> None:
    seen = course_tree.of(course).order
    build(owner, course, move=f"module-{module(2).pk}:0")
    stands = order_of(course)
    answer = build(owner, course, order=seen, pick=[lesson(1).pk, lesson(2).pk], to=module(2).pk)
    assert not answer.context["answer"].done
    assert "Nothing was moved: the order has changed" in answer.text
    assert order_of(course) == stands
    assert set(answer.context["picked"]) == {lesson(1).pk, lesson(2).pk}
    without_script = build(owner, course, part=False, order=seen, pick=[lesson(1).pk], to=module(2).pk)
    page = owner.get(without_script["Location"])
    assert page.context["picked"] == [lesson(1).pk]
    assert "Nothing was moved" in page.text


def test_ticked_lessons_move_together_and_in_their_order(owner: Client, course: Course) -> None:
    assert "Tick the lessons" in build(owner, course, to=module(1).pk).text
    build(owner, course, pick=[lesson(4).pk, lesson(1).pk], to=module(1).pk)
    assert order_of(course) == [["lesson-2", "lesson-1", "lesson-4"], ["lesson-3"]]


def test_a_move_takes_no_other_courses_lessons_and_no_nonsense(owner: Client, course: Course) -> None:
    other = make_course("other")
    strange = other.lessons.first()
    assert strange
    answer = build(owner, course, move=f"lesson-{strange.pk}:module-{module_of(course).pk}:0")
    assert "it is not in this course" in answer.text
    for move in (
        "lesson-1",
        f"lesson-{lesson_of(course).pk}:0",
        "module-1:-1",
        "quiz-1:0",
        "",
        "lesson-1:module-1:99999",
    ):
        assert build(owner, course, move=move).status_code == 400
    assert build(owner, course, pick="x", to="1").status_code == 400
    assert build(owner, course, add="course").status_code == 400
    assert build(owner, course, add="lesson", title="A", question="B").status_code == 400


def module_of(course: Course) -> Module:
    return course.modules.all()[0]


def lesson_of(course: Course) -> Lesson:
    return course.lessons.all()[0]


def test_a_module_a_lesson_and_a_quiz_are_added_in_place_once(owner: Client, course: Course) -> None:
    for _ in range(2):
        assert "stands at the end" in build(owner, course, add="module", title="What to build?").text
    new = Module.objects.get(key="what-to-build")
    assert list(course.modules.all())[-1] == new
    for _ in range(2):
        form: dict[str, Any] = {"add": f"lesson:{new.pk}", "title": "Whom to ask", "question": "Who knows?"}
        assert "is there as a draft" in build(owner, course, **form).text
        build(owner, course, add=f"quiz:{new.pk}")
    [row] = course_tree.of(course).modules[2].lessons
    assert (row.key, row.state) == ("whom-to-ask", State.DRAFT)
    assert Quiz.objects.get(module=new).key == "what-to-build"
    build(owner, course, add="quiz")
    assert course_tree.of(course).final
    assert AuditLog.objects.filter(action__startswith="course.add").count() == 4


def test_what_cannot_be_added_stays_typed(owner: Client, course: Course) -> None:
    form: dict[str, Any] = {
        "add": f"lesson:{module(1).pk}",
        "title": "Lesson 3",
        "question": "Typed with care?",
    }
    answer = build(owner, course, **form)
    assert not answer.context["answer"].done
    assert "has the key lesson-3 already" in answer.text
    assert 'value="Typed with care?"' in answer.text
    page = owner.get(build(owner, course, part=False, **form)["Location"])
    assert 'value="Typed with care?"' in page.text
    assert "a Latin letter or a digit" in build(owner, course, add="module", title="何").text
    assert "Nothing was added" in build(owner, course, add="module", title="x" * 121).text


def test_who_may_only_look_sees_no_arrows_and_moves_nothing(
    client: Client, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    reader = User.objects.create_user("reader@example.org", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_course"))
    client.force_login(reader)
    page = client.get(reverse("admin:courses_course_change", args=[course.pk]))
    assert "Lesson 1" in page.text
    assert 'name="move"' not in page.text
    assert "Add a lesson" not in page.text
    assert build(client, course, move=f"module-{module(2).pk}:0").status_code == 403
    assert owner_of_courses_alone(client, reader, course) == 403


def owner_of_courses_alone(client: Client, user: User, course: Course) -> int:
    """Give the right to change courses, and no lesson; return the answer to a new lesson."""
    user.user_permissions.add(Permission.objects.get(codename="change_course"))
    form: dict[str, Any] = {"add": f"lesson:{module(1).pk}", "title": "New", "question": "New?"}
    status: int = build(client, course, **form).status_code
    return status


def test_a_hundred_lessons_cost_as_many_queries_as_four(
    owner: Client, course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("admin:courses_course_change", args=[course.pk])
    Lesson.objects.bulk_create(
        Lesson(
            course=course,
            module=module(1 + number % 2),
            key=f"more-{number}",
            title=f"More {number}",
            order=number,
            body=LESSON.format(check="check-1") + f"\n\nNumber {number}.",
        )
        for number in range(5, 101)
    )
    owner.get(address)
    with django_assert_max_num_queries(15):
        page = owner.get(address)
    assert len(page.context["tree"].lessons) == 100
    assert Question.objects.exists()

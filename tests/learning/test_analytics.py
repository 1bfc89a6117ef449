"""Analytics tell staff with the right to it what happened, by totals alone, and nothing about a few."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Course, Lesson, Misconception, Question, Quiz
from learning import analytics
from learning.analytics.journeys import quantile
from learning.analytics.shape import Of, Table
from learning.models import Cohort, DailyTotal, DigestTrial, ItemSummary
from learning.reminders import effect
from learning.reminders.effect import Effect, Side
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db
DAY = NOW.date()
PAGE = "/admin/learning/dailytotal/"


@pytest.fixture
def analyst(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of somebody of the staff who may see the numbers and nothing else."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    user = User.objects.create_user("ana@example.org", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_analytics"))
    client.force_login(user)
    return client


def total(measure: str, amount: int, *, days_ago: int = 0, **about: object) -> None:
    """Write a total as the hourly count would."""
    DailyTotal.objects.create(measure=measure, amount=amount, day=DAY - timedelta(days=days_ago), **about)


def table(name: str, *, days: int = 30, **of: object) -> Table:
    """Return a table of the last days."""
    return analytics.TABLES[name][1](Of(DAY - timedelta(days=days - 1), DAY, NOW, **of))  # type: ignore[arg-type]  # fields by name


def cells(name: str, *, days: int = 30, **of: object) -> list[list[str]]:
    """Return the rows of a table as they read."""
    return [[str(cell) for cell in row.cells] for row in table(name, days=days, **of).rows]


def test_the_funnel_adds_days_up_and_tells_each_step_of_the_one_before(course: Course) -> None:
    for days_ago in (0, 1, 40):
        total("visited", 100, days_ago=days_ago)
        total("signed_up", 20, days_ago=days_ago)
    total("first_lesson", 10)
    total("first_lesson", 9, course=course)
    total("finished", 3)
    total("certified", 3)
    assert cells("funnel") == [
        ["Visits", "200", ""],
        ["Signed up", "40", "20 %"],
        ["First lesson", "10", "25 %"],
        ["Course", "fewer than 5", "\N{EN DASH}"],
        ["Certificate", "fewer than 5", "\N{EN DASH}"],
    ]
    assert cells("funnel", course=course)[1:3] == [
        ["Signed up", "40", "\N{EN DASH}"],
        ["First lesson", "9", "22 %"],
    ]
    assert cells("funnel", days=90)[0][1] == "300"


def test_a_cohort_is_counted_apart(course: Course) -> None:
    cohort = Cohort.objects.create(name="Autumn", course=course, created_at=NOW)
    total("signed_up", 50)
    total("signed_up", 8, cohort=cohort)
    total("first_lesson", 6, cohort=cohort, course=course)
    found = cells("funnel", course=course, cohort=cohort)
    assert [row[1] for row in found[:3]] == ["not counted", "8", "6"]


def test_lessons_stand_in_the_order_of_the_course_with_who_left_off(course: Course) -> None:
    total("began", 10, course=course)
    for key, done, left in (("lesson-1", 8, 5), ("lesson-2", 4, 0)):
        lesson = Lesson.objects.get(key=key)
        total("lesson_done", done, course=course, lesson=lesson)
        if left:
            total("left_off", left, course=course, lesson=lesson)
    few = "fewer than 5"
    assert cells("lessons") == [
        ["Lesson 1", "8", "80 %", "5"],
        ["Lesson 2", few, "\N{EN DASH}", few],
        ["Lesson 3", few, "\N{EN DASH}", few],
        ["Lesson 4", few, "\N{EN DASH}", few],
    ]


def test_the_time_to_complete_is_told_by_its_quartiles(course: Course) -> None:
    for days, people in ((0, 1), (7, 2), (30, 1)):
        total("took_days", people, course=course, number=days)
    assert cells("time") == [[course.title, "fewer than 5", *["\N{EN DASH}"] * 3]]
    total("took_days", 1, course=course, number=90)
    assert cells("time") == [[course.title, "5", "7 days", "7 days", "30 days"]]


@given(st.lists(st.integers(0, 50), min_size=1), st.sampled_from([0.25, 0.5, 0.75]))
def test_a_quantile_is_the_smallest_value_that_its_share_do_not_exceed(
    values: list[int], share: float
) -> None:
    counts = [(value, values.count(value)) for value in sorted(set(values))]
    found = quantile(counts, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_of_nothing_there_is_no_quantile() -> None:
    with pytest.raises(ValueError, match="Of nothing"):
        quantile([], 0.5)


def test_quizzes_tell_of_first_attempts(course: Course) -> None:
    quiz = Quiz.objects.get(key="module-1")
    for measure, amount in (
        ("quiz_taken", 10),
        ("quiz_score", 655),
        ("quiz_passed_first", 5),
        ("quiz_passed", 8),
    ):
        total(measure, amount, course=course, quiz=quiz)
    assert cells("quizzes") == [["Quiz 1", course.title, "10", "66 %", "50 %", "8"]]


def test_questions_with_something_to_mend_come_first_the_worst_of_it_above(course: Course) -> None:
    about = {"counted_at": NOW, "answered": 90, "facility": 0.5, "discrimination": 0.1, "median_seconds": 30}
    fine, odd, wrong = Question.objects.filter(key__in=["single-1", "single-2", "single-3"]).order_by("key")
    ItemSummary.objects.create(question=fine, people=4, **about)
    ItemSummary.objects.create(question=odd, people=60, finding="too_easy", **about)
    ItemSummary.objects.create(question=wrong, people=60, finding="key", **about)
    assert [row[1:] for row in cells("questions")] == [
        ["60", "0.50", "0.10", "30", "check the key"],
        ["60", "0.50", "0.10", "30", "too easy"],
        ["fewer than 5", *["\N{EN DASH}"] * 3, ""],
    ]


def test_mistaken_ideas_name_the_lesson_that_most_of_their_questions_point_to(course: Course) -> None:
    idea = Misconception.objects.get()
    first, second = Lesson.objects.filter(key__in=["lesson-1", "lesson-2"]).order_by("key")
    total("misconception", 4, course=course, lesson=first, misconception=idea)
    total("misconception", 5, course=course, lesson=second, misconception=idea)
    assert cells("misconceptions") == [["A deadline makes it a project", "9", "Lesson 2"]]


def test_reminders_say_that_nothing_is_known_from_a_few(course: Course) -> None:
    user = User.objects.create_user("lea@example.org")
    DigestTrial.objects.create(user=user, day=DAY, at=NOW - timedelta(days=5), held_out=True)
    assert cells("reminders")[1][:2] == ["Digest left out", "fewer than 5"]
    assert table("reminders").note.startswith("Nothing to say yet")


@pytest.mark.parametrize(
    ("mailed", "held_out", "points", "says"),
    [
        (500, 300, "20.0", "More people came back with the digest."),
        (300, 500, "\N{MINUS SIGN}20.0", "Fewer people came back with the digest."),
        (400, 400, "0.0", "Chance alone could make such a difference."),
    ],
)
def test_reminders_say_in_words_whether_the_digest_helps(
    course: Course, monkeypatch: pytest.MonkeyPatch, mailed: int, held_out: int, points: str, says: str
) -> None:
    found = Effect(Side(1000, mailed), Side(1000, held_out))
    monkeypatch.setattr(effect, "of", lambda *, begin, end: found)
    note = table("reminders").note
    assert note.startswith(f"Difference: {points} percentage points, 95 % interval ")
    assert note.endswith(says)


def test_every_table_says_what_its_columns_mean_and_comes_as_a_file(
    analyst: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_course()
    for name in analytics.TABLES:
        with django_assert_max_num_queries(15):
            page = analyst.get(f"{PAGE}{name}/")
        found: Table = page.context["table"]
        assert found.means
        for word, meaning in found.means:
            assert word in page.text
            assert meaning.partition("'")[0] in page.text
        answer = analyst.get(f"{PAGE}{name}/?csv=1")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        header, *rows = csv.reader(io.StringIO(answer.text))
        assert header == list(found.columns)
        assert len(rows) == len(found.rows)


def test_the_pages_are_for_those_with_the_right_alone(client: Client, analyst: Client) -> None:
    assert analyst.get(PAGE).headers["Location"] == f"{PAGE}funnel/"
    assert analyst.get(f"{PAGE}no-such-table/").status_code == 404
    assert analyst.get("/admin/courses/lesson/").status_code == 403
    other = Client()
    other.force_login(User.objects.create_user("eve@example.org", is_staff=True))
    assert other.get(f"{PAGE}funnel/").status_code == 403
    assert client.post(f"{PAGE}funnel/").status_code == 405


def test_days_that_run_backwards_and_a_cohort_of_another_course_are_refused_in_words(analyst: Client) -> None:
    course, other = make_course(), Course.objects.create(key="other", title="Another")
    cohort = Cohort.objects.create(name="Autumn", course=course, created_at=NOW)
    page = analyst.get(f"{PAGE}funnel/?begin=2026-11-02&end=2026-11-01").text
    assert "It lies before the first day." in page
    page = analyst.get(f"{PAGE}funnel/?course={other.pk}&cohort={cohort.pk}").text
    assert f"It takes another course: {course.title}." in page
    assert "Enter a valid date" in analyst.get(f"{PAGE}funnel/?begin=yesterday").text


def test_a_file_holds_no_formula(analyst: Client) -> None:
    make_course()
    Lesson.objects.filter(key="lesson-1").update(title="=1+1")
    assert "\r\n'=1+1," in analyst.get(f"{PAGE}lessons/?csv=1").text


def test_a_negative_number_has_a_minus_sign_on_the_page_and_is_a_number_in_the_file(
    analyst: Client, course: Course
) -> None:
    about = {"counted_at": NOW, "answered": 90, "facility": 0.5, "discrimination": -0.25}
    ItemSummary.objects.create(question=course.questions.all()[0], people=40, finding="key", **about)
    assert ">\N{MINUS SIGN}0.25</td>" in analyst.get(f"{PAGE}questions/").text
    assert ",-0.25," in analyst.get(f"{PAGE}questions/?csv=1").text

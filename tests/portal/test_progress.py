"""/dashboard/: what a learner sees of what they did, why, and what it costs."""

import re
from datetime import date, timedelta

import pytest
from django.core import signing
from django.core.cache import caches
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts import guests, organisation
from accounts.models import User
from courses import publishing
from courses.models import Course, DrillSentence, GlossaryTerm, Label, Question
from learning import drill
from learning.models import ReviewCard, WeekGoal
from mailing import clock
from portal.views.progress import greeting
from tests.learning import history

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return history.make_course()


@pytest.fixture
def learner(client: Client) -> User:
    """A logged-in learner who has done nothing yet."""
    user = User.objects.create_user("learner@example.org")
    client.force_login(user)
    return user


@pytest.fixture
def busy(learner: User, course: Course) -> User:
    """The learner after one lesson and one quiz, today."""
    history.enrol(learner, course, at=clock.now())
    history.complete(learner, course.lessons.get(key="lesson-1"), at=clock.now())
    history.hand_in(learner, course.quizzes.get(), history.Bank.of(course).question, 1, clock.now(), "0.5")
    return learner


def met(user: User, *, due_on: date) -> None:
    """The learner knows a word, and another is there to tell it from."""
    for name in ("Scope", "Sponsor"):
        term = GlossaryTerm.objects.create(key=name.lower(), name=name, meaning=f"{name}.", used_by="both")
        publishing.publish(term, author=None, now=clock.now())
    ReviewCard.objects.create(
        user=user,
        term=term,
        met_at=clock.now(),
        stability=5,
        difficulty=5,
        last_on=due_on - timedelta(days=5),
        due_on=due_on,
    )


def be_guest(client: Client) -> User:
    """Make the client's browser that of a guest."""
    guest = User.objects.create(email=None)
    cookie = signing.get_cookie_signer(salt=guests.COOKIE + guests.SALT).sign(str(guest.pk))
    client.cookies[guests.COOKIE] = cookie
    return guest


def page(client: Client, path: str = "/dashboard/") -> str:
    """The words of a page, markup left out and spaces evened."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_before_the_first_lesson_it_says_what_will_be_here(learner: User, client: Client) -> None:
    assert "Your progress will stand here" in page(client)


def test_it_shows_the_next_step_and_what_is_done(busy: User, client: Client) -> None:
    words = page(client)
    assert "Lesson 2" in words
    assert "3 lessons are left in module 1" in words
    assert "1 of 4 lessons. Why?" in words
    assert '<a class="button" href="/learn/two-pms/lesson-2/">' in client.get("/dashboard/").content.decode()


def test_on_the_first_day_it_says_so(busy: User, client: Client) -> None:
    assert "Today is your first day." in page(client)


def test_each_chart_has_its_words_and_its_table(busy: User, client: Client) -> None:
    html = client.get("/dashboard/").content.decode()
    for chart in re.findall(r'<svg[^>]*role="img"[^>]*>', html):
        for name in re.findall(r'aria-labelledby="([^"]+)"', chart)[0].split():
            assert re.search(rf'id="{name}">[^<]', html)
    assert html.count("As a table") == 2
    assert "Quiz 1</a>, attempt 1" in html
    assert "0.5 of 1, 50 %" in html
    assert "Not passed" in html


def test_it_says_what_is_mixed_up_and_where_the_table_is(busy: User, client: Client) -> None:
    assert "What you tell apart" not in page(client)
    sentence = DrillSentence.objects.create(key="launch", text="Launch it.", label="both", reason="So.")
    for number, given in enumerate(("project", "project", "both"), start=1):
        drill.answer(user=busy, number=number, sentence=sentence, given=Label(given), now=clock.now())
    assert (
        "Both 1 of 3 1 of 3 right You most often say “project” where it is “both”. "
        "1 of your last 3 answers in the drill was right. What you called what"
    ) in page(client)
    assert 'href="/drill/#apart"' in client.get("/dashboard/").content.decode()


def test_the_days_ahead_have_their_words_and_their_table(busy: User, client: Client) -> None:
    day = clock.now().date() + timedelta(days=3)
    met(busy, due_on=day)
    told = page(client)
    assert f"The next 14 days How many cards are asked on each of the next 14 days {day:%-d %B}: 1." in told
    assert f"{day:%a %-d %B} 1" in told


def test_whoever_has_finished_chooses_how_often_to_be_asked(
    busy: User, course: Course, client: Client
) -> None:
    met(busy, due_on=clock.now().date() + timedelta(days=3))
    assert "Keep it fresh" not in page(client)
    for lesson in course.lessons.exclude(key="lesson-1"):
        history.complete(busy, lesson, at=clock.now())
    history.hand_in(busy, course.quizzes.get(), Question.objects.get(), 2, clock.now())
    told = page(client)
    assert "Keep it fresh: 12 questions a week, 6 minutes. Weekly Monthly Stop" in told
    client.post("/review/rhythm/", {"rhythm": "weekly"})
    assert "You are asked 12 questions, weekly. Every day Monthly Stop" in page(client)
    client.post("/review/rhythm/", {"rhythm": "stopped"})
    assert "You are asked nothing. Every day Weekly Monthly" in page(client)


def test_no_style_and_no_script_stand_in_the_page(busy: User, client: Client) -> None:
    html = client.get("/dashboard/").content.decode()
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_a_goal_can_be_set_and_changed(busy: User, client: Client) -> None:
    assert client.post("/dashboard/goal/", {"days": "1"}, follow=True).redirect_chain == [
        ("/dashboard/", 302)
    ]
    assert "You have met your goal for this week." in page(client)
    client.post("/dashboard/goal/", {"days": "2"})
    assert "1 more day by Sunday." in page(client)
    assert WeekGoal.objects.get().days == 2


def test_weeks_in_a_row_are_named_and_a_broken_row_is_not(busy: User, client: Client) -> None:
    today = clock.now().date()
    WeekGoal.objects.create(user=busy, from_monday=today - timedelta(days=today.weekday() + 70), days=1)
    assert "in a row" not in page(client)
    for weeks in (1, 2):
        history.count(busy, today - timedelta(weeks=weeks), lessons=1)
    assert "You have met it 3 weeks in a row." in page(client)


@pytest.mark.parametrize("days", ["0", "8", "many", ""])
def test_a_goal_that_no_week_has_is_refused_with_its_reason(busy: User, client: Client, days: str) -> None:
    answer = client.post("/dashboard/goal/", {"days": days})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
    assert not WeekGoal.objects.exists()


def test_why_lists_the_events_and_counts_them_again(busy: User, client: Client) -> None:
    words = page(client, "/dashboard/done/two-pms/")
    assert "Why 1 of 4?" in words
    assert "Completed a lesson Lesson 1 version 1" in words
    assert "Counted again from the 1 event below: 1 of 4. The two agree." in words


def test_why_says_when_the_two_counts_differ(busy: User, client: Client) -> None:
    busy.lesson_progress.update(undone_at=clock.now())
    assert "The two do not agree." in page(client, "/dashboard/done/two-pms/")


def test_long_lists_of_events_come_in_pages(busy: User, client: Client) -> None:
    history.lengthen(busy, busy.lesson_progress.get(), 120)
    assert "Page 3 of 3" in page(client, "/dashboard/done/two-pms/?page=3")
    assert "Page 3 of 3" in page(client, "/dashboard/done/two-pms/?page=nonsense&page=99")


def test_there_is_no_why_for_a_course_that_was_not_begun(
    learner: User, course: Course, client: Client
) -> None:
    assert client.get("/dashboard/done/two-pms/").status_code == 404


def test_guests_see_theirs_and_how_to_keep_it(course: Course, client: Client) -> None:
    guest = be_guest(client)
    history.enrol(guest, course)
    history.complete(guest, course.lessons.get(key="lesson-1"))
    words = page(client)
    assert "Keep what you have done" in words
    assert "1 of 4 lessons. Why?" in words


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/done/two-pms/"])
def test_visitors_are_asked_to_log_in(path: str, client: Client) -> None:
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"


def test_a_visitor_has_no_goal_to_set(client: Client) -> None:
    assert client.post("/dashboard/goal/", {"days": "3"}).headers["Location"].startswith("/accounts/login/")


def test_the_page_is_never_kept(busy: User, client: Client) -> None:
    assert "no-store" in client.get("/dashboard/").headers["Cache-Control"]


@pytest.mark.parametrize("events", [10, 10_000])
def test_it_costs_at_most_eight_queries_however_long_the_history(
    busy: User, client: Client, events: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    history.lengthen(busy, busy.lesson_progress.get(), events)
    caches["versions"].clear()
    organisation.current()  # there once; each process reads it again every minute
    caches["versions"].clear()
    with django_assert_max_num_queries(8):
        client.get("/dashboard/")
    with django_assert_max_num_queries(8):
        client.get("/dashboard/done/two-pms/")


@pytest.mark.parametrize(
    ("hour", "words"),
    [(4, "Good morning"), (12, "Good afternoon"), (18, "Good evening"), (3, "Good evening")],
)
def test_the_greeting_goes_by_the_learners_clock(hour: int, words: str) -> None:
    assert greeting(hour) == words

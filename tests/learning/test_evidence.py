"""What answers show: objectives, how sure against how right, mistaken ideas; and the page that says so."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import guests, organisation
from accounts.models import User
from courses.models import Course, Lesson, Question
from learning import checks, evidence, overview, progress, quizzes
from learning.calibration import Bin
from tests.factories import NOW
from tests.learning.quiz_steps import take

pytestmark = pytest.mark.django_db
IDEA = "deadlines-make-a-project"


def check(user: User, choice: str, sureness: str = "sure", lesson: str = "1") -> None:
    progress.answer_check(
        user=user,
        lesson=Lesson.objects.get(key=f"lesson-{lesson}"),
        question=Question.objects.select_related("live_version").get(key=f"check-{lesson}"),
        response={"choice": choice},
        sureness=sureness,
        now=NOW + timedelta(hours=int(lesson)),
    )


def twice(user: User, *, right: int) -> None:
    """Hand the first module's quiz in twice, all its questions of both objectives answered."""
    for day in (1, 2):
        take(user, quizzes.get_live("two-pms", "module-1"), right=right, now=NOW + timedelta(days=day))


def test_three_right_answers_in_quizzes_show_an_objective(course: Course, learner: User) -> None:
    twice(learner, right=4)
    found = evidence.of(learner)
    assert (found.shown, len(found.objectives)) == (2, 4)
    assert [len(each.credits) for each in found.objectives] == [3, 3, 0, 0]
    numbers = overview.of(learner, today=NOW.date())
    assert (numbers.shown, numbers.objectives) == (2, 4)


def test_the_last_three_answers_to_each_question_count_and_earlier_ones_no_more(
    course: Course, learner: User
) -> None:
    """Also those that a guest brings along; `check_progress` counts the same from all answers."""
    guest = User.objects.create(last_seen_on=NOW.date())
    for day in range(8):
        who, quiz = (guest if day % 3 == 1 else learner), quizzes.get_live("two-pms", "module-1")
        take(who, quiz, right=day % 5, now=NOW + timedelta(days=day))
    assert list(checks.differences()) == []
    assert guests.merge(guest=guest, user=learner, now=NOW + timedelta(days=9))
    assert list(checks.differences()) == []
    times = Counter(learner.answers.values_list("question_id", flat=True))
    assert learner.answers.filter(recent=True).count() == sum(min(3, each) for each in times.values())
    assert learner.answers.filter(recent=False).exists()


def test_wrong_answers_and_one_attempt_do_not(course: Course, learner: User) -> None:
    take(learner, quizzes.get_live("two-pms", "module-1"), right=4)
    assert evidence.of(learner).shown == 0
    twice(learner, right=0)
    assert evidence.of(learner).shown == 0


def test_an_open_attempt_shows_nothing(course: Course, learner: User) -> None:
    quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    assert evidence.of(learner).shown == 0
    assert evidence.of(learner).bins == [Bin("guess"), Bin("think_so"), Bin("sure")]


def test_sureness_is_counted_over_checks_and_quizzes(course: Course, learner: User) -> None:
    check(learner, "keeping-app", "guess")
    take(learner, quizzes.get_live("two-pms", "module-1"), right=4)
    assert evidence.of(learner).bins == [Bin("guess", 1, 0), Bin("think_so"), Bin("sure", 4, 4)]


def test_a_mistaken_idea_is_open_and_then_cleared(course: Course, learner: User) -> None:
    check(learner, "keeping-app")
    assert [idea.key for idea in evidence.of(learner).open] == [IDEA]
    check(learner, "moving-app", lesson="2")
    found = evidence.of(learner)
    assert ([idea.key for idea in found.open], [idea.key for idea in found.cleared]) == ([], [IDEA])


def words(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_page_says_the_rules_and_the_answers_behind_them(
    course: Course, learner: User, browser: Client
) -> None:
    twice(learner, right=4)
    check(learner, "keeping-app", "guess")
    shown = words(browser, "/dashboard/shown/two-pms/")
    assert "Why 2 of 4?" in shown
    assert shown.count("100 %,") == 6
    page = words(browser, "/dashboard/answers/")
    assert "Of your last 9 answers" in page
    assert "A deadline makes it a project" in page


def test_the_progress_page_has_the_counts(course: Course, learner: User, browser: Client) -> None:
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    page = words(browser, "/dashboard/")
    assert "0 of 4 objectives, in graded answers." in page
    assert "About 1 of the 1 objective you have met." in page


def test_without_answers_it_says_what_will_be_here(course: Course, browser: Client, client: Client) -> None:
    assert "None so far." in words(browser, "/dashboard/answers/")
    assert client.get("/dashboard/answers/").status_code == 302


def test_both_pages_keep_their_budget(course: Course, learner: User, browser: Client) -> None:
    organisation.current()
    twice(learner, right=3)
    check(learner, "keeping-app")
    for path in ("/dashboard/", "/dashboard/answers/"):
        browser.get(path)
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        assert len(queries) <= 8, path

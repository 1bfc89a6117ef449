"""What pages cost in queries, session and user included: the same after a week and after years.

The budgets (docs: performance) are 5 for a lesson, 6 for courses, quizzes and results, 10 for what writes.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from courses.models import Course, Lesson, Question, Version
from courses.presentation import check_options
from learning import progress, quizzes
from learning.models import LearningEvent
from tests.factories import NOW
from tests.learning.quiz_steps import send, take

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ONE = "/learn/two-pms/lesson-1/"
QUIZ = "/learn/two-pms/quiz/module-1/"
CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
HISTORY = [10, 10_000]


def cost(act: Callable[[], "Response"]) -> int:
    """How many queries an answer costs; the marks of transactions are not counted."""
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code in (200, 302)
    return sum(not query["sql"].startswith(CONTROL) for query in queries.captured_queries)


@pytest.fixture(params=HISTORY)
def history(request: pytest.FixtureRequest, course: Course, learner: User) -> int:
    """A learner with a lesson done, a check answered and a quiz handed in, and so many events more."""
    size: int = request.param
    for key in ("lesson-1", "lesson-2"):
        progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key=key), now=NOW)
    progress.answer_check(
        user=learner,
        lesson=Lesson.objects.get(key="lesson-1"),
        question=Question.objects.select_related("live_version").get(key="check-1"),
        response={"choice": "moving-app"},
        sureness="sure",
        now=NOW,
    )
    take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    LearningEvent.objects.bulk_create(
        LearningEvent(
            user=learner,
            kind=LearningEvent.Kind.LESSON_UNDONE,
            at=NOW - timedelta(minutes=n),
            local_date=NOW.date(),
            time_zone="UTC",
        )
        for n in range(size)
    )
    organisation.current()
    return size


@pytest.mark.parametrize(("path", "queries"), [(ONE, 5), ("/learn/two-pms/", 4), (QUIZ, 4)])
def test_pages_cost_the_same(history: int, browser: Client, path: str, queries: int) -> None:
    browser.get(path)
    assert cost(lambda: browser.get(path)) == queries


def test_the_result_costs_the_same(history: int, learner: User, browser: Client) -> None:
    url = f"/attempts/{learner.attempts.get().pk}/result/"
    assert cost(lambda: browser.get(url)) == 5


@pytest.mark.parametrize("shown", ["1", "overview"])
def test_a_question_and_the_overview_cost_the_same(
    history: int, learner: User, browser: Client, shown: str
) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    page = f"/attempts/{attempt.pk}/?question={shown}"
    browser.get(page)
    assert cost(lambda: browser.get(page)) == 4


def test_starting_answering_and_handing_in_cost_the_same(
    history: int, learner: User, browser: Client
) -> None:
    # The first write of a day notes that the learner was here: one query more, and here done before.
    browser.post("/learn/two-pms/lesson-3/complete/")
    assert cost(lambda: browser.post(f"{QUIZ}start/")) == 10
    attempt = learner.attempts.get(submitted_at=None)
    browser.get(f"/attempts/{attempt.pk}/")  # what is sent was seen: the process keeps the questions
    for position in range(1, 5):
        own = 1  # the test itself looks up what is right
        assert cost(partial(send, browser, attempt.pk, position)) == 6 + own
    assert cost(lambda: browser.post(f"/attempts/{attempt.pk}/submit/")) == 10


def test_completing_and_checks_cost_the_same(history: int, browser: Client) -> None:
    browser.post("/learn/two-pms/lesson-3/complete/")
    for key in ("lesson-2", "lesson-4"):  # what is sent was seen: the process keeps the lesson
        browser.get(f"/learn/two-pms/{key}/")
    assert cost(lambda: browser.post("/learn/two-pms/lesson-4/complete/")) == 10
    assert cost(lambda: browser.post("/learn/two-pms/lesson-4/undo/")) == 8
    assert cost(lambda: browser.post("/learn/two-pms/lesson-4/complete/")) == 10
    version = Version.objects.get(live_question__key="check-2")
    form = {"option": check_options(version)[0][0]}
    assert cost(lambda: browser.post("/learn/two-pms/lesson-2/checks/check-2/", form)) == 10


def test_a_visitor_costs_less(course: Course, client: Client) -> None:
    organisation.current()
    client.get(ONE)
    assert cost(lambda: client.get(ONE)) == 2
    assert cost(lambda: client.get("/learn/two-pms/")) == 1

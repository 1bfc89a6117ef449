"""The progress page is kept while nothing changes, and is always what it would be if it were drawn anew."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from careers import plans
from careers.models import Plan
from courses import publishing
from courses.models import Course, Lesson
from learning import goals, progress, quizzes
from portal import boards
from tests.factories import NOW, make_course
from tests.learning.quiz_steps import take
from tests.portal import states

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def learner(course: Course, client: Client) -> Iterator[User]:
    """Somebody on the second day, with two lessons done; the page has been looked at."""
    user = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    states.first_day(user, NOW - DAY)
    with time_machine.travel(NOW, tick=False):
        client.force_login(user)
        look(client)
        yield user


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each board that is drawn."""
    found: list[object] = []
    draw = boards._drawn

    def noted(context: Mapping[str, Any]) -> boards.Board:
        found.append(context)
        return draw(context)

    monkeypatch.setattr(boards, "_drawn", noted)
    return found


def look(client: Client) -> str:
    """The page but for the tokens of its forms, which are others at every look."""
    html = client.get("/dashboard/").content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": ")\w+', "", html)


def test_who_comes_back_without_having_done_anything_sees_the_same_page(
    learner: User, client: Client, drawn: list[object]
) -> None:
    assert look(client) == look(client)
    assert not drawn


def test_nobody_sees_the_page_of_another(learner: User, client: Client) -> None:
    other = User.objects.create_user("other@example.org", time_zone="Europe/Lisbon")
    client.force_login(other)
    assert "Your progress will stand here" in look(client)


def test_the_forms_of_a_page_that_was_kept_can_be_sent(learner: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(learner)
    browser.get("/dashboard/")
    html = browser.get("/dashboard/").content.decode()
    tokens = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert tokens
    assert boards.TOKEN not in html
    sent = {"days": "2", "csrfmiddlewaretoken": tokens[0]}
    assert browser.post("/dashboard/goal/", sent).status_code == 302


def complete(user: User, now: datetime) -> None:
    progress.complete_lesson(user=user, lesson=Lesson.objects.get(key="lesson-3"), now=now)


def undo(user: User, now: datetime) -> None:
    progress.undo_lesson(user=user, lesson=Lesson.objects.get(key="lesson-1"), now=now)


def hand_in(user: User, now: datetime) -> None:
    take(user, quizzes.get_live("two-pms", "module-1"), right=3, now=now)


def begin(user: User, now: datetime) -> None:
    quizzes.start(user=user, quiz=quizzes.get_live("two-pms", "module-1"), now=now)


def be_corrected(user: User, now: datetime) -> None:
    hand_in(user, now)
    states._edit(user, now=now)


def follow_a_plan(user: User, now: datetime) -> None:
    Plan.objects.create(key="both", title="Thirty days: both")
    plans.tick(user=user, key="both", done=None, now=now)


def publish(user: User, now: datetime) -> None:
    Course.objects.update(title="Another name")
    publishing.publish(Course.objects.get(), author=None, now=now)


CHANGES: list[Callable[[User, datetime], object]] = [
    complete,
    undo,
    hand_in,
    begin,
    be_corrected,
    follow_a_plan,
    publish,
    lambda user, now: goals.set_goal(user=user, days=2, now=now),
    lambda user, now: states._drill(user, 3, now=now),
    lambda user, now: states._review(user, now + DAY, most=1),
    lambda user, now: user.review_cards.update(stability=1, last_on=now.date() - 60 * DAY),
    lambda user, now: User.objects.filter(pk=user.pk).update(time_zone="Pacific/Auckland"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen_at_the_next_look(
    learner: User, client: Client, change: Callable[[User, datetime], object]
) -> None:
    before = look(client)
    change(learner, NOW)
    after = look(client)
    caches["boards"].clear()
    assert after == look(client)
    assert after != before


@pytest.mark.parametrize("later", [3 * HOUR, 8 * HOUR, DAY, 5 * DAY])
def test_the_hour_and_the_day_are_those_of_the_look(learner: User, client: Client, later: timedelta) -> None:
    with time_machine.travel(NOW + later, tick=False):
        client.force_login(learner)
        after = look(client)
        caches["boards"].clear()
        assert after == look(client)

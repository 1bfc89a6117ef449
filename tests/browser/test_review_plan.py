"""How often a learner is asked, and an interview to prepare for, on a small phone and without scripts."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from courses.models import Lesson
from learning import progress
from learning.models import ReviewPlan
from tests.browser.conftest import Arrive
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = {"width": 360, "height": 740}


@pytest.fixture
def learner(db: None) -> User:
    """Somebody who did two lessons four days ago."""
    make_course()
    user = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    then = datetime.now(UTC) - timedelta(days=4)
    for key in ("lesson-1", "lesson-2"):
        progress.complete_lesson(user=user, lesson=Lesson.objects.get(key=key), now=then)
    return user


@pytest.mark.parametrize("scripts", [True, False])
def test_how_often_and_an_interview_are_set(learner: User, arrive: Arrive, *, scripts: bool) -> None:
    visitor = arrive(learner, viewport=SMALL, java_script_enabled=scripts)
    page = visitor.go("/review/")
    visitor.press("Weekly")
    assert visitor.says("You are asked once a week, from Monday on.")
    day = datetime.now(UTC).date() + timedelta(days=20)
    page.get_by_label("Interview on").fill(day.isoformat())
    visitor.press("Bring everything back before it")
    assert visitor.says("come back before")
    assert ReviewPlan.objects.get().interview_on == day
    if scripts:
        visitor.barriers("interview")
        visitor.picture("interview-phone-light", full=True)
    visitor.press("No interview any more")
    assert visitor.says("Once a week, from Monday on: at most 12 questions")


def test_what_is_due_stands_on_one_line_at_the_thumb(learner: User, arrive: Arrive) -> None:
    page = arrive(learner, viewport=SMALL).go("/learn/two-pms/")
    bar = page.get_by_role("navigation", name="Main, phone")
    due = bar.get_by_role("link", name="Review")
    assert due.inner_text().strip() == "Review, 2 due"
    plain = bar.get_by_role("link", name="Learn").bounding_box()
    box = due.bounding_box()
    assert plain
    assert box
    assert box["height"] == plain["height"] <= 54

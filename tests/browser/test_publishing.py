"""An editor in a real browser looks at a change, publishes it and goes back; a learner reads each step."""

import pytest

from accounts.models import User
from courses.models import Lesson
from learning import progress
from tests.browser.conftest import Arrive
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db(transaction=True)
LESSON = "/learn/two-pms/lesson-1/"


def test_a_change_is_looked_at_published_and_taken_back(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    make_course()
    reader = User.objects.create_user("lea@example.org")
    lesson = Lesson.objects.live().get(key="lesson-1")
    progress.complete_lesson(user=reader, lesson=lesson, now=NOW)
    learner = arrive(reader)
    editor = arrive(User.objects.create_superuser("owner@example.org", name="Ola"))
    page = editor.go(f"/admin/courses/lesson/{lesson.pk}/change/")
    page.locator("#id_body").fill(f"{lesson.body}\n\n## Ask twice\n\nWhoever asks once hears half.")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("heading", name="What it does to learners").wait_for()
    assert editor.says("Major, because a heading changed.")
    assert editor.says("1 with 1 new section.")
    editor.look("publish", phone=True, dark=True)
    learner.go(LESSON)
    assert not learner.says("Ask twice")
    page.get_by_label("Note").fill("The second question.")
    page.get_by_role("button", name="Publish now").click()
    page.get_by_text("version 2, major").wait_for()
    learner.go(LESSON)
    assert learner.says("Ask twice")
    page.get_by_role("link", name="Versions").last.click()
    page.get_by_text("The second question.").wait_for()
    page.locator("#result_list tbody tr, tbody tr").filter(has_text="made for a test").get_by_role(
        "link"
    ).first.click()
    page.get_by_role("link", name="Show learners this version again…").click()
    page.get_by_role("button", name="Show version 1 again").wait_for()
    editor.look("going-back", phone=True, dark=True)
    page.get_by_role("button", name="Show version 1 again").click()
    page.get_by_text("Learners see version 1").wait_for()
    learner.go(LESSON)
    assert not learner.says("Ask twice")

"""A corrected key in real browsers: an editor grades again, the learner reads what changed and why."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from learning import quizzes
from tests.browser.conftest import Arrive
from tests.browser.quizzes import QUIZ
from tests.factories import make_course
from tests.learning.quiz_steps import take
from tests.learning.test_regrade import REASON, correct, wrong_row

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_editor_grades_again_and_the_learner_reads_why(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    make_course()
    learner = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=2)
    question = wrong_row(attempt).question
    correct(question)
    editor = arrive(User.objects.create_superuser("owner@example.org"))
    page = editor.go(f"/admin/courses/question/?q={question.key}")
    page.locator("input[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("regrade_attempts")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Regrade attempts").wait_for()
    assert editor.says("1 attempt to grade again, 1 of them with another credit.")
    page.get_by_label("What was wrong").fill(REASON)
    page.get_by_role("button", name="Regrade").click()
    page.get_by_text("graded again: 1, of these with another credit: 1.").wait_for()
    reader = arrive(learner)
    reader.go("/dashboard/")
    notice = reader.page.locator("section", has=reader.page.locator("#changed"))
    expect(notice).to_contain_text(REASON)
    expect(notice).to_contain_text("Your quiz is now 3 of 4, and passed.")
    reader.barriers("progress with a notice")
    notice.get_by_role("link").click()
    reader.page.wait_for_url("**/result/")
    assert reader.heading() == "3 of 4, passed"
    reader.barriers("corrected result")
    reader.go(QUIZ)
    expect(reader.page.locator("tbody tr")).to_contain_text("3 of 4")
    reader.barriers("past attempts")

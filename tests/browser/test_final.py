"""The shipped final in a real browser: on the pages of its course, taken, and refused until tomorrow."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from learning import quizzes
from mailing import clock
from tests.browser.conftest import Arrive

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


def test_the_final_of_thirty_questions_from_the_course_to_its_result(arrive: Arrive) -> None:
    call_command("import_content", verbosity=0)
    learner = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    visitor = arrive(learner, viewport=PHONE)
    page = visitor.go("/courses/two-pms/")
    page.get_by_role("heading", name="Final").scroll_into_view_if_needed()
    visitor.barriers("final on the course's page")
    visitor.picture("final-course")
    visitor.go("/learn/two-pms/")
    page.get_by_role("heading", name="Final", exact=True).scroll_into_view_if_needed()
    visitor.barriers("final on the path")
    visitor.picture("final-path")
    visitor.follow("Final: product or project")
    assert visitor.says("30, about 30 minutes, drawn anew each time from the whole course")
    assert visitor.says("21 of 30 (70%)")
    assert visitor.says("As many as you like, 24 hours apart")
    visitor.barriers("before the final")
    visitor.picture("final-before")
    visitor.press("Start the final")
    page.wait_for_url("**/attempts/**")
    assert visitor.heading().endswith("question 1 of 30")
    attempt = learner.attempts.get()
    quizzes.submit(user=learner, attempt_id=attempt.pk, now=clock.now() - timedelta(hours=1))
    visitor.go(f"/attempts/{attempt.pk}/result/")
    assert visitor.heading() == "0 of 30, not passed"
    assert visitor.says("Attempts are 24 hours apart. You can start again on")
    visitor.barriers("a final that was not passed")
    visitor.picture("final-result")
    visitor.go("/learn/two-pms/quiz/final/")
    assert visitor.says("Attempts are 24 hours apart.")
    assert page.get_by_role("button", name="Try again").count() == 0
    visitor.picture("final-refused")

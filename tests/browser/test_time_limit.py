"""A quiz with a time limit in a real browser: the page counts and warns, the server's clock decides."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import User
from learning.models import Accommodation, Answer, Attempt
from mailing import clock
from tests.browser.conftest import Arrive
from tests.browser.quizzes import QUIZ, begin, turn_to
from tests.browser.visitor import Visitor
from tests.learning.quiz_steps import make_quiz

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def timed(learner: User) -> User:
    """The learner before a quiz of ten minutes."""
    make_quiz(time_limit_minutes=10)
    return learner


def time_is_up() -> None:
    """Let the attempt's end have come, on the server's clock."""
    Attempt.objects.update(ends_at=clock.now())


def minutes_pass(visitor: Visitor, minutes: int) -> None:
    """Set the browser's clock forward."""
    visitor.page.clock.fast_forward(minutes * 60_000)


def test_the_page_counts_warns_and_at_the_end_shows_the_result_of_what_was_saved(
    timed: User, arrive: Arrive
) -> None:
    visitor = arrive(timed)
    visitor.page.clock.install()
    begin(visitor)
    row = turn_to(visitor, "single")
    left, said = visitor.page.locator(".time-left"), visitor.page.locator("#announcements")
    expect(left).to_contain_text("10 minutes left")
    visitor.page.keyboard.press("1")
    expect(visitor.page.locator("#saved")).to_contain_text("Saved at")
    minutes_pass(visitor, 4)
    expect(left).to_contain_text("6 minutes left")
    expect(said).to_be_empty()
    minutes_pass(visitor, 1)
    expect(said).to_have_text("5 minutes left.")
    expect(left).to_have_class("time-left message warning")
    visitor.barriers("warned")
    minutes_pass(visitor, 4)
    expect(said).to_have_text(re.compile(r"\d\d seconds left\."))
    time_is_up()
    minutes_pass(visitor, 1)
    visitor.page.clock.run_for(1000)
    visitor.page.wait_for_url("**/result/")
    assert Answer.objects.get(attempt_question=row).credit is not None


def test_a_browser_whose_clock_is_fast_stays_at_its_question(timed: User, arrive: Arrive) -> None:
    visitor = arrive(timed)
    visitor.page.clock.install()
    begin(visitor)
    row = turn_to(visitor, "classify")
    minutes_pass(visitor, 12)
    with visitor.page.expect_navigation():
        visitor.page.clock.run_for(1000)
    assert visitor.page.url.endswith(f"?question={row.position}")
    expect(visitor.page.locator(".time-left")).to_contain_text("10 minutes left")


def test_without_scripts_the_time_is_told_and_a_late_answer_leads_to_the_result(
    timed: User, arrive: Arrive
) -> None:
    Accommodation.objects.create(user=timed, extra_time_percent=50, reason="Agreed.", given_at=clock.now())
    visitor = arrive(timed, java_script_enabled=False)
    visitor.go(QUIZ)
    assert visitor.says("15 minutes from the start")
    begin(visitor)
    turn_to(visitor, "single")
    assert visitor.says("15 minutes left")
    Attempt.objects.update(ends_at=clock.now() + timedelta(minutes=4))
    visitor.page.reload()
    expect(visitor.page.locator(".time-left")).to_have_class("time-left message warning")
    time_is_up()
    visitor.page.locator("label.option").first.click()
    visitor.page.locator("button[value=sure]").click()
    visitor.page.wait_for_url("**/result/")
    assert visitor.says("Time was up at")
    assert visitor.heading() == "0 of 9, not passed"

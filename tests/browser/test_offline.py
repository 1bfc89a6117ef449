"""A module on a phone without a connection, in a real browser: saved, read, answered, sent once, wiped."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses.models import Lesson, Question
from learning import progress
from learning.models import Answer
from tests.browser.conftest import Arrive
from tests.browser.visitor import PHONE
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "/learn/two-pms/lesson-1/"

LEFT = """async () => [
  ...await caches.keys(),
  ...(await indexedDB.databases()).map(base => base.name),
  ...Object.keys(localStorage).filter(key => key !== "single-keys"),
  ...(await navigator.serviceWorker.getRegistrations()).map(worker => worker.scope),
]"""


def what_is_left(page: Page) -> list[str]:
    """Whatever this browser keeps of the site beside cookies."""
    left: list[str] = page.evaluate(LEFT)
    return left


def answer_elsewhere(user: User) -> None:
    """Answer the check of the first lesson otherwise, at another place."""
    progress.answer_check(
        user=user,
        lesson=Lesson.objects.get(key="lesson-1"),
        question=Question.objects.get(key="check-1"),
        response={"choice": "keeping-app"},
        sureness="sure",
        now=NOW,
    )


def test_a_module_is_saved_read_and_answered_offline_sent_once_and_gone_after_the_log_out(
    db: None, arrive: Arrive
) -> None:
    make_course()
    reader = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    visitor = arrive(reader, viewport=PHONE, has_touch=True)
    page = visitor.go("/learn/two-pms/")
    assert what_is_left(page) == [], "nothing before somebody asks for it"
    first = page.locator("[data-module]").first
    visitor.barriers("a course whose modules can be saved")
    first.get_by_role("button", name="Save this module on this phone").click()
    expect(first.get_by_role("status")).to_contain_text("Saved on this device on")
    visitor.barriers("a course with a saved module")

    visitor.context.set_offline(True)
    visitor.go(ONE)
    expect(page.locator("[role=note]").first).to_contain_text("This is the copy saved on this device on")
    assert visitor.says("A clinic moves to another floor by June.")
    check = page.locator("#check-check-1")
    check.get_by_label("Moving an app by March").check()
    check.get_by_role("button", name="I am sure").click()
    expect(check.locator(".waits")).to_be_focused()
    expect(page.locator(".waiting")).to_contain_text("1 answer waits to be sent.")
    visitor.barriers("a saved lesson with an answer that waits")
    visitor.go(f"{ONE}?again")
    expect(check.locator(".waits")).to_contain_text("You said: Moving an app by March")
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".waiting")).to_contain_text("2 answers wait to be sent.")
    visitor.go("/dashboard/")
    expect(page.get_by_role("note")).to_contain_text(
        "the page that you asked for is not saved on this device"
    )
    expect(page.locator("#saved-modules")).to_contain_text("Module 1")
    visitor.barriers("what is saved")
    assert not Answer.objects.exists()
    visitor.faults.clear()  # what the browser says about being offline

    page.goto("about:blank")  # else this page begins to send, and the next one says what was left
    visitor.context.set_offline(False)
    visitor.go("/dashboard/")
    expect(page.locator(".waiting")).to_contain_text("Sent: 2 answers that waited on this device.")
    assert Answer.objects.get().response == {"choice": "moving-app"}
    assert reader.lesson_progress.count() == 1
    visitor.go(ONE)
    assert visitor.says("You answered: I am sure."), "the page as it is now, not the copy"

    visitor.go("/accounts/logout/")
    visitor.press("Log out")
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()
    assert what_is_left(page) == []


def test_what_is_not_taken_is_shown_and_somebody_else_finds_nothing(db: None, arrive: Arrive) -> None:
    make_course()
    reader = User.objects.create_user("lea@example.org")
    visitor = arrive(reader)
    page = visitor.go("/learn/two-pms/")
    page.get_by_role("button", name="Save this module").first.click()
    expect(page.get_by_role("link", name="What is saved")).to_be_visible()
    visitor.go(ONE)
    visitor.context.set_offline(True)  # the page as it is now is open, and cannot reach the portal
    check = page.locator("#check-check-1")
    check.get_by_label("Moving an app by March").check()
    check.get_by_role("button", name="Guess").click()
    expect(page.locator(".waiting")).to_contain_text("1 answer waits to be sent.")
    answer_elsewhere(reader)
    visitor.faults.clear()  # what the browser says about being offline

    visitor.context.set_offline(False)
    expect(page.locator(".waiting")).to_contain_text("1 answer was not counted.")
    visitor.follow("See", within=page.locator(".waiting"))
    refused = page.locator("#saved-refused")
    expect(refused).to_contain_text("You said: Moving an app by March")
    expect(refused).to_contain_text("You had answered this elsewhere already, and the first answer stands.")
    assert Answer.objects.get().response == {"choice": "keeping-app"}

    visitor.log_in(User.objects.create_user("omar@example.org"))
    visitor.go("/dashboard/")
    expect(page.locator(".waiting")).to_contain_text("1 answer given here by somebody else")
    visitor.barriers("what is told of somebody else's answers")
    assert what_is_left(page) == []

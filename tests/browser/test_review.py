"""The review on a small phone with one thumb, and at a desk by keys."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from courses import publishing
from courses.models import GlossaryTerm, Lesson
from learning import progress
from mailing import clock
from tests.browser import keys
from tests.browser.conftest import Arrive
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def learner() -> User:
    """Somebody who did two lessons three days ago: two objectives and a term are due."""
    make_course()
    for key in ("scope", "backlog", "roadmap"):
        term = GlossaryTerm.objects.create(key=key, name=key.title(), meaning=f"About {key}.", used_by="both")
        publishing.publish(term, author=None, now=NOW)
    met = User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")
    for lesson in Lesson.objects.filter(key__in=["lesson-1", "lesson-2"]):
        progress.complete_lesson(user=met, lesson=lesson, now=clock.now() - timedelta(days=3))
    return met


def tap_an_answer(page: Page) -> None:
    """Tap the first option, or the first bucket of every item."""
    names = page.locator("main :is([type=radio], [type=checkbox])[name]").evaluate_all(
        "fields => [...new Set(fields.map(field => field.name))]"
    )
    for name in names:
        page.locator(f"label:has([name='{name}'])").first.tap()


def test_a_set_is_answered_with_one_thumb_and_the_last_answer_can_be_taken_back(
    learner: User, arrive: Arrive
) -> None:
    visitor = arrive(learner, **PHONE)
    page = visitor.go("/review/")
    assert visitor.says("3 due, about 2 minutes")
    visitor.barriers("before")
    page.get_by_role("link", name="Start").tap()
    for left in (3, 2, 1):
        expect(page.locator("h1")).to_have_text(f"Review · {left} to go")
        visitor.thumb_reaches(f"{left} to go")
        tap_an_answer(page)
        if left == 3:
            visitor.barriers("asked")
            page.get_by_role("button", name="Guess").tap()
            page.get_by_role("button", name="Take this answer back").tap()
            expect(page.locator("#messages")).to_have_text("Your last answer is taken back.")
            tap_an_answer(page)
        page.get_by_role("button", name="I think so").tap()
        expect(page.locator("main article")).to_contain_text("It comes back on")
        visitor.thumb_reaches(f"answered, {left} to go")
        if left == 3:
            visitor.barriers("answered")
        page.get_by_role("link", name="Next" if left > 1 else "Done for today").tap()
    expect(page.locator("h2").first).to_have_text("No reviews due")
    visitor.barriers("after")


def test_a_set_is_answered_by_keys(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    page = visitor.go("/review/")
    keys.press_on(page, "main a.primary")
    for left in (3, 2, 1):
        expect(page.locator("h1")).to_have_text(f"Review · {left} to go")
        if page.locator("[name=option]").count():
            page.keyboard.press("1")
            expect(page.locator("[name=option]").first).to_be_checked()
        else:
            for item in page.locator("[role=radiogroup]").all():
                keys.tab_to(page, f"[name='{item.locator('input').first.get_attribute('name')}']")
                page.keyboard.press("Space")
        keys.press_on(page, "button[value=sure]")
        expect(page.locator("main article")).to_contain_text("You answered: I am sure.")
        keys.press_on(page, "main a.primary")
    expect(page.locator("h2").first).to_have_text("No reviews due")

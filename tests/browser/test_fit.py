"""The fit check in a real browser: on a small phone, by keys alone, without scripts; its result; a plan."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.models import User
from mailing import clock
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.careers.answering import take

SMALL = {"width": 360, "height": 740}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def shipped(transactional_db: None, beside_a_loop: None) -> None:
    """The curriculum that ships."""
    call_command("import_content", verbosity=0)


@pytest.fixture
def learner(transactional_db: None) -> User:
    """Somebody with an account."""
    return User.objects.create_user("lea@example.org", name="Lea", time_zone="Europe/Lisbon")


def fits(guest: Visitor) -> bool:
    """Whether the page is no wider than the window."""
    return bool(guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_fourteen_answers_on_a_small_phone_by_keys_alone(arrive: Arrive) -> None:
    guest = arrive(viewport=SMALL)
    guest.go("/fit/")
    assert fits(guest)
    guest.look("fit-start", phone=True, dark=True)
    guest.follow("Start")
    for number in range(1, 15):
        guest.page.locator("h1:focus").wait_for()
        assert guest.says(f"Question {number} of 14")
        assert fits(guest)
        if number in (1, 13):
            guest.look(f"fit-question-{number}", phone=True, dark=True)
        guest.page.keyboard.press(str(5 - (number * 7) % 5) if number < 13 else "1")
        guest.page.wait_for_url("**/fit/result/" if number == 14 else f"**/fit/{number + 1}/")
    assert guest.says("Answer 16 more")
    assert fits(guest)
    guest.look("fit-first", phone=True, dark=True, full=True)


def test_without_scripts_one_answers_goes_back_and_reacts(arrive: Arrive) -> None:
    guest = arrive(viewport=SMALL, java_script_enabled=False)
    guest.go("/fit/1/")
    for _ in range(3):
        guest.press("Agree")
    guest.follow("Back")
    assert guest.says("(your answer)")
    guest.press("Strongly disagree")
    assert guest.says("Question 4 of 14")
    while guest.page.locator("form.question").count():
        guest.page.locator("form.question button").first.click()
    assert guest.page.url.endswith("/fit/result/")
    guest.page.get_by_label("I could live with it").first.check()
    guest.press("Keep")
    assert guest.page.get_by_label("I could live with it").first.is_checked()
    guest.press("Take it again")
    assert guest.heading() == "Which PM are you?"


def test_a_result_has_no_barriers_in_any_verdict(arrive: Arrive) -> None:
    for side in ("product", "both", "neither"):
        learner = User.objects.create_user(f"{side}@example.org", time_zone="Europe/Lisbon")
        take(learner, side, count=30)
        reader = arrive(learner)
        reader.go("/fit/result/")
        reader.page.get_by_text("As a table").click()
        reader.look(f"fit-{side}", phone=True, dark=True, full=True)


def test_tasks_are_picked_and_a_plan_is_ticked(arrive: Arrive, learner: User) -> None:
    reader = arrive(learner)
    reader.go("/fit/already/")
    for box in reader.page.locator("input[name=task]").all()[:3]:
        box.check()
    reader.press("See what they prove")
    assert reader.says("Yours: 3")
    reader.look("already", phone=True, dark=True, full=True)
    reader.go("/fit/plan/both/")
    reader.press("Begin today")
    assert reader.says("Day 1 of 30.")
    reader.page.locator("input[name=step]").nth(1).check()
    reader.page.get_by_text("1 of").first.wait_for()
    reader.look("plan", phone=True, dark=True, full=True)
    reader.page.reload()
    assert reader.page.locator("input[name=step]").nth(1).is_checked()


def test_asked_again_after_a_module_the_result_moves_and_is_printed(arrive: Arrive, learner: User) -> None:
    take(learner, "both", count=30, now=clock.now() - timedelta(days=20))
    reader = arrive(learner)
    reader.go("/fit/after/two-pms/project-manager/")
    reader.look("fit-after", phone=True, dark=True, full=True)
    for field in reader.page.locator("fieldset").all():
        field.get_by_label("Strongly agree").check()
    reader.press("See whether it moved")
    assert reader.says("How it moved")
    reader.look("fit-moved", phone=True, dark=True, full=True)
    reader.follow("One page to print")
    reader.look("fit-memo", phone=True, full=True)
    reader.page.emulate_media(media="print")
    reader.picture("fit-memo-print", full=True)
    reader.page.emulate_media(media="screen")
    reader.go("/fit/plan/product/")
    reader.press("Begin today")
    reader.go("/dashboard/")
    assert reader.says("Day 1 of 30.")
    reader.look("dashboard-plan", phone=True)

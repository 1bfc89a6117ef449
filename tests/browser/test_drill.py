"""The drill and an advert in a real browser: on a small phone, by thumb and by keys, and without scripts."""

import pytest
from playwright.sync_api import expect

from courses.models import Advert
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.learning.sentences import make_sentences

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = {"width": 360, "height": 740}
THUMB = {"viewport": SMALL, "has_touch": True, "is_mobile": True}


@pytest.fixture(autouse=True)
def content(transactional_db: None) -> None:
    """Sixteen sentences, and an advert with a duty of each side and one more of a product's."""
    make_sentences(16)
    advert = Advert.objects.create(key="lockers", title="PM, parcel lockers", opening="A post service looks.")
    for order, side in enumerate(["product", "project", "other", "product"]):
        advert.duties.create(
            key=f"duty-{order}", text=f"Do what is {side}, {order}", side=side, reason="So.", order=order
        )


def answer_is_shown(guest: Visitor) -> None:
    """Wait until the reason has the focus, and see that it is read out."""
    guest.page.locator(".said :focus").wait_for()
    expect(guest.page.locator("#announcements")).to_contain_text("The reason of number")


def test_twelve_sentences_by_keys_alone(arrive: Arrive) -> None:
    guest = arrive(viewport=SMALL)
    page = guest.go("/drill/")
    guest.barriers("drill")
    page.locator(".labels button").first.focus()
    for number in range(1, 13):
        page.keyboard.press(str(number % 4 + 1))
        answer_is_shown(guest)
        if number in (1, 12):
            guest.barriers(f"drill answered {number}")
        page.keyboard.press("Enter")
        page.locator("h2.spoken:focus").wait_for()
        assert guest.says(f"Sentence {number + 1}")
        assert guest.says("of the last 10 right") is (number == 10)
    assert guest.says("What you tell apart")
    guest.barriers("drill table")
    assert page.locator(".columns").evaluate("frame => frame.scrollWidth <= frame.clientWidth")


def test_sentences_by_thumb(arrive: Arrive) -> None:
    guest = arrive(**THUMB)
    page = guest.go("/drill/")
    for number in (1, 2):
        guest.thumb_reaches(f"sentence {number}")
        page.get_by_role("button", name="Neither").tap()
        answer_is_shown(guest)
        guest.thumb_reaches(f"answer {number}")
        page.get_by_role("link", name="Next").tap()
        page.locator("h2.spoken:focus").wait_for()
    assert guest.says("Sentence 3")


def test_an_advert_is_marked_by_thumb_without_a_barrier(arrive: Arrive) -> None:
    guest = arrive(**THUMB)
    page = guest.go("/drill/adverts/")
    guest.barriers("adverts")
    page.get_by_role("link", name="PM, parcel lockers").tap()
    page.wait_for_url("**/lockers/")
    guest.barriers("advert")
    guest.thumb_reaches("advert")
    for duty in page.locator("fieldset.item").all():
        duty.locator("label").first.tap()
    page.get_by_role("button", name="See which job it is").tap()
    expect(page.locator("h2:focus")).to_have_text("This “PM” is 50% product.")
    guest.barriers("advert read")


def test_a_sentence_and_an_advert_without_scripts(arrive: Arrive) -> None:
    guest = arrive(viewport=SMALL, java_script_enabled=False)
    page = guest.go("/drill/")
    page.get_by_role("button", name="Both").click()
    assert page.url.endswith("/drill/answers/1/")
    page.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="Read the advert").click()
    page.get_by_role("link", name="PM, parcel lockers").click()
    page.get_by_role("button", name="See which job it is").click()
    assert guest.says("4 duties are not marked yet.")
    guest.answer(page.locator("main form"))
    page.get_by_role("button", name="See which job it is").click()
    assert guest.says("This “PM” is 50% product.")

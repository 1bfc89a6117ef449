"""The drill and an advert in a real browser: on a small phone, by keys alone, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor
from tests.portal.running import Portal

SMALL = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Crossroads as `make run` starts it, with the shipped sentences."""
    running = Portal()
    try:
        running.start()
        yield f"http://127.0.0.1:{running.port}"
        running.stop()
    finally:
        running.remove()


def fits(guest: Visitor) -> bool:
    """Whether the page is no wider than the window."""
    return bool(guest.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_twelve_sentences_on_a_small_phone_by_keys_alone(site: str, browser: Browser) -> None:
    guest = Visitor(browser, site, viewport=SMALL)
    guest.go("/drill/")
    assert fits(guest)
    guest.look("drill", phone=False, dark=True)
    guest.page.locator(".labels button").first.focus()
    for number in range(1, 13):
        guest.page.keyboard.press(str(number % 4 + 1))
        guest.page.locator(".said :focus").wait_for()
        if number in (1, 12):
            guest.look(f"drill-answered-{number}", dark=True)
        assert fits(guest)
        guest.page.keyboard.press("Enter")
        guest.page.locator("h2.spoken:focus").wait_for()
        assert guest.says(f"Sentence {number + 1}")
        assert guest.says("of the last 10 right") is (number == 10)
    assert guest.says("What you tell apart")
    guest.look("drill-table", dark=True, full=True)
    assert fits(guest)
    assert guest.faults == []


def test_an_advert_is_marked_and_read_without_scripts(site: str, browser: Browser) -> None:
    guest = Visitor(browser, site, viewport=SMALL, java_script_enabled=False)
    guest.go("/drill/")
    guest.press("Both")
    assert guest.page.url.endswith("/drill/answers/1/")
    guest.follow("Next")
    guest.page.locator("a", has_text="Read the advert").click()
    guest.follow("PM, evenings at the museum")
    form = guest.page.locator("main form")
    guest.press("See which job it is")
    assert guest.says("8 duties are not marked yet.")
    guest.answer(form)
    guest.press("See which job it is")
    assert guest.says("This “PM” is as much product as project: 38% each.")
    assert guest.faults == []


def test_an_advert_has_no_barriers(site: str, browser: Browser) -> None:
    guest = Visitor(browser, site, viewport=SMALL)
    guest.go("/drill/adverts/")
    guest.look("adverts")
    guest.follow("PM (m/f/d), parcel lockers")
    guest.look("advert", full=True)
    guest.answer(guest.page.locator("main form"))
    guest.press("See which job it is")
    assert guest.says("This “PM” is 50% project.")
    guest.look("advert-read", dark=True, full=True)
    assert fits(guest)
    assert guest.faults == []

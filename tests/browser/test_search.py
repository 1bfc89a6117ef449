"""The search over every page in a real browser: by keys, and as a plain page without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)


def test_ctrl_k_finds_arrows_choose_and_escape_gives_the_focus_back(arrive: Arrive) -> None:
    make_course()
    visitor = arrive()
    page = visitor.go("/courses/")
    link = page.locator("main a").first
    link.focus()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-words")).to_be_focused()
    page.keyboard.type("sponsr")
    expect(page.locator("#palette-count")).to_contain_text("“sponsr”")
    visitor.barriers("palette")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-found a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette-words")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary/**")


def test_the_slash_opens_it_only_where_nobody_types(arrive: Arrive) -> None:
    make_course()
    visitor = arrive()
    page = visitor.go("/search/")
    page.locator("#search-words").press("/")
    expect(page.locator("#palette")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()


def test_without_scripts_search_is_a_page(arrive: Arrive) -> None:
    make_course()
    visitor = arrive(java_script_enabled=False)
    page = visitor.go("/courses/")
    page.get_by_role("link", name="Search").first.click()
    page.get_by_role("searchbox").fill("sponsr")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main .found a").first).to_have_text("Sponsor")

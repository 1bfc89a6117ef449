"""Hands on a keyboard: Tab, arrows, Space, Enter and letters, never a pointer."""

from collections.abc import Mapping, Sequence

from playwright.sync_api import Page

STEPS = 80  # more stops than any page of ours has


def skip_to_content(page: Page) -> None:
    """Take the skip link, the first stop of every page."""
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.locator("main:focus").wait_for()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(STEPS):
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def press_on(page: Page, selector: str) -> None:
    """Go to a button or link and press Enter."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def fill_in(page: Page, form: Mapping[str, Sequence[str]]) -> None:
    """Answer a question with a form as browsers send it: {name: [values]}."""
    if all(name.startswith("place-") for name in form):
        put_in_order(page, [name for name, _ in sorted(form.items(), key=lambda field: list(field[1]))])
        return
    for name, values in form.items():
        stop = f"[name='{name}']"
        kind = page.locator(stop).first.evaluate("field => field.type")
        if kind == "checkbox":
            for value in values:
                tab_to(page, f"{stop}[value='{value}']")
                page.keyboard.press("Space")
        elif kind == "radio":
            tab_to(page, stop)
            choose(page, values[0])
        else:  # a list takes the beginning of a word, too
            tab_to(page, stop)
            page.keyboard.type(values[0])


def choose(page: Page, value: str) -> None:
    """Choose among the radio buttons that have the focus."""
    page.keyboard.press("Space")
    for _ in range(STEPS):
        if page.locator(":focus").get_attribute("value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"The arrows never reach {value} on {page.url}")


def put_in_order(page: Page, wanted: Sequence[str]) -> None:
    """Bring steps, named by their fields, into an order with the buttons beside them."""
    press_on(page, "[data-move='1']")  # a first move numbers them all
    for place, name in enumerate(wanted):
        for _ in range(names_in_order(page).index(name) - place):
            press_on(page, f".step:has([name='{name}']) [data-move='-1']")
    assert names_in_order(page) == list(wanted)


def names_in_order(page: Page) -> list[str]:
    """Return the names of the steps' fields as they stand on the page."""
    found: list[str] = page.locator(".step select").evaluate_all("fields => fields.map(field => field.name)")
    return found

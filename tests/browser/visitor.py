"""A person with a browser who notices what people notice: broken pages, warnings, barriers."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

if TYPE_CHECKING:
    from accounts.models import User

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")
ALBUM = os.environ.get("SCREENSHOTS", "")
"""Where pictures go; empty: none are taken. SCREENSHOTS=docs/screenshots renews those of the README."""

NOT_OURS = {"exclude": [[".select2"]]}
"""Django's own multiple choice in the admin has an unlabelled search field; we do not ship another."""

VIOLATIONS = {"resultTypes": ["violations"]}
IN_THE_DARK = {**VIOLATIONS, "runOnly": ["color-contrast"]}

THUMB = 44
"""px; a target of that height is hit with a thumb."""
PRIMARY = "main :is(button:not(.plain-button), .button, .option, .item label)"

NOTE_VIOLATIONS = """
window.policyViolations = [];
document.addEventListener("securitypolicyviolation",
  event => window.policyViolations.push(event.violatedDirective + " " + event.blockedURI));
"""


class Visitor:
    """One browser with its own cookies. Everything that goes wrong on its pages is kept in `faults`."""

    def __init__(self, browser: Browser, site: str, **context: Any) -> None:
        self.browser, self.site = browser, site
        settings: dict[str, Any] = {"viewport": DESKTOP, "timezone_id": "Europe/Lisbon", "locale": "en-GB"}
        self.context = browser.new_context(base_url=site, **{**settings, **context})
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")
        if not response.url.startswith(self.site):
            self.faults.append(f"a request to another host: {response.url}")

    def log_in(self, user: "User") -> None:
        """Give this browser a session of somebody with an account."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.site}
        self.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict by its keys

    def go(self, address: str) -> Page:
        """Open a page."""
        self.page.goto(address)
        return self.page

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the first button of that name and wait until the page has settled."""
        (within or self.page.locator("main")).get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("networkidle")

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow the first link of that name."""
        (within or self.page.locator("main")).get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state("networkidle")

    def heading(self) -> str:
        """Return the page's first heading."""
        return self.page.locator("h1").first.inner_text()

    def says(self, words: str) -> bool:
        """Say whether the page shows these words."""
        return words in self.page.locator("body").inner_text()

    def look(self, name: str, *, phone: bool = False, dark: bool = False, full: bool = False) -> None:
        """Look for barriers (axe) and policy violations; take the picture where an album is kept."""
        found = Axe().run(self.page, context=NOT_OURS).response["violations"]
        self.faults += [
            f"{name}: {one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in SERIOUS
        ]
        self.faults += [f"{name}: {one}" for one in self.page.evaluate("window.policyViolations")]
        self.picture(f"{name}-desktop-light", full=full)
        if dark:
            self.page.emulate_media(color_scheme="dark")
            self.picture(f"{name}-desktop-dark", full=full)
            self.page.emulate_media(color_scheme="light")
        if phone:
            self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a TypedDict by its keys
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                self.faults.append(f"{name}: {width} px wide on a phone")
            self.picture(f"{name}-phone-light", full=full)
            self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # as above

    def barriers(self, name: str) -> None:
        """Look for barriers of any weight, for contrast in the dark theme too, and for what does not fit."""
        self.page.wait_for_load_state()
        self.page.locator("main").first.wait_for()
        found = Axe().run(self.page, options=VIOLATIONS).response["violations"]
        self.page.emulate_media(color_scheme="dark")
        found += Axe("").run(self.page, "main", IN_THE_DARK).response["violations"]  # it is on the page
        self.page.emulate_media(color_scheme="light")
        self.faults += [f"{name}: {one['id']}: {one['nodes'][0]['target']}" for one in found]
        self.fits(name)

    def fits(self, name: str) -> None:
        """Note it as a fault if the page is wider than the window."""
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            self.faults.append(f"{name}: {wider} px wider than the window")

    def thumb_reaches(self, name: str) -> None:
        """Note what is lower than a thumb needs of the buttons and choices that lead on."""
        for target in self.page.locator(PRIMARY).all():
            box = target.bounding_box() if target.is_visible() else None
            if box and box["height"] < THUMB:
                self.faults.append(f"{name}: {target.inner_text()!r} is {box['height']} px high")

    def picture(self, name: str, *, full: bool = False) -> None:
        """Keep a picture of the window, or of the full page."""
        if ALBUM:
            self.page.screenshot(path=Path(ALBUM) / f"{name}.jpg", type="jpeg", quality=72, full_page=full)

    def answer(self, form: Locator) -> None:
        """Answer the question in a form: the first option, the first bucket or the next number, or "1"."""
        names = form.locator("input[type=radio], input[type=checkbox]").evaluate_all(
            "inputs => [...new Set(inputs.map(input => input.name))]"
        )
        for name in names:
            form.locator(f"input[name='{name}']").first.check(force=True)
        for at, choice in enumerate(form.locator("select").all(), start=1):
            choice.select_option(index=at if "place-" in (choice.get_attribute("name") or "") else 1)
        for field in form.locator("input[name=answer]").all():
            field.fill("1")

"""Every kind of mail in a real browser: it fits a phone and a wide window, and reads well day and night."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from accounts import organisation
from accounts.models import Organisation, User
from mailing import kinds
from tests.browser.conftest import Arrive
from tests.browser.visitor import ALBUM, IN_THE_DARK, SERIOUS, VIOLATIONS
from tests.factories import NOW, make_course
from tests.learning.reminding import make_learner

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 640)
ALIKE = {"reminder_sample", "reminder_test", "inactivity"}
"""Kinds that are made from the templates of others."""


def documents() -> Iterator[tuple[str, str]]:
    """Give every reminder and one mail of each other kind, named, in their wordings by turns."""
    words = {
        "postal_address": "1 Long Lane\nOldtown",
        "support_email": "help@example.org",
        "mail_note": "Ask Ann in room 4. " * 20,
    }
    Organisation.objects.update_or_create(singleton=True, defaults=words)
    organisation.forget()
    learner = make_learner(
        make_course(), email="a-rather-long-address.of.somebody@a-long-domain-name.example.org"
    )
    seen = set(ALIKE)
    for number, example in enumerate(kinds.examples()):
        if example.kind == "reminder" or example.kind not in seen:
            seen.add(example.kind)
            wordings = example.write(user=learner, now=NOW)
            yield f"{example.kind}-{example.name}", wordings[number % len(wordings)].html


def test_every_mail_fits_and_is_readable_on_phones_and_wide_by_day_and_by_night(
    browser: Browser, beside_a_loop: None, live_server: object
) -> None:
    faults = []
    page = browser.new_page()
    for name, html in documents():
        page.set_content(html)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 700})
                if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                    faults.append(f"{name}: {wide} px wide at {width}")
                if ALBUM:
                    page.screenshot(path=f"{ALBUM}/mail-{name}-{scheme}-{width}.png", full_page=True)
            rules = VIOLATIONS if scheme == "light" else IN_THE_DARK
            seen = Axe().run(page, context=".paper", options=rules).response["violations"]
            faults += [f"{name} ({scheme}): {one['id']}" for one in seen if one["impact"] in SERIOUS]
    page.close()
    organisation.forget()
    assert faults == []


def test_the_organisations_words_are_seen_in_a_mail_of_the_list(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    Organisation.objects.create(mail_note="Ask Ann in room 4.")
    organisation.forget()
    owner = arrive(User.objects.create_superuser("owner@example.org", name="Ola"))
    page = owner.go("/admin/accounts/organisation/mails/")
    owner.look("texts", phone=True, dark=True, full=True)
    owner.follow("What is due for review", within=page.locator("body"))
    page.frame_locator("iframe").first.get_by_text("Ask Ann in room 4.").wait_for()
    owner.look("text", phone=True, dark=True, full=True)
    organisation.forget()

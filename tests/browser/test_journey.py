"""The whole story in a real browser, on the real thing: web, workers, beat, PostgreSQL, Valkey, SMTP.

A visitor starts without an account, keeps what they did by signing up with a code from a mail, takes a
quiz, looks at their progress, asks for reminders; an editor changes a lesson; the learner gets a reminder and
sees the new lesson.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
from playwright.sync_api import Browser

from portal import environment
from tests.browser.visitor import Visitor
from tests.portal.running import Portal
from tests.servers import wait_until

ADDRESS = "maria@example.org"
MAIL_PATIENCE = 100.0  # seconds: the planner looks once a minute


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """Crossroads as `make run` starts it, with the shipped curriculum."""
    running = Portal()
    try:
        running.start()
        yield running
        running.stop()
    finally:
        running.remove()


def test_from_the_first_page_to_a_reminder(portal: Portal, browser: Browser) -> None:
    site = f"http://127.0.0.1:{portal.port}"
    zone = zone_by_day()
    learner = Visitor(browser, site, timezone_id=zone)
    starts_without_an_account(learner)
    keeps_what_was_done(learner)
    takes_the_quiz(learner)
    sees_progress(learner)
    asks_for_reminders(learner)
    two_days_pass(portal, zone)
    editor = Visitor(browser, site)
    an_editor_mends_a_lesson(editor, *admin_of(portal))  # while the planner comes to look
    gets_a_reminder(learner)
    learner.go("/learn/two-pms/why-both-are-called-pm/")
    assert learner.heading() == "Why both are called PM, and by whom"
    assert (learner.faults, editor.faults) == ([], [])


def zone_by_day() -> str:
    """Return a time zone in which it is now late enough in the day for a reminder, and early enough."""
    zones = ("Europe/Lisbon", "Asia/Tokyo", "America/Los_Angeles")
    return next(zone for zone in zones if 7 <= datetime.now(ZoneInfo(zone)).hour < 22)


def starts_without_an_account(learner: Visitor) -> None:
    """From the landing page through a check to the end of the first lesson."""
    learner.go("/")
    learner.look("landing", phone=True, dark=True)
    learner.follow("Start the first lesson")
    assert learner.heading() == "Why both are called PM"
    check = learner.page.locator("form.question").first
    learner.answer(check)
    check.get_by_role("button", name="I think so").click()
    learner.page.locator(".option .verdict").first.wait_for()
    learner.look("lesson", phone=True, dark=True)
    learner.press("Complete and continue")
    assert learner.heading() == "What is a product?"


def keeps_what_was_done(learner: Visitor) -> None:
    """Sign up from the card that asks to keep it, with the code from the mail."""
    card = learner.page.locator(".keep")
    card.scroll_into_view_if_needed()
    learner.look("keep")
    card.get_by_label("E-mail").fill(ADDRESS)
    for box in card.get_by_role("checkbox").all():
        box.check()
    card.get_by_role("button", name="Send code").click()
    learner.page.wait_for_load_state("networkidle")
    learner.look("code", phone=True)
    code = re.search(r"\b\d{6}\b", newest_mail(learner, "code")[1])
    assert code is not None
    learner.page.locator("input[name=code]").fill(code[0])
    learner.page.locator("main form button").first.click()
    learner.page.wait_for_load_state("networkidle")
    learner.go("/learn/two-pms/")
    assert learner.says("1 of ")
    learner.look("course", phone=True)


def takes_the_quiz(learner: Visitor) -> None:
    """All questions of the first module's quiz, one at a time, to the result."""
    learner.go("/learn/two-pms/quiz/two-words/")
    learner.press("Start the quiz")
    learner.look("quiz", phone=True, dark=True)
    while learner.page.locator("form.question").count():
        form = learner.page.locator("form.question")
        learner.answer(form)
        learner.press("I am sure", within=form)
    learner.press("Hand in")
    assert re.match(r"\d+(\.\d+)? of 10, (not )?passed", learner.heading())
    learner.look("result", phone=True)


def sees_progress(learner: Visitor) -> None:
    """The progress page knows the lesson, the quiz and today."""
    learner.go("/dashboard/")
    assert learner.says("1 of ")
    learner.look("dashboard", phone=True, dark=True)
    learner.follow("Why?")
    assert learner.says("Why both are called PM")
    learner.look("why")


def asks_for_reminders(learner: Visitor) -> None:
    """Off until asked for; then the next three mails are listed."""
    learner.go("/settings/reminders/")
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        learner.page.get_by_label(day, exact=True).check(force=True)
    learner.press("Save")
    assert learner.page.locator(".mail").count() == 3
    learner.look("reminders", phone=True)


def two_days_pass(portal: Portal, zone: str) -> None:
    """Move what the learner did two days back, and the hour they chose to the last quarter gone."""
    local = datetime.now(ZoneInfo(zone))
    struck = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    with psycopg.connect(environment.read(portal.data_dir / "env")["DATABASE_URL"]) as connection:
        connection.execute(
            "UPDATE learning_dailyactivity SET local_date = local_date - 2, "
            "last_at = last_at - interval '2 days'"
        )
        connection.execute(
            "UPDATE accounts_user SET last_login = last_login - interval '2 days', "
            "last_page_at = last_page_at - interval '2 days'"
        )
        connection.execute(
            "UPDATE learning_remindercontract SET local_time = %s, next_due_at = %s, next_local_date = %s",
            [struck.time(), struck, struck.date()],
        )


def gets_a_reminder(learner: Visitor) -> None:
    """It says where they stopped and why it came; its link leads there; one click ends it."""
    address, text = newest_mail(learner, "What is a product?")
    assert "You asked for this mail" in text
    learner.go(address)
    learner.look("mail", phone=True)
    button = learner.page.locator("iframe").content_frame.locator("a[href*='/learn/']")
    learner.go(button.first.get_attribute("href") or "")
    assert learner.heading() == "What is a product?"
    stop = re.search(r"http\S+/reminders/u/\S+", text)
    assert stop is not None
    learner.go(stop[0])
    learner.press("Stop these mails")
    assert learner.heading() == "No more reminder mails"


def newest_mail(learner: Visitor, about: str) -> tuple[str, str]:
    """Wait until the newest mail says `about`; return its address and its text.

    In a browser of its own: who looks at a page gets no reminder that would say the same.
    """
    strangers = learner.browser.new_context(base_url=learner.site)
    page = strangers.new_page()

    def has_arrived() -> bool:
        page.goto("/dev/mail/")
        newest = page.locator("main li a, main td a").first
        if newest.count():
            page.goto(newest.get_attribute("href") or "")
        return about in page.locator("body").inner_text()

    wait_until(has_arrived, meaning=f"a mail about {about}", patience=MAIL_PATIENCE, pause=0.5)
    found = (page.url, page.locator("body").inner_text())
    strangers.close()
    return found


def admin_of(portal: Portal) -> tuple[str, str]:
    """Return address and password of the demo's admin, as `make run` printed them."""
    found = re.search(r"admin +(\S+) +password (\S+)", portal.said())
    assert found is not None
    return found[1], found[2]


def an_editor_mends_a_lesson(editor: Visitor, address: str, password: str) -> None:
    """Log in with the printed password, change a title, publish."""
    editor.go("/admin/")
    editor.page.get_by_label("E-mail").fill(address)
    editor.page.get_by_label("Password").fill(password)
    editor.page.locator("main form button[type=submit], main form button").first.click()
    editor.page.wait_for_load_state("networkidle")
    editor.go("/admin/courses/lesson/?q=why-both")
    editor.look("admin-lessons", phone=True)
    editor.page.get_by_role("link", name="Why both are called PM").first.click()
    editor.page.locator("#id_title").fill("Why both are called PM, and by whom")
    editor.look("admin-lesson")
    editor.page.get_by_role("button", name="Publish now (minor)").click()
    editor.page.wait_for_load_state("networkidle")
    assert editor.says("version 2, minor")

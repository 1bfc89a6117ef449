"""A lesson in a real browser: terms, note, bookmark, keys, paper; by keys, by touch and without scripts."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from courses import publishing
from courses.models import Lesson
from learning import notes, progress
from learning.models import Bookmark, Note
from tests.browser import keys
from tests.browser.conftest import Arrive
from tests.browser.visitor import PHONE
from tests.factories import NOW, make_course

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "/learn/two-pms/lesson-1/"


@pytest.fixture
def reader(db: None) -> User:
    """Somebody with an account, and a course to read."""
    make_course()
    return User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")


def test_a_term_opens_by_key_shuts_by_escape_and_is_met(reader: User, arrive: Arrive) -> None:
    visitor = arrive(reader)
    page = visitor.go(ONE)
    meaning = page.get_by_role("dialog", name="Sponsor")
    for key in ("Enter", "Space"):
        keys.tab_to(page, "button.term")
        page.keyboard.press(key)
        expect(meaning).to_be_visible()
        expect(meaning).to_be_focused()
        expect(meaning).to_contain_text("Who answers for the money.")
        visitor.barriers("a term's meaning")
        page.keyboard.press("Escape")
        expect(meaning).to_be_hidden()
        expect(page.locator("button.term")).to_be_focused()
    page.wait_for_load_state("networkidle")
    assert [card.term.key for card in reader.review_cards.select_related("term") if card.term] == ["sponsor"]


def test_a_term_opens_by_touch_inside_the_window_and_leads_to_the_glossary(
    reader: User, arrive: Arrive
) -> None:
    visitor = arrive(reader, viewport=PHONE, has_touch=True)
    page = visitor.go(ONE)
    page.locator("button.term").tap()
    meaning = page.get_by_role("dialog", name="Sponsor")
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    word = page.locator("button.term").bounding_box()
    assert box is not None
    assert word is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["y"] >= word["y"] + word["height"], "it covers no word"
    page.touchscreen.tap(5, 5)
    expect(meaning).to_be_hidden()
    page.locator("button.term").tap()
    meaning.get_by_role("link", name="In the glossary").tap()
    page.wait_for_url("**/glossary/#term-sponsor")


def test_terms_notes_and_bookmarks_work_without_scripts(reader: User, arrive: Arrive) -> None:
    visitor = arrive(reader, java_script_enabled=False)
    page = visitor.go(ONE)
    page.locator("button.term").click()
    expect(page.get_by_role("dialog", name="Sponsor")).to_be_visible()
    page.keyboard.press("Escape")
    visitor.press("Bookmark")
    expect(page.get_by_role("button", name="Bookmark")).to_have_attribute("aria-pressed", "true")
    page.locator("#lesson-note summary").click()
    page.locator("#lesson-note-text").fill("Ask what ends.")
    visitor.press("Save")
    assert visitor.says("Your note is saved.")
    visitor.go("/notes/")
    assert visitor.says("Ask what ends.")


def test_a_note_is_saved_while_it_is_written(reader: User, arrive: Arrive) -> None:
    visitor = arrive(reader)
    page = visitor.go(ONE)
    visitor.barriers("lesson")
    keys.press_on(page, "#lesson-note summary")
    keys.tab_to(page, "#lesson-note-text")
    page.keyboard.type("Ask what")
    expect(page.locator("#lesson-note-state")).to_contain_text("Saved at")
    page.keyboard.type(" ends.")
    page.keyboard.press("Tab")
    expect(page.locator("#lesson-note [name=revision]")).to_have_value("2")
    assert Note.objects.get().text == "Ask what ends."
    expect(page.locator("#lesson-note-text")).to_have_value("Ask what ends.")
    visitor.barriers("lesson with a note")
    keys.press_on(page, "#lesson-bookmark-button")
    expect(page.locator("#lesson-bookmark-button[aria-pressed=true]")).to_be_focused()
    expect(page.locator("#announcements")).to_have_text("Bookmarked.")
    assert Bookmark.objects.count() == 1
    visitor.go("/notes/")
    visitor.barriers("notes")


def test_two_pages_with_one_note_never_overwrite_each_other_unseen(reader: User, arrive: Arrive) -> None:
    phone, desk = arrive(reader), arrive(reader)
    for visitor in (phone, desk):
        visitor.go(ONE).locator("#lesson-note summary").click()
    phone.page.locator("#lesson-note-text").fill("From the phone")
    expect(phone.page.locator("#lesson-note-state")).to_contain_text("Saved at")
    desk.page.locator("#lesson-note-text").fill("From the desk")
    state = desk.page.locator("#lesson-note-state")
    expect(state).to_contain_text("This note was changed on another page or device meanwhile.")
    expect(state.locator("blockquote")).to_have_text("From the phone")
    desk.barriers("a note that changed elsewhere")
    assert Note.objects.get().text == "From the phone"
    state.get_by_role("button", name="Keep what I wrote here instead").click()
    expect(state).to_contain_text("Saved at")
    assert Note.objects.get().text == "From the desk"


def test_a_note_that_cannot_be_sent_says_so_and_stays(reader: User, arrive: Arrive) -> None:
    visitor = arrive(reader)
    page = visitor.go(ONE)
    page.locator("#lesson-note summary").click()
    visitor.context.set_offline(True)
    page.locator("#lesson-note-text").fill("Ask what ends.")
    expect(page.locator("#lesson-note-state")).to_contain_text("Not saved: we could not be reached.")
    visitor.faults.clear()  # what the browser and htmx say about being offline
    visitor.context.set_offline(False)
    visitor.press("Save")
    expect(page.locator("#lesson-note-state")).to_contain_text("Saved at")
    assert Note.objects.get().text == "Ask what ends."


def test_the_keys_of_a_lesson_are_listed_work_and_can_be_switched_off(reader: User, arrive: Arrive) -> None:
    visitor = arrive(reader)
    page = visitor.go(ONE)
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys")
    expect(listed).to_be_visible()
    visitor.barriers("keys")
    page.keyboard.press("b")
    assert not Bookmark.objects.exists(), "the page below rests"
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator("#lesson-bookmark-button[aria-pressed=true]")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#lesson-note-text")).to_be_focused()
    page.keyboard.type("jkb?")
    expect(page.locator("#lesson-note-text")).to_have_value("jkb?")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_url("**/lesson-2/")
    page.keyboard.press("k")
    page.wait_for_url(f"**{ONE}")
    visitor.go("/settings/profile/")
    page.get_by_label("Single keys are shortcuts").uncheck()
    visitor.press("Save")
    visitor.go(ONE)
    for key in ("?", "/", "j"):
        page.keyboard.press(key)
    assert page.locator("dialog[open]").count() == 0
    assert page.url.endswith(ONE)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


def test_a_visitor_switches_single_keys_off_for_this_browser(reader: User, arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go(ONE)
    page.keyboard.press("?")
    visitor.barriers("keys of a visitor")
    keys.tab_to(page, "#single-keys")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    for address in (ONE, "/courses/"):
        visitor.go(address)
        page.keyboard.press("?")
        page.keyboard.press("/")
        assert page.locator("dialog[open]").count() == 0


def test_a_changed_lesson_says_so_without_a_barrier(reader: User, arrive: Arrive) -> None:
    row = Lesson.objects.get(key="lesson-1")
    progress.complete_lesson(user=reader, lesson=row, now=NOW)
    row.body += "\n\n## Who pays\n\nThe sponsor pays.\n"
    row.save(update_fields=["body"])
    publishing.publish(row, author=None, now=NOW)
    visitor = arrive(reader, viewport=PHONE)
    visitor.go("/learn/two-pms/")
    assert visitor.says("1 section new")
    visitor.go(ONE)
    visitor.barriers("a changed lesson")
    visitor.follow("Who pays")
    expect(visitor.page.locator("#who-pays")).to_be_in_viewport()
    visitor.press("I have read what is new")
    assert not visitor.says("is new since")
    visitor.press("Mark as not done")
    assert visitor.says("This lesson is done when you press Complete, not before")


def test_a_lesson_prints_as_a_handout(reader: User, arrive: Arrive) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    notes.write(user=reader, lesson=lesson, text="Ask what ends.", revision=0, now=NOW)
    visitor = arrive(reader)
    page = visitor.go(ONE)
    page.emulate_media(media="print")
    for gone in (
        "header nav",
        ".thumb",
        ".foot",
        "[aria-label=Outline]",
        "#finish",
        "#lesson-note",
        ".question button",
    ):
        for element in page.locator(gone).all():
            expect(element).to_be_hidden()
    expect(page.locator("button.term")).to_be_visible()
    shown = page.locator("main").inner_text()
    for words in ("Lesson 1", ONE, "Your note", "Ask what ends.", "Words in this lesson"):
        assert words in shown
    for words in ("How sure are you?", "Bookmark", "Complete"):
        assert words not in shown
    assert page.pdf(format="A4").startswith(b"%PDF")

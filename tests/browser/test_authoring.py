"""An editor in a real browser: a course built by keyboard alone, a lesson written beside its preview."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import User
from courses.lesson_drafts import Text, keep
from courses.models import Course
from mailing import clock
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)
BUILDER = "#builder"


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch, db: None) -> Course:
    """A published course, and an admin that takes the second factor as given."""
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    return make_course()


def titles(visitor: Visitor) -> list[list[str]]:
    """The lessons of each module, as they stand on the page."""
    modules = visitor.page.locator(f"{BUILDER} .au-module").all()
    return [module.locator(".au-lesson .au-name").all_inner_texts() for module in modules]


def test_a_course_is_built_with_the_keyboard_alone(arrive: Arrive, course: Course) -> None:
    editor = arrive(User.objects.create_superuser("owner@example.org"))
    page = editor.go(f"/admin/courses/course/{course.pk}/change/")
    said = page.locator("[data-said]")
    page.get_by_role("button", name="Move up: Lesson 3").focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("“Lesson 3” is lesson 3 of 3 in “Module 1” now.")
    expect(page.get_by_role("button", name="Move up: Lesson 3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_have_text("“Lesson 3” is lesson 2 of 3 in “Module 1” now.")
    assert titles(editor) == [["Lesson 1", "Lesson 3", "Lesson 2"], ["Lesson 4"]]
    page.get_by_role("button", name="Move up: Lesson 4").focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("“Lesson 4” is lesson 4 of 4 in “Module 1” now.")
    assert titles(editor) == [["Lesson 1", "Lesson 3", "Lesson 2", "Lesson 4"], []]
    adds = page.locator(".au-module").nth(1).get_by_text("Add a lesson")
    adds.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Whom to ask")
    page.keyboard.press("Tab")
    page.keyboard.type("Who knows?")
    page.keyboard.press("Enter")
    expect(said).to_have_text("The lesson “Whom to ask” is there as a draft.")
    expect(page.get_by_role("link", name="Whom to ask")).to_be_visible()
    editor.look("builder", full=True)
    # What somebody else moved meanwhile is not overwritten.
    page.evaluate("document.querySelector('#builder [name=order]').value = 'of another day'")
    page.get_by_role("checkbox", name="Pick Lesson 1").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Move", exact=True).focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Nothing was moved: the order has changed")
    expect(page.get_by_role("checkbox", name="Pick Lesson 1")).to_be_checked()


def test_lessons_and_modules_are_dragged_with_the_mouse(arrive: Arrive, course: Course) -> None:
    editor = arrive(User.objects.create_superuser("owner@example.org"))
    page = editor.go(f"/admin/courses/course/{course.pk}/change/")
    said, lessons, heads = (page.locator(each) for each in ("[data-said]", ".au-lesson", ".au-head"))
    grip = page.locator(f"{BUILDER} .au-grip")
    grip.nth(1).drag_to(lessons.nth(3), target_position={"x": 200, "y": 4})
    expect(said).to_have_text("“Lesson 1” is lesson 2 of 3 in “Module 2” now.")
    heads.nth(1).locator(".au-grip").drag_to(heads.nth(0), target_position={"x": 200, "y": 4})
    expect(said).to_have_text("“Module 2” is module 1 of 2 now.")
    page.reload()
    assert titles(editor) == [["Lesson 3", "Lesson 1", "Lesson 4"], ["Lesson 2"]]


def test_a_lesson_is_written_beside_its_preview_and_never_over_newer_words(
    arrive: Arrive, course: Course
) -> None:
    lesson = course.lessons.get(key="lesson-1")
    editor = arrive(User.objects.create_superuser("owner@example.org"))
    page = editor.go(f"/admin/courses/lesson/{lesson.pk}/change/")
    text, frame = page.get_by_label("Body"), page.frame_locator("iframe[name=lesson-preview]")
    expect(frame.get_by_role("heading", name="Listen for the end")).to_be_visible()
    text.focus()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Heading").click()
    page.keyboard.type("Who pays")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Fact…").click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("pay of project")
    page.get_by_role("button", name="about $93,000: average pay").click()
    expect(frame.get_by_role("heading", name="Who pays")).to_be_visible()
    expect(frame.locator("#who-pays + p a.fact")).to_have_text("about $93,000")
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved at")
    lesson.refresh_from_db()
    assert lesson.body.replace("\r", "").endswith("## Who pays\n\n[[fact:pay]]")
    with page.expect_response("**/autosave/"):  # nothing is on its way when somebody else saves
        page.keyboard.type(" organization")
    expect(text).to_have_value(re.compile(r"\[\[fact:pay\]\] organization$"))
    expect(page.locator("[data-findings]")).to_contain_text("'organization' is not spelled")
    page.get_by_role("button", name="Dark").click()
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Desktop").click()
    editor.look("lesson-editor", full=True)
    # Somebody else saves meanwhile: both texts are there, and the editor decides.
    lesson.refresh_from_db()
    theirs = Text(lesson.title, "Whose?", "Their words.")
    keep(lesson_id=lesson.pk, revision=lesson.revision, text=theirs, author=None, now=clock.now())
    text.fill("My words, and no others.")
    expect(page.get_by_role("heading", name="Not saved")).to_be_visible()
    expect(page.locator("#conflict-theirs")).to_have_value("Their words.")
    editor.look("lesson-conflict", full=True)
    page.get_by_role("button", name="Keep mine instead").click()
    expect(page.get_by_role("heading", name="Not saved")).to_be_hidden()
    expect(page.locator("[data-saved]")).to_contain_text("Draft saved at")
    lesson.refresh_from_db()
    assert lesson.body == "My words, and no others."
    # Once more, and this time the saved text is taken: what was typed stays beside it, and is called so.
    theirs = Text(lesson.title, "Whose?", "Their other words.")
    keep(lesson_id=lesson.pk, revision=lesson.revision, text=theirs, author=None, now=clock.now())
    text.fill("My other words.")
    page.get_by_role("button", name="Take the saved text").click()
    expect(text).to_have_value("Their other words.")
    page.locator("summary").get_by_text("Your text", exact=True).click()
    expect(page.get_by_label("Your text", exact=True)).to_have_value("My other words.")
    # Logged out meanwhile: the page says why nothing is saved, and goes on after the next log-in.
    editor.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    text.fill("Words of somebody who is logged out.")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved: you are no longer logged in")
    expect(text).to_have_value("Words of somebody who is logged out.")


COVERED = """() => {
  const held = document.activeElement, box = held.getBoundingClientRect();
  if (!held.closest("#result_list")) return false;
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return !(top && (held.contains(top) || top.contains(held)));
}"""
RING = "getComputedStyle(document.activeElement).outlineStyle"


def test_what_has_the_focus_is_seen_in_lists_and_forms(course: Course, arrive: Arrive) -> None:
    editor = arrive(User.objects.create_superuser("owner@example.org"))
    editor.page.set_viewport_size({"width": 1280, "height": 400})
    page = editor.go("/admin/courses/question/")
    page.locator("#result_list input").first.focus()
    hidden = []
    for _ in range(20):
        page.keyboard.press("Tab")
        hidden.append(page.evaluate(COVERED))
    assert hidden == [False] * 20, "a bar covers what has the focus"
    page.get_by_role("button", name="Filters").press("Enter")  # what Unfold makes for clicks alone
    expect(page.locator("#changelist-filter")).to_be_visible()
    expect(page.locator("#changelist-filter a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Filters")).to_be_focused()
    editor.go("/admin/courses/question/add/")
    for field in (".select2-selection", "[type=checkbox]"):
        page.keyboard.press("Tab")
        page.locator(f"#content {field}").first.focus()
        assert page.evaluate(RING) == "solid", field

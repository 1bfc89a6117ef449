"""An editor makes a module from nothing and keeps it right; a learner sees each step, and no step before."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from courses import scheduling
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.factories import make_course

pytestmark = pytest.mark.django_db(transaction=True)
LESSONS = ("Who may stop it", "When to stop")
TEXT = "Whoever brakes late pays twice.\n\n## Stop early\n\nAsk on the first day who may stop the work."
QUESTIONS = {
    # type: prompt, fields, choices (key, text, right)
    "single": (
        "Who may stop the work?",
        {},
        [("sponsor", "The sponsor", True), ("loudest", "Whoever is loudest", False)],
    ),
    "true_false": (
        "It is cheaper to stop late.",
        {},
        [("true", "True", True), ("false", "False", False)],  # the key is wrong: that is what is mended
    ),
    "numeric": ("On which day do you ask?", {"answer": "1", "tolerance": "0"}, []),
    "short_text": ("What does a plan that cannot stop lack?", {"accept": "a brake\nbrake"}, []),
}
RIGHT = {"single": "The sponsor", "true_false": "False", "numeric": "1", "short_text": "brake"}
PATIENCE = 60_000
"""Milliseconds: what a busy machine may need for one of the admin's pages."""

WAIT = timedelta(days=3)
"""Until the module is to go live."""


@pytest.mark.slow
def test_a_module_is_made_tried_scheduled_corrected_and_taken_back(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    course = make_course()
    tree = f"/admin/courses/course/{course.pk}/change/"
    editor = arrive(User.objects.create_superuser("owner@example.org", name="Ola"))
    learner = arrive(User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon"))
    for visitor in (editor, learner):
        visitor.context.set_default_timeout(PATIENCE)
    build(editor, tree)
    for number, title in enumerate(LESSONS):
        write(editor, tree, title, number)
    for kind in QUESTIONS:
        ask(editor, kind)
    draw(editor, tree)
    learner.go("/learn/two-pms/")
    assert not learner.says("Brakes")
    schedule(editor, tree)
    learner.go("/learn/two-pms/")
    assert not learner.says("Brakes")
    scheduling.run_due(now=timezone.now() + WAIT + timedelta(days=1))
    learner.go("/learn/two-pms/")
    assert learner.says("Brakes")
    learner.go("/learn/two-pms/who-may-stop-it/")
    assert learner.says("Ask on the first day who may stop the work.")
    take_the_quiz(learner)
    assert learner.heading() == "3 of 4, passed"
    correct(editor)
    learner.page.reload()
    assert learner.heading() == "3 of 4, passed"
    regrade(editor)
    learner.page.reload()
    assert learner.heading() == "4 of 4, passed"
    rewrite_and_go_back(editor, learner, tree)
    learner.go("/dashboard/")
    assert learner.says("Your quiz is now 4 of 4")


def build(editor: Visitor, tree: str) -> None:
    """Add a module, its lessons and its quiz to the course's tree."""
    page = editor.go(tree)
    page.get_by_label("New module").fill("Brakes")
    page.get_by_role("button", name="Add a module").click()
    expect(page.locator("[data-said]")).to_have_text(
        "The module “Brakes” stands at the end.", timeout=PATIENCE
    )
    module = page.locator(".au-module", has_text="3. Brakes")
    for title in LESSONS:
        module.get_by_text("Add a lesson").click()
        module.get_by_label("Title").fill(title)
        module.get_by_label("The question it answers").fill("Who, and when?")
        module.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("[data-said]")).to_have_text(
            f"The lesson “{title}” is there as a draft.", timeout=PATIENCE
        )
    module.get_by_role("button", name="Add a quiz").click()
    expect(page.locator("[data-said]")).to_contain_text("Give it pools of questions.", timeout=PATIENCE)


def write(editor: Visitor, tree: str, title: str, number: int) -> None:
    """Write a lesson, and look at it as learners will see it."""
    page = editor.go(tree)
    page.get_by_role("link", name=title).click()
    page.get_by_label("Body").fill(TEXT)
    preview = page.frame_locator("iframe[name=lesson-preview]")
    expect(preview.get_by_role("heading", name="Stop early")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Add another Objective").click()
    page.locator("#id_objectives-0-text").fill("Say who may stop the work")
    page.locator("#id_objectives-0-key").fill(f"say-who-stops-{number}")
    save(page)


def save(page: Page) -> None:
    """Save a draft and wait for the word that it was."""
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text(re.compile("was (added|changed) successfully")).first).to_be_visible(
        timeout=PATIENCE
    )


def ask(editor: Visitor, kind: str) -> None:
    """Write a question into the bank, and try it."""
    prompt, fields, choices = QUESTIONS[kind]
    page = editor.go("/admin/courses/question/add/")
    page.get_by_label("Type").select_option(kind)
    page.locator("#id_prompt").fill(prompt)
    page.locator("#id_explanation").fill("Ask early.")
    for name, value in fields.items():
        page.locator(f"#id_setting_{name}").fill(value)
    page.locator("#id_course").select_option(label="Two jobs")
    page.locator("#id_module").select_option(label="Brakes")
    pick(page, "objective", "Say who may stop the work")
    pick(page, "passage_lesson", "Who may stop it")
    page.locator("#id_passage_heading").fill("stop-early")
    page.locator("#id_key").fill(f"brake-{kind.replace('_', '-')}")
    page.get_by_label("Graded quiz").check()
    page.locator("#id_tags").fill("brakes")
    for number, (key, text, right) in enumerate(choices):
        page.get_by_role("link", name="Add another Choice").click()
        row = f"#id_choices-{number}"
        page.locator(f"{row}-key").fill(key)
        page.locator(f"{row}-text").fill(text)
        page.locator(f"{row}-feedback").fill("Ask on the first day.")
        page.locator(f"{row}-correct").set_checked(right)
    save(page)
    page.get_by_role("link", name="Try it").click()
    expect(page.locator("main")).to_contain_text(prompt, timeout=PATIENCE)


def pick(page: Page, field: str, text: str) -> None:
    """Choose in a list that fills while one types."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def draw(editor: Visitor, tree: str) -> None:
    """Let the quiz draw all four questions."""
    page = editor.go(tree)
    page.get_by_role("link", name="Quiz: Brakes").click()
    page.get_by_role("link", name="Add another Quiz pool").click()
    page.locator("#id_pools-0-draw").fill("4")
    page.locator("#id_pools-0-tags").fill("brakes")
    save(page)


def schedule(editor: Visitor, tree: str) -> None:
    """Publish the questions now, which nothing asks yet, and the lessons and the quiz in three days."""
    page = editor.go("/admin/courses/question/?state=draft")
    publish_all(page)
    page.get_by_role("button", name="Publish now").click()
    page.get_by_text("version 1, major").first.wait_for()
    page.goto("/admin/courses/lesson/?state=draft")
    publish_all(page)
    at_a_time(page)
    page.goto(tree)
    page.get_by_role("link", name="Quiz: Brakes").click()
    page.get_by_role("button", name="Publish…").click()
    page.locator("#at-later").wait_for()
    editor.look("publish-at-a-time")
    at_a_time(page)


def publish_all(page: Page) -> None:
    """Choose all rows of a list to be published."""
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("publish_selected")
    page.get_by_role("button", name="Run").click()


def at_a_time(page: Page) -> None:
    """Publish in three days."""
    at = timezone.now() + WAIT
    page.locator("#at-later").fill(f"{at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Publish then").click()
    expect(page.get_by_text("Later edits are not in it.").first).to_be_visible(timeout=PATIENCE)


def take_the_quiz(learner: Visitor) -> None:
    """Answer everything right, whatever the key says."""
    page = learner.go("/learn/two-pms/quiz/brakes/")
    page.locator("main button.primary").click()
    page.wait_for_url("**/attempts/**")
    for _ in QUESTIONS:
        prompt = page.locator("main").inner_text()
        kind = next(kind for kind, (words, *_) in QUESTIONS.items() if words in prompt)
        field = page.locator("input[name=answer]")
        if field.count():
            field.fill(RIGHT[kind])
        else:
            page.locator("main label", has_text=RIGHT[kind]).click()
        was = page.url
        page.locator("button[value=sure]").click()
        expect(page).not_to_have_url(was, timeout=PATIENCE)
    page.locator("main button.primary").click()
    page.wait_for_url("**/result/")


def correct(editor: Visitor) -> None:
    """Mend the wrong key, see whom it touches, publish it."""
    page = editor.go("/admin/courses/question/?q=brake-true-false")
    page.get_by_role("link", name=QUESTIONS["true_false"][0]).click()
    for number, right in ((0, False), (1, True)):
        page.locator(f"#id_choices-{number}-correct").set_checked(right)
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("heading", name="What it does to learners").wait_for()
    expect(page.locator("#content")).to_contain_text("Major, because", timeout=PATIENCE)
    editor.look("impact")
    page.get_by_role("button", name="Publish now").click()
    page.get_by_text("version 2, major").wait_for()


def regrade(editor: Visitor) -> None:
    """Grade handed-in attempts again."""
    page = editor.go("/admin/courses/question/?q=brake-true-false")
    page.locator("input[name=_selected_action]").first.check()
    page.locator("select[name=action]").select_option("regrade_attempts")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#content")).to_contain_text(
        "1 attempt to grade again, 1 of them with another credit."
    )
    page.get_by_label("What was wrong").fill("True and false were swapped.")
    page.get_by_role("button", name="Regrade").click()
    page.get_by_text("graded again: 1, of these with another credit: 1.").wait_for()


def rewrite_and_go_back(editor: Visitor, learner: Visitor, tree: str) -> None:
    """Change a lesson with one click, then show learners the version before again."""
    page = editor.go(tree)
    page.get_by_role("link", name=LESSONS[0]).click()
    page.get_by_label("Body").fill(f"{TEXT} Nobody does.")
    page.get_by_role("button", name="Publish now (minor)").click()
    page.get_by_text("version 2, minor").wait_for()
    learner.go("/learn/two-pms/who-may-stop-it/")
    assert learner.says("Nobody does.")
    page.get_by_role("link", name="Versions").last.click()
    page.locator("tbody tr").last.get_by_role("link").first.click()  # the oldest
    page.get_by_role("link", name="Show learners this version again…").click()
    editor.look("roll-back")
    page.get_by_role("button", name="Show version 1 again").click()
    page.get_by_text("Learners see version 1").wait_for()
    learner.go("/learn/two-pms/who-may-stop-it/")
    assert not learner.says("Nobody does.")

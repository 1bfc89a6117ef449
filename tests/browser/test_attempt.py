"""The page of a quiz's question in people's hands: keys, saves, other devices, no connection, haste."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from courses import publishing
from courses.models import Choice, Question
from learning.models import Answer
from tests.browser import keys
from tests.browser.conftest import Arrive
from tests.browser.quizzes import begin, point_at, rows, turn_to
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, NOW, SETTINGS
from tests.learning.quiz_steps import make_quiz

pytestmark = pytest.mark.django_db(transaction=True)
SMALLEST = {"width": 320, "height": 640}
ENDLESS = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung"
FITTING = {"quality": ENDLESS, "Project!": ENDLESS}
"""What answers of the cases are where every word is endless."""


def test_a_number_key_chooses_and_what_is_chosen_is_there_on_another_device(
    learner: User, arrive: Arrive
) -> None:
    at_home, on_the_way = arrive(learner), arrive(learner, viewport=SMALLEST)
    begin(at_home)
    row = turn_to(at_home, "single")
    expect(at_home.page.locator("#saved")).to_have_text("Your answer is saved when you give it.")
    at_home.page.keyboard.press("2")
    expect(at_home.page.locator("#saved")).to_contain_text("Saved at")
    assert turn_to(on_the_way, "single") == row
    expect(on_the_way.page.locator("[name=option]").nth(1)).to_be_checked()
    expect(on_the_way.page.locator("nav [aria-current=page]")).to_have_text(f"{row.position} ✓")


def test_number_keys_can_be_switched_off_for_good(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    begin(visitor)
    turn_to(visitor, "true_false")
    visitor.page.get_by_label("The keys 1 to 9 choose an answer").uncheck()
    turn_to(visitor, "single")
    visitor.page.keyboard.press("1")
    expect(visitor.page.locator("[name=option]:checked")).to_have_count(0)


def test_what_is_typed_is_saved_before_the_field_is_left(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    begin(visitor)
    row = turn_to(visitor, "short_text")
    visitor.page.locator("[name=answer]").press_sequentially("prod")
    expect(visitor.page.locator("#saved")).to_contain_text("Saved at")
    assert Answer.objects.get(attempt_question=row).response == {"text": "prod"}


def test_a_save_without_a_connection_says_so_and_is_sent_when_it_is_back(
    learner: User, arrive: Arrive
) -> None:
    visitor = arrive(learner)
    begin(visitor)
    row = turn_to(visitor, "single")
    visitor.context.set_offline(True)
    visitor.page.keyboard.press("2")
    expect(visitor.page.locator("#saved")).to_contain_text("Not saved yet")
    visitor.context.set_offline(False)
    expect(visitor.page.locator("#saved")).to_contain_text("Saved at")
    assert Answer.objects.get(attempt_question=row).response == {"choice": row.options[1][1]}
    visitor.faults.clear()  # the browser itself reports each request that it could not send


def test_two_quick_presses_hand_in_one_answer_and_lead_one_question_on(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    begin(visitor)
    first = rows()[0]
    point_at(visitor, form_of(first.version, CASES[first.version.body["type"]].right, first.options))
    visitor.page.locator("button[value=sure]").dblclick()
    visitor.page.wait_for_url("**?question=2")
    expect(visitor.page.locator("#messages")).to_be_empty()
    assert Answer.objects.get().attempt_question == first


def test_the_way_back_shows_the_answer_and_after_handing_in_the_result(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    begin(visitor)
    row = turn_to(visitor, "single")
    visitor.page.keyboard.press("1")
    visitor.page.locator("button[value=guess]").click()
    visitor.page.wait_for_url(f"**?question={row.position + 1 if row.position < 9 else 'overview'}")
    visitor.page.go_back()
    expect(visitor.page.locator("[name=option]").first).to_be_checked()
    visitor.go(f"/attempts/{row.attempt_id}/?question=overview")
    visitor.page.get_by_role("button", name="Hand in").click()
    visitor.page.wait_for_url("**/result/")
    visitor.page.go_back()
    visitor.page.wait_for_url("**/result/")
    assert visitor.heading().endswith("not passed")


def test_endless_words_fit_a_small_phone(learner: User, arrive: Arrive) -> None:
    make_words_endless()
    visitor = arrive(learner, viewport=SMALLEST)
    begin(visitor)
    for kind in ALL_TYPES:
        row = turn_to(visitor, kind)
        visitor.fits(f"{kind} asked")
        form = form_of(row.version, CASES[kind].wrong, row.options)
        point_at(visitor, {name: [FITTING.get(value, value) for value in form[name]] for name in form})
        visitor.page.locator("button[value=sure]").click()
        visitor.page.locator(".verdict").first.wait_for()
        visitor.fits(f"{kind} answered")


def make_words_endless() -> None:
    """Give every text of the quiz a word that no line of a phone holds, and show feedback at once."""
    bank = Question.objects.filter(key__startswith="all-")
    bank.update(prompt=ENDLESS, explanation=ENDLESS)
    bank.filter(key="all-match").update(buckets=[ENDLESS])
    bank.filter(key="all-numeric").update(settings={**SETTINGS["numeric"], "unit": ENDLESS[:30]})
    bank.filter(key="all-short-text").update(settings={**SETTINGS["short_text"], "accept": [ENDLESS]})
    Choice.objects.filter(question__in=bank).update(text=ENDLESS, feedback=ENDLESS)
    publishing.publish_checked(list(bank), now=NOW, note="made for a test")
    make_quiz(feedback="immediate")


def test_a_quiz_is_left_and_gone_on_with_at_the_first_question_without_an_answer(
    learner: User, arrive: Arrive
) -> None:
    visitor = arrive(learner)
    begin(visitor)
    first = rows()[0]
    point_at(visitor, form_of(first.version, CASES[first.version.body["type"]].right, first.options))
    visitor.page.locator("button[value=guess]").click()
    visitor.page.get_by_role("link", name="Leave the quiz").click()
    visitor.page.get_by_role("link", name="Go on with attempt 1").click()
    visitor.page.wait_for_url("**/attempts/**")
    assert visitor.heading() == "Quiz 1 · question 2 of 9"


def test_feedback_that_waits_for_a_pass_is_on_no_page_before(learner: User, arrive: Arrive) -> None:
    make_quiz(feedback="after_passing")
    visitor = arrive(learner)
    begin(visitor)
    visitor.go(f"{visitor.page.url}?question=overview")
    visitor.page.get_by_role("button", name="Hand in").click()
    visitor.page.wait_for_url("**/result/")
    assert visitor.says("What was right, and why, is shown once you have passed.")
    assert "Feedback on" not in visitor.page.content()
    expect(visitor.page.locator("main .primary")).to_have_text("Try again")
    visitor.barriers("result without feedback")


def test_what_was_missed_is_practised_by_keys_as_often_as_one_likes(learner: User, arrive: Arrive) -> None:
    visitor = arrive(learner)
    begin(visitor)
    visitor.go(f"{visitor.page.url}?question=overview")
    visitor.page.get_by_role("button", name="Hand in").click()
    visitor.page.get_by_role("link", name="Practise what I missed").click()
    page = visitor.page
    for _ in range(2):
        form = page.locator("form.question")
        form.wait_for()
        visitor.barriers("practice")
        visitor.answer(form)
        keys.press_on(page, "main form button.primary")
        page.locator(".question .verdict").first.wait_for()
        visitor.barriers("practised")
        page.get_by_role("link", name="Ask me again").click()
    assert Answer.objects.count() == 0

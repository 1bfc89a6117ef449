"""Lessons: reading, checks, marking as done; who may read what."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from courses import publishing
from courses.models import Choice, Course, Lesson, Question, Quiz, Version
from courses.presentation import check_options
from learning import checks, progress
from learning.models import Answer, DailyActivity, Enrollment, LearningEvent, LessonProgress
from tests.factories import NOW
from tests.learning.leaks import tell_another_truth, without_tokens

ONE = "/learn/two-pms/lesson-1/"
Kind = LearningEvent.Kind


def public_id(choice: str, key: str = "check-1") -> str:
    """The id that the page shows for a choice of a check."""
    version = Version.objects.get(live_question__key=key)
    return {name: shown for shown, name in check_options(version)}[choice]


def answer(client: Client, choice: str, **more: str) -> str:
    """Answer the check of lesson one as htmx does; return the fragment."""
    url = f"{ONE}checks/check-1/"
    headers = {"HX-Request": "true", "HX-Target": "check-check-1"}
    return client.post(url, {"option": public_id(choice), **more}, headers=headers).content.decode()


# --- Reading ----------------------------------------------------------------------------------------------


def test_a_visitor_reads_an_open_lesson_without_leaving_a_trace(course: Course, client: Client) -> None:
    page = client.get(ONE)
    assert "Lesson 1" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert not User.objects.exists()


def test_a_closed_lesson_tells_a_visitor_that_it_needs_an_account(course: Course, client: Client) -> None:
    page = client.get("/learn/two-pms/lesson-3/").content.decode()
    assert "The next lesson needs an account" in page
    assert "Lesson 3" not in page


def test_a_closed_lesson_tells_a_guest_what_comes_along(course: Course, client: Client) -> None:
    client.post(f"{ONE}complete/")
    answer(client, "moving-app")
    page = client.get("/learn/two-pms/lesson-3/").content.decode()
    assert "Your 1 lesson and 1 answer come with you." in page


def test_a_learner_reads_every_lesson(course: Course, browser: Client) -> None:
    assert "Lesson 3" in browser.get("/learn/two-pms/lesson-3/").content.decode()


@pytest.mark.parametrize("path", ["two-pms/nothing", "nothing/lesson-1", "nothing"])
def test_what_is_not_there_is_not_found(course: Course, browser: Client, path: str) -> None:
    assert browser.get(f"/learn/{path}/").status_code == 404


def test_an_archived_lesson_is_gone_at_the_next_request(course: Course, browser: Client) -> None:
    assert browser.get(ONE).status_code == 200
    publishing.archive(Lesson.objects.get(key="lesson-1"), now=NOW)
    assert browser.get(ONE).status_code == 404


# --- Done and not done ------------------------------------------------------------------------------------


def test_completing_goes_on_to_the_next_lesson_and_counts_once(course: Course, browser: Client) -> None:
    answer = browser.post(f"{ONE}complete/")
    assert answer["Location"] == "/learn/two-pms/lesson-2/"
    browser.post(f"{ONE}complete/")
    assert LearningEvent.objects.filter(kind=Kind.LESSON_COMPLETED).count() == 1
    assert DailyActivity.objects.get().lessons == 1
    assert Enrollment.objects.get().lessons_done == 1


def test_after_the_last_lesson_of_a_module_comes_its_quiz(course: Course, browser: Client) -> None:
    assert browser.post("/learn/two-pms/lesson-2/complete/")["Location"] == "/learn/two-pms/quiz/module-1/"


def test_after_the_last_lesson_comes_the_course(course: Course, browser: Client) -> None:
    publishing.archive(Quiz.objects.get(key="module-2"), now=NOW)
    assert browser.post("/learn/two-pms/lesson-4/complete/")["Location"] == "/learn/two-pms/"


def test_a_lesson_can_be_marked_as_not_done_and_done_again(course: Course, browser: Client) -> None:
    browser.post(f"{ONE}complete/")
    assert browser.post(f"{ONE}undo/")["Location"] == ONE
    assert LessonProgress.objects.get().undone_at is not None
    assert Enrollment.objects.get().lessons_done == 0
    browser.post(f"{ONE}complete/")
    assert LessonProgress.objects.get().undone_at is None
    assert Enrollment.objects.get().lessons_done == 1
    assert DailyActivity.objects.get().lessons == 1, "the same lesson counts once a day"


def test_undoing_what_is_not_done_changes_nothing(course: Course, browser: Client) -> None:
    browser.post(f"{ONE}undo/")
    assert not LearningEvent.objects.exists()


def test_the_page_says_when_a_lesson_counts_as_done(course: Course, browser: Client) -> None:
    rule = "This lesson is done when you press Complete, not before; you can take that back."
    assert rule in browser.get(ONE).content.decode()
    browser.post(f"{ONE}complete/")
    page = browser.get(ONE).content.decode()
    assert rule not in page
    assert re.search(r"This lesson is done: you pressed Complete on \d+ \w+ \d{4}\.", page)
    assert "Mark as not done" in page
    browser.post(f"{ONE}undo/")
    assert rule in browser.get(ONE).content.decode()


def test_a_visitor_becomes_a_guest_in_the_browsers_time_zone(course: Course, client: Client) -> None:
    client.post(f"{ONE}complete/", {"time_zone": "Asia/Tokyo"})
    guest = User.objects.get()
    assert guest.is_guest
    assert guest.time_zone == "Asia/Tokyo"
    assert 'value="1"' in client.get(ONE).content.decode()


@pytest.mark.parametrize("act", ["complete/", "checks/check-1/"])
def test_a_closed_lesson_takes_nothing_from_a_visitor(course: Course, client: Client, act: str) -> None:
    client.post(f"/learn/two-pms/lesson-3/{act}")
    assert not User.objects.exists()


def test_a_get_completes_nothing(course: Course, browser: Client) -> None:
    assert browser.get(f"{ONE}complete/").status_code == 405


def test_a_guest_is_asked_to_keep_what_they_did_after_the_first_lesson(
    course: Course, client: Client
) -> None:
    words = "Keep what you have done"
    assert words not in client.get(ONE).content.decode()
    client.post(f"{ONE}complete/")
    assert words in client.get("/learn/two-pms/lesson-2/").content.decode()
    client.post(reverse("accounts:keep_decline"), {"next": "/learn/two-pms/lesson-2/"})
    assert words not in client.get("/learn/two-pms/lesson-2/").content.decode()
    client.post("/learn/two-pms/lesson-2/complete/")
    assert words in client.get("/learn/two-pms/").content.decode(), "and once more after module 1"


def test_a_learner_is_never_asked_to_keep(course: Course, browser: Client) -> None:
    browser.post(f"{ONE}complete/")
    assert "Keep what you have done" not in browser.get(ONE).content.decode()


# --- Checks -----------------------------------------------------------------------------------------------


def test_a_right_answer_is_told_with_its_reason(course: Course, browser: Client) -> None:
    page = answer(browser, "moving-app", sureness="sure")
    assert "<html" not in page
    assert "Right." in page
    assert "Feedback on moving-app." in page
    assert "You answered: I am sure." in page


def test_a_wrong_answer_is_told_with_its_reason(course: Course, browser: Client) -> None:
    assert "Feedback on keeping-app." in answer(browser, "keeping-app")
    assert Answer.objects.get().credit == 0


def test_the_first_answer_stays(course: Course, browser: Client) -> None:
    answer(browser, "keeping-app")
    page = answer(browser, "moving-app")
    assert "Feedback on keeping-app." in page
    assert Answer.objects.get().response == {"choice": "keeping-app"}
    assert LearningEvent.objects.filter(kind=Kind.CHECK_ANSWERED).count() == 1
    assert DailyActivity.objects.get().answers == 1


def test_an_answered_check_stays_answered_on_the_page(course: Course, browser: Client) -> None:
    answer(browser, "moving-app")
    assert "Feedback on moving-app." in browser.get(ONE).content.decode()


def test_without_javascript_the_browser_comes_back_to_the_check(course: Course, browser: Client) -> None:
    sent = browser.post(f"{ONE}checks/check-1/", {"option": public_id("moving-app")})
    assert sent["Location"] == f"{ONE}#check-check-1"
    assert 'id="check-check-1"' in browser.get(ONE).content.decode()


def test_an_empty_answer_asks_again(course: Course, browser: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "check-check-1"}
    page = browser.post(f"{ONE}checks/check-1/", headers=headers).content.decode()
    assert "Choose one answer." in page
    assert 'tabindex="-1" data-focus' in page, (
        "the button that was pressed is gone: the focus goes to the error"
    )
    assert not Answer.objects.exists()


def test_without_javascript_an_empty_answer_asks_again_at_the_question(
    course: Course, client: Client
) -> None:
    assert f'action="{ONE}checks/check-1/#check-check-1"' in client.get(ONE).content.decode()
    answer = client.post(f"{ONE}checks/check-1/", {"sureness": "sure"})
    page = answer.content.decode()
    assert page.count("Choose one answer.") == 2, "on top, and at the question"
    assert "<h1>Lesson 1</h1>" in page
    assert not User.objects.exists(), "what is no answer makes nobody a guest"


def test_without_javascript_what_was_typed_stays_in_an_answer_that_cannot_be_read(
    course: Course, browser: Client
) -> None:
    sort = Question.objects.get(key="classify-1")
    sort.uses = ["check"]
    sort.save()
    publishing.publish(sort, author=None, now=NOW)
    row = Lesson.objects.get(key="lesson-1")
    row.body += "\n\n::: check classify-1\n:::"
    row.save()
    publishing.publish(row, author=None, now=NOW)
    first, second = public_id("users-leave", "classify-1"), public_id("slot-lost", "classify-1")
    page = browser.post(f"{ONE}checks/classify-1/", {f"bucket-{first}": "product"}).content.decode()
    assert "Choose where each line belongs." in page
    assert f'name="bucket-{first}" value="product" checked' in page
    assert f'name="bucket-{second}" value="product">' in page
    assert "Choose one answer." not in page, "the other check is as it was"


def test_an_answered_check_is_not_asked_again_by_an_empty_form(course: Course, browser: Client) -> None:
    answer(browser, "moving-app")
    page = browser.post(f"{ONE}checks/check-1/").content.decode()
    assert "Feedback on moving-app." in page
    assert "Choose one answer." not in page


def test_an_answer_keeps_the_feedback_of_the_version_it_was_given_to(course: Course, browser: Client) -> None:
    answer(browser, "moving-app")
    Choice.objects.filter(question__key="check-1", key="moving-app").update(feedback="Other words.")
    publishing.publish(Question.objects.get(key="check-1"), author=None, now=NOW)
    page = browser.get(ONE).content.decode()
    assert "Feedback on moving-app." in page
    assert "Other words." not in page


@pytest.mark.parametrize(
    "forged",
    [
        {"option": "ffffffff"},
        {"option": "moving-app"},
        {"option": ["a", "b"]},
        {"credit": "1", "score": "100", "correct": "true"},
    ],
)
def test_forged_answers_are_never_counted(course: Course, browser: Client, forged: dict[str, str]) -> None:
    browser.post(f"{ONE}checks/check-1/", forged)
    assert not Answer.objects.exists()


def test_what_the_form_says_about_sureness_is_one_of_three_words(course: Course, browser: Client) -> None:
    answer(browser, "moving-app", sureness="<script>")
    assert Answer.objects.get().sureness == ""


@pytest.mark.parametrize("key", ["single-1", "nothing"])
def test_a_question_that_the_lesson_does_not_ask_is_not_found(
    course: Course, browser: Client, key: str
) -> None:
    assert browser.post(f"{ONE}checks/{key}/", {"option": "x"}).status_code == 404


def test_the_page_before_the_answer_does_not_depend_on_what_is_right(course: Course, client: Client) -> None:
    before = without_tokens(client.get(ONE))
    tell_another_truth(Version.objects.get(live_question__key="check-1"))
    assert without_tokens(client.get(ONE)) == before


# --- Terms ------------------------------------------------------------------------------------------------


def test_the_meaning_of_a_term_lies_beside_the_text_with_a_link_to_the_glossary(
    course: Course, client: Client
) -> None:
    page = client.get(ONE).content.decode()
    assert page.count('popovertarget="term:sponsor">sponsor</button>') == 1
    assert page.count('id="term:sponsor" popover') == 1
    assert page.count('href="/glossary/#term-sponsor"') == 2, "in the pop-over and in the list of words"
    assert "hx-post" not in page[page.index('id="term:sponsor"') :].split(">")[0], "a visitor leaves no trace"


def test_opening_a_term_begins_its_card_once(course: Course, browser: Client, learner: User) -> None:
    opened = f"{ONE}terms/sponsor/opened/"
    assert f'hx-post="{opened}" hx-trigger="toggle once"' in browser.get(ONE).content.decode()
    for _ in range(2):
        assert browser.post(opened).status_code == 204
    card = learner.review_cards.get()
    assert card.term is not None
    assert (card.term.key, card.logs.count()) == ("sponsor", 1)
    browser.post(f"{ONE}complete/")
    assert card.logs.count() == 1, "the lesson meets what is not met yet"
    assert list(checks.differences()) == []


def test_a_visitor_who_opens_a_term_stays_a_visitor(course: Course, client: Client) -> None:
    assert client.post(f"{ONE}terms/sponsor/opened/").status_code == 204
    assert not User.objects.exists()


def test_a_term_that_the_lesson_does_not_use_is_not_found(course: Course, browser: Client) -> None:
    assert browser.post(f"{ONE}terms/nothing/opened/").status_code == 404


# --- Where to go on ---------------------------------------------------------------------------------------


def test_the_next_step_is_the_first_thing_not_done_after_the_last(course: Course, learner: User) -> None:
    assert progress.resume(learner) is None
    for key in ("lesson-1", "lesson-2"):
        progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key=key), now=NOW)
    step = progress.resume(learner)
    assert step is not None
    assert (step.kind, step.url) == ("quiz", "/learn/two-pms/quiz/module-1/")


def test_the_next_step_comes_back_to_what_was_left_out(course: Course, learner: User) -> None:
    publishing.archive(Quiz.objects.get(key="module-2"), now=NOW)
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-4"), now=NOW)
    step = progress.resume(learner)
    assert step is not None
    assert step.key == "lesson-1"


def test_my_course_leads_on(course: Course, browser: Client) -> None:
    assert "Start: Lesson 1" in browser.get("/learn/two-pms/").content.decode()
    browser.post(f"{ONE}complete/")
    page = browser.get("/learn/two-pms/").content.decode()
    assert "Continue: Lesson 2" in page
    assert "1 of 2 done" in page


def test_search_engines_may_keep_the_lessons_of_the_sitemap_and_no_page_of_a_reader(
    course: Course, client: Client, settings: Settings
) -> None:
    lesson = "/learn/two-pms/lesson-1/"

    def may_be_kept() -> bool:
        page = client.get(lesson).content.decode()
        described = '<meta name="description"' in page
        assert described is ('<meta name="robots" content="noindex">' not in page)
        return described

    assert not may_be_kept()
    settings.INDEXABLE = True
    assert may_be_kept()
    client.post(f"{lesson}complete/")
    assert not may_be_kept(), "it shows what somebody has done"

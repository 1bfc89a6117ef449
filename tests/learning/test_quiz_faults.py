"""What reaches a quiz at the wrong moment: out of order, too late, after the log-in ran out, unreadable.

Nothing is counted wrong, nothing typed is lost, and the page says what to do.
"""

import re
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User
from courses.models import Course, GlossaryTerm, Lesson, Quiz
from learning import checks, progress, quizzes
from learning.models import Answer, Attempt, AttemptQuestion, ReviewCard, ReviewLog
from learning.views import unsent
from tests.accounts.people import PASSWORD
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, NOW, make_bank_of_all_types
from tests.learning.quiz_steps import make_quiz

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

Form = dict[str, list[str]]
QUIET = {"HX-Request": "true", "HX-Target": "saved"}
UNREADABLE: dict[str, dict[str, str]] = {
    "single": {},
    "true_false": {},
    "multiple": {},
    "classify": {"users-leave": "product"},
    "match": {"add-card": "scope", "no-contractors": "cost"},
    "order": {"find-out": "2", "work-out": "2", "bring-options": "3", "change-plan": "1"},
    "numeric": {"answer": "three thousand"},
    "short_text": {"answer": "words and " * 20},
    "scenario": {},
}
"""Answers that cannot be kept as they are; where a type has fields for more than one thing, half of it."""


@pytest.fixture
def attempt(course: Course, learner: User) -> Attempt:
    """An attempt under way that asks one question of every type."""
    make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))
    quiz = make_quiz()
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    return quizzes.start(user=learner, quiz=make_quiz(), now=NOW)


def row_of(attempt: Attempt, type_: str) -> AttemptQuestion:
    """The question of a type."""
    rows = attempt.questions.select_related("version", "attempt__user")
    return next(row for row in rows if row.version.body["type"] == type_)


def filled_in(row: AttemptQuestion, which: str = "right") -> Form:
    """What a browser sends for the answer of a case."""
    return form_of(row.version, getattr(CASES[row.version.body["type"]], which), row.options)


def address(row: AttemptQuestion) -> str:
    """Where an answer to a question goes."""
    return f"/attempts/{row.attempt_id}/answers/{row.position}/"


def page_of(row: AttemptQuestion) -> str:
    """The page of a question."""
    return f"/attempts/{row.attempt_id}/?question={row.position}"


def stands_in(page: "Response", form: Form) -> bool:
    """Whether a page's form holds these values: chosen, ticked, selected or written."""
    html = page.content.decode()
    return all(
        re.search(
            rf'name="{name}" value="{re.escape(value)}" checked'
            rf'|name="{name}"[^>]*>(?:<option [^>]*>[^<]*</option>)*<option value="{value}" selected'
            rf'|name="{name}" value="{re.escape(" ".join(value.split()))}"',
            html,
        )
        for name, values in form.items()
        for value in values
    )


def log_in(browser: Client, learner: User) -> None:
    """Log in on the page, as a person does: the session goes on, with another key."""
    learner.set_password(PASSWORD)
    learner.save()
    EmailAddress.objects.create(user=learner, email=learner.email, verified=True, primary=True)
    browser.post("/accounts/login/", {"login": learner.email, "password": PASSWORD})
    assert browser.session["_auth_user_id"] == str(learner.pk)


# --- An answer that is none ---------------------------------------------------------------------------------


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_an_answer_that_cannot_be_kept_stands_in_its_form_and_says_why(
    attempt: Attempt, browser: Client, type_: str
) -> None:
    row = row_of(attempt, type_)
    form = form_of(row.version, UNREADABLE[type_], row.options)
    refused = browser.post(address(row), {**form, "sureness": "sure", "sequence": "1"})
    assert refused.status_code == 400
    assert refused.content.decode().count('role="alert"') == 1
    assert stands_in(refused, form)
    assert not Answer.objects.exists()
    mended = browser.post(address(row), {**filled_in(row), "sureness": "sure", "sequence": "1"})
    assert mended.status_code == 302
    assert Answer.objects.get().attempt_question == row


def test_the_page_of_a_refused_answer_leads_on_like_any_other(attempt: Attempt, browser: Client) -> None:
    row = row_of(attempt, "numeric")
    page = browser.post(address(row), {"answer": "many"}).content.decode()
    links = re.findall(r'href="([^"]*question=[^"]*)"', page)
    assert len(links) == len(ALL_TYPES) + 1
    assert {browser.get(link).status_code for link in links} == {200}


def test_what_stood_before_a_refused_answer_still_counts(attempt: Attempt, browser: Client) -> None:
    row = row_of(attempt, "numeric")
    browser.post(address(row), {**filled_in(row), "sequence": "1"})
    browser.post(address(row), {"answer": "many", "sequence": "2"})
    browser.post(f"/attempts/{attempt.pk}/submit/")
    assert Answer.objects.get().credit == 1


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_practice_keeps_what_was_typed_too(
    attempt: Attempt, browser: Client, learner: User, type_: str
) -> None:
    browser.post(f"/attempts/{attempt.pk}/submit/")
    row = row_of(attempt, type_)
    round_ = f"/attempts/{attempt.pk}/practise/?question={row.position}"
    version = browser.get(round_).context["exercises"][row.position - 1].version
    form = form_of(version, UNREADABLE[version.body["type"]])
    assert stands_in(browser.post(round_, form), form)


# --- Out of order, and too late -----------------------------------------------------------------------------


@pytest.mark.parametrize("arrival", list(permutations((1, 2, 3))))
def test_of_autosaves_in_any_order_the_newest_stays(
    attempt: Attempt, browser: Client, arrival: tuple[int, ...]
) -> None:
    row = row_of(attempt, "short_text")
    for sequence in arrival:
        form = {"answer": f"answer {sequence}", "sequence": str(sequence)}
        told = browser.post(address(row), form, headers=QUIET).content.decode()
        newest = sequence == max(arrival[: arrival.index(sequence) + 1])
        assert ("A newer answer was saved" in told) is not newest
    kept = Answer.objects.get()
    assert (kept.response, kept.sequence) == ({"text": "answer 3"}, 3)


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_after_handing_in_no_change_of_any_type_counts(attempt: Attempt, browser: Client, type_: str) -> None:
    row = row_of(attempt, type_)
    browser.post(address(row), {**filled_in(row, "wrong"), "sequence": "1"})
    browser.post(f"/attempts/{attempt.pk}/submit/")
    for headers in (QUIET, {}):
        late = browser.post(
            address(row), {**filled_in(row), "sequence": "2"}, headers=headers, follow=True
        ).content.decode()
        assert "This attempt was handed in at" in late
        assert "Your last change was not counted." in late
    assert Answer.objects.get().credit == 0
    assert list(checks.differences()) == []


def test_a_closed_attempt_is_reopened_by_nothing(attempt: Attempt, browser: Client) -> None:
    row = row_of(attempt, "single")
    browser.post(f"/attempts/{attempt.pk}/submit/")
    before = Attempt.objects.values().get()
    for sent in (browser.post(f"/attempts/{attempt.pk}/submit/"), browser.get(page_of(row))):
        assert sent["Location"] == f"/attempts/{attempt.pk}/result/"
    assert Attempt.objects.values().get() == before


# --- Logged out meanwhile -----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [QUIET, {}], ids=["quietly", "by a button"])
@pytest.mark.parametrize("type_", ALL_TYPES)
def test_an_answer_given_after_the_log_in_ran_out_comes_back_and_can_be_sent(
    attempt: Attempt, browser: Client, learner: User, type_: str, headers: dict[str, str]
) -> None:
    row = row_of(attempt, type_)
    form = filled_in(row)
    browser.logout()
    told = browser.post(address(row), {**form, "sequence": "1"}, headers=headers, follow=True)
    assert "You have been logged out" in told.content.decode()
    led_to = told.content.decode() if headers else told.redirect_chain[-1][0]
    assert f"/accounts/login/?next={quote(page_of(row))}" in led_to
    assert not Answer.objects.exists()
    log_in(browser, learner)
    page = browser.get(page_of(row))
    assert str(unsent.SEND_AGAIN) in page.content.decode()
    assert stands_in(page, form)
    browser.post(address(row), {**form, "sequence": "1"})
    assert str(unsent.SEND_AGAIN) not in browser.get(page_of(row)).content.decode()
    browser.post(f"/attempts/{attempt.pk}/submit/")
    assert Answer.objects.get().credit == 1


def test_what_waits_shows_at_its_own_question_only(attempt: Attempt, browser: Client, learner: User) -> None:
    row, other = row_of(attempt, "numeric"), row_of(attempt, "short_text")
    browser.logout()
    browser.post(address(row), {"answer": "3000"})
    log_in(browser, learner)
    assert "3000" not in browser.get(page_of(other)).content.decode()


def test_what_no_page_of_ours_sends_is_not_kept(attempt: Attempt, browser: Client, learner: User) -> None:
    row = row_of(attempt, "short_text")
    browser.logout()
    told = browser.post(address(row), {"answer": "x" * 1_000_000}, follow=True).content.decode()
    assert "Log in and give it again." in told
    assert unsent.KEY not in browser.session


def test_somebody_else_who_logs_in_there_sees_nothing_of_it(
    attempt: Attempt, browser: Client, learner: User
) -> None:
    row = row_of(attempt, "short_text")
    browser.logout()
    browser.post(address(row), {"answer": "mine alone"})
    log_in(browser, User.objects.create_user("other@example.org"))
    assert browser.get(page_of(row)).status_code == 404


def test_handing_in_after_the_log_in_ran_out_leads_back_to_the_attempt(
    attempt: Attempt, browser: Client
) -> None:
    browser.logout()
    sent = browser.post(f"/attempts/{attempt.pk}/submit/")
    assert sent["Location"] == f"/accounts/login/?next=/attempts/{attempt.pk}/"
    assert Attempt.objects.get().submitted_at is None


def test_an_answer_in_the_practice_comes_back_too(attempt: Attempt, browser: Client, learner: User) -> None:
    browser.post(f"/attempts/{attempt.pk}/submit/")
    url = f"/attempts/{attempt.pk}/practise/?question=2"
    version = browser.get(url).context["exercises"][1].version
    form = form_of(version, CASES[version.body["type"]].right)
    browser.logout()
    assert "Log in, and it stands here again" in browser.post(url, form, follow=True).content.decode()
    log_in(browser, learner)
    assert stands_in(browser.get(url), form)


@pytest.fixture
def card(course: Course, learner: User) -> ReviewCard:
    """A card that is due."""
    GlossaryTerm.objects.all().update(live_version=None)
    lesson = Lesson.objects.get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW - timedelta(days=9))
    learner.review_cards.filter(objective=None).delete()
    return learner.review_cards.get()


def test_an_answer_in_the_review_comes_back_too(card: ReviewCard, browser: Client, learner: User) -> None:
    url = f"/review/card/?card={card.pk}"
    showing = browser.get(url).context["showing"]
    form = {"number": "1", "version": str(showing.version_id)}
    prefix = "bucket-" if showing.version.body["type"] == "classify" else ""
    given = {
        (f"{prefix}{shown}" if prefix else "option"): ["project" if prefix else shown]
        for shown, _ in showing.options
    }
    browser.logout()
    told = browser.post(f"/review/cards/{card.pk}/answer/", {**form, **given}, follow=True).content.decode()
    assert "You have been logged out" in told
    assert not ReviewLog.objects.filter(source="review").exists()
    log_in(browser, learner)
    page = browser.get(url)
    assert str(unsent.SEND_AGAIN) in page.content.decode()
    assert stands_in(page, given)
    browser.post(f"/review/cards/{card.pk}/answer/", {**form, **given})
    assert ReviewLog.objects.filter(source="review").count() == 1
    assert unsent.KEY not in browser.session


def test_feedback_at_once_is_unmoved_by_what_waited(attempt: Attempt, browser: Client, learner: User) -> None:
    quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
    quiz = make_quiz(feedback=Quiz.Feedback.IMMEDIATE)
    row = row_of(quizzes.start(user=learner, quiz=quiz, now=NOW), "single")
    other_device = Client()
    other_device.force_login(learner)
    browser.logout()
    browser.post(address(row), {**filled_in(row, "wrong"), "sequence": "1"})
    other_device.post(address(row), {**filled_in(row), "sequence": "1"})
    log_in(browser, learner)
    page = browser.get(page_of(row)).content.decode()
    assert "Feedback on moving-app" in page
    assert str(unsent.SEND_AGAIN) not in page
    browser.post(address(row), {**filled_in(row, "wrong"), "sequence": "2"})
    assert Answer.objects.get().response == {"choice": "moving-app"}

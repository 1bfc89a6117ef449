"""A quiz goes on where it was left, on whichever device; feedback at the end comes then and not before."""

import re

from django.test import Client

from accounts.models import User
from courses.models import Course, Quiz
from learning import quizzes
from learning.models import Answer, Attempt
from tests.factories import NOW
from tests.learning.quiz_steps import make_quiz, send, take

QUIZ = "/learn/two-pms/quiz/module-1/"


def test_a_quiz_begun_on_one_device_goes_on_and_ends_on_another(
    course: Course, learner: User, browser: Client
) -> None:
    phone = Client()
    phone.force_login(learner)
    browser.post(f"{QUIZ}start/")
    attempt = Attempt.objects.get()
    send(browser, attempt.pk, 1)
    assert "Go on with attempt 1" in phone.get(QUIZ).content.decode()
    assert "question 2 of 4" in phone.post(f"{QUIZ}start/", follow=True).content.decode()
    assert " checked>" in phone.get(f"/attempts/{attempt.pk}/?question=1").content.decode() or (
        " selected" in phone.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    )
    for position in (2, 3, 4):
        send(phone, attempt.pk, position)
    phone.post(f"/attempts/{attempt.pk}/submit/")
    late = send(browser, attempt.pk, 1, right=False, sequence="9")
    assert late["Location"] == f"/attempts/{attempt.pk}/result/"
    assert "4 of 4, passed" in browser.get(late["Location"]).content.decode()
    assert Answer.objects.count() == 4


def test_feedback_at_the_end_comes_with_the_result_only(
    course: Course, learner: User, browser: Client
) -> None:
    attempt = quizzes.start(user=learner, quiz=make_quiz(feedback=Quiz.Feedback.AT_END), now=NOW)
    send(browser, attempt.pk, 1, right=False)
    for shown in ("1", "2", "overview"):
        page = browser.get(f"/attempts/{attempt.pk}/?question={shown}").content.decode()
        assert "Feedback on" not in page
    browser.post(f"/attempts/{attempt.pk}/submit/")
    assert "Feedback on" in browser.get(f"/attempts/{attempt.pk}/result/").content.decode()


def test_every_past_attempt_is_listed(course: Course, learner: User, browser: Client) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    for _ in range(22):
        take(learner, quiz, right=0)
    page = browser.get(QUIZ).content.decode()
    assert [f">Attempt {number}<" in page for number in range(1, 23)] == [False] * 2 + [True] * 20
    link = re.search(r'href="(\?[^"#]+)[^"]*">All 22 attempts<', page)
    assert link
    page = browser.get(QUIZ + link[1]).content.decode()
    assert [f">Attempt {number}<" in page for number in range(1, 23)] == [True] * 22
    assert "All 22 attempts" not in page

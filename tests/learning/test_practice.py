"""Practise what I missed: other questions on the same objectives, feedback at once, nothing kept."""

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course, Question, Quiz
from courses.presentation import check_options
from learning import practice, quizzes, sheets
from learning.models import Answer, Attempt, DailyActivity, LearningEvent
from tests.factories import NOW
from tests.learning.quiz_steps import make_quiz, take


def module_quiz() -> Quiz:
    """The quiz of the first module: it asks four of eight questions, two an objective."""
    return quizzes.get_live("two-pms", "module-1")


@pytest.fixture
def failed(course: Course, learner: User) -> Attempt:
    """An attempt with one right answer of four."""
    return sheets.attempt_of(learner, take(learner, module_quiz(), right=1).pk)


def right_form(question: Question) -> dict[str, list[str]]:
    """What a browser sends for a right answer to a question of the round."""
    version = question.live_version
    assert version is not None
    truth = (version.answer_key or {})["choices"]
    options = check_options(version)
    if question.type == "classify":
        return {f"bucket-{shown}": [truth[key]["bucket"]] for shown, key in options}
    return {"option": [shown for shown, key in options if truth[key]["correct"]]}


def test_a_round_asks_siblings_of_what_was_missed(failed: Attempt) -> None:
    asked = {row.question_id for row in failed.questions.all()}
    found = [each.question for each in practice.round_of(failed)]
    missed = failed.questions.filter(answer__credit__lt=1).values_list("question__objective_id", flat=True)
    assert [each.objective_id for each in found] == list(missed.order_by("position"))
    assert not asked & {each.pk for each in found}
    assert [each.question for each in practice.round_of(failed)] == found, "it stays the same"


def test_without_a_sibling_the_missed_question_itself_is_asked(failed: Attempt) -> None:
    asked = failed.questions.values("question_id")
    Question.objects.exclude(pk__in=asked).update(live_version=None)
    missed = failed.questions.filter(answer__credit__lt=1).order_by("position")
    found = [each.question.pk for each in practice.round_of(failed)]
    assert found == list(missed.values_list("question_id", flat=True))


def test_the_result_leads_to_it_and_back(failed: Attempt, browser: Client) -> None:
    page = browser.get(f"/attempts/{failed.pk}/result/").content.decode()
    assert f'<a class="button primary" href="/attempts/{failed.pk}/practise/">Practise what I missed' in page
    page = browser.get(f"/attempts/{failed.pk}/practise/").content.decode()
    assert "practice 1 of 3" in page
    assert f"/attempts/{failed.pk}/result/" in page


def test_feedback_comes_at_once_and_nothing_is_kept(failed: Attempt, browser: Client) -> None:
    tables = (Answer, LearningEvent, DailyActivity)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for number, exercise in enumerate(practice.round_of(failed), start=1):
        url = f"/attempts/{failed.pk}/practise/?question={number}"
        assert "Feedback on" not in browser.get(url).content.decode()
        page = browser.post(url, right_form(exercise.question)).content.decode()
        assert '<b class="verdict right">Right.</b>' in page
        assert "#listen-for-the-end" in page
    assert "To the quiz" in page
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


@pytest.mark.parametrize("form", [{}, {"option": "forged", "bucket-x": "project"}])
def test_an_answer_that_is_none_is_told_and_asked_again(
    failed: Attempt, browser: Client, form: dict[str, str]
) -> None:
    page = browser.post(f"/attempts/{failed.pk}/practise/", form).content.decode()
    assert 'role="alert"' in page
    assert "Feedback on" not in page


def test_what_an_open_attempt_asks_is_not_practised(failed: Attempt, learner: User) -> None:
    now_open = quizzes.start(user=learner, quiz=module_quiz(), now=NOW)
    asked = set(now_open.questions.values_list("question_id", flat=True))
    assert not asked & {each.question.pk for each in practice.round_of(failed)}


def test_feedback_after_passing_holds_practice_back(course: Course, learner: User, browser: Client) -> None:
    quiz = make_quiz(feedback=Quiz.Feedback.AFTER_PASSING)
    url = f"/attempts/{take(learner, quiz, right=1).pk}/"
    assert "Practise what I missed" not in browser.get(f"{url}result/").content.decode()
    page = browser.get(f"{url}practise/", follow=True).content.decode()
    assert "There is nothing to practise here now." in page
    take(learner, quiz, right=4)
    assert "practice 1 of 3" in browser.get(f"{url}practise/").content.decode()


def test_nothing_missed_is_nothing_to_practise(course: Course, learner: User, browser: Client) -> None:
    attempt = take(learner, module_quiz(), right=4)
    assert "Practise" not in browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    sent = browser.get(f"/attempts/{attempt.pk}/practise/")
    assert sent["Location"] == f"/attempts/{attempt.pk}/result/"


def test_an_attempt_under_way_has_no_practice(course: Course, learner: User, browser: Client) -> None:
    attempt = quizzes.start(user=learner, quiz=module_quiz(), now=NOW)
    page = browser.get(f"/attempts/{attempt.pk}/practise/", follow=True).content.decode()
    assert "question 1 of 4" in page


def test_somebody_elses_round_is_not_found(failed: Attempt, client: Client) -> None:
    assert client.get(f"/attempts/{failed.pk}/practise/").status_code == 302
    client.force_login(User.objects.create_user("stranger@example.org"))
    assert client.get(f"/attempts/{failed.pk}/practise/").status_code == 404

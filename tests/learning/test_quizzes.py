"""Quizzes: frozen at start, saved as given, handed in once; what nobody may do."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from courses import publishing
from courses.grading import InvalidResponse
from courses.models import Course, Question, Quiz
from learning import quizzes, results, sheets
from learning.models import Answer, Attempt, AttemptQuestion, DailyActivity, LearningEvent
from tests.factories import NOW
from tests.learning.leaks import tell_another_truth, without_tokens
from tests.learning.quiz_steps import answer, form_of, make_quiz, send, take

QUIZ = "/learn/two-pms/quiz/module-1/"
Kind = LearningEvent.Kind


@pytest.fixture
def attempt(course: Course, learner: User) -> Attempt:
    """An attempt under way."""
    return quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)


def question(attempt: Attempt, position: int = 1) -> AttemptQuestion:
    """A question of an attempt."""
    return attempt.questions.select_related("version", "attempt__user").get(position=position)


# --- Starting ---------------------------------------------------------------------------------------------


def test_the_page_before_says_what_to_expect(course: Course, browser: Client) -> None:
    page = browser.get(QUIZ).content.decode()
    assert "3 of 4 (70%)" in page
    assert "As many as you like" in page
    assert "Start the quiz" in page


def test_starting_leads_to_the_first_question(course: Course, browser: Client) -> None:
    page = browser.post(f"{QUIZ}start/", follow=True).content.decode()
    assert "question 1 of 4" in page
    assert Attempt.objects.get().number == 1


def test_a_start_that_others_win_again_and_again_says_so_and_leads_back(
    course: Course, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def beaten(**words: object) -> Attempt:
        tries.append(words["number"])
        raise IntegrityError

    monkeypatch.setattr(quizzes, "_begin", beaten)
    page = browser.post("/learn/two-pms/quiz/module-1/start/", follow=True).content.decode()
    assert "This quiz is being started on another page. Please try again." in page
    assert tries == [1, 1, 1]


def test_a_quiz_that_was_retired_is_not_started(course: Course, learner: User) -> None:
    with pytest.raises(Quiz.DoesNotExist):
        quizzes.start(user=learner, quiz=Quiz(course=course, key="retired"), now=NOW)


def test_starting_again_goes_on_with_the_open_attempt(course: Course, browser: Client) -> None:
    first = browser.post(f"{QUIZ}start/")["Location"]
    assert browser.post(f"{QUIZ}start/")["Location"] == first
    assert "Go on with attempt 1" in browser.get(QUIZ).content.decode()
    assert LearningEvent.objects.filter(kind=Kind.ATTEMPT_STARTED).count() == 1


def test_an_attempt_shows_what_was_live_when_it_began(attempt: Attempt, browser: Client) -> None:
    before = question(attempt).version.body["prompt"]
    for each in Question.objects.all():
        Question.objects.filter(pk=each.pk).update(prompt="Changed?")
        publishing.publish(Question.objects.get(pk=each.pk), author=None, now=NOW)
    assert question(attempt).version.body["prompt"] == before
    page = browser.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert "Changed?" not in page


def test_guests_take_the_quiz_of_an_open_module(course: Course, client: Client) -> None:
    client.post(f"{QUIZ}start/", follow=True)
    assert Attempt.objects.get().user.is_guest


def test_guests_are_told_that_it_is_saved_on_this_device(course: Course, client: Client) -> None:
    client.post(f"{QUIZ}start/")
    attempt = Attempt.objects.get()
    send(client, attempt.pk, 1)
    page = client.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert "You can go on later, on this device." in page


@pytest.mark.parametrize("act", ["get", "post"])
def test_the_quiz_of_a_closed_module_needs_an_account(course: Course, client: Client, act: str) -> None:
    url = "/learn/two-pms/quiz/module-2/"
    page = client.get(url) if act == "get" else client.post(f"{url}start/")
    assert "This quiz needs an account" in page.content.decode()
    assert not Attempt.objects.exists()


def test_no_more_attempts_than_allowed(course: Course, learner: User, browser: Client) -> None:
    quiz = make_quiz(attempts_allowed=2)
    take(learner, quiz, right=0)
    take(learner, quiz, right=0)
    with pytest.raises(quizzes.CannotStart, match="all 2 attempts"):
        quizzes.start(user=learner, quiz=quiz, now=NOW)
    assert "You have used all 2 attempts" in browser.get(QUIZ).content.decode()
    assert "You have used all 2 attempts" in browser.post(f"{QUIZ}start/", follow=True).content.decode()


def test_a_pause_between_attempts_is_told_in_the_learners_time(course: Course, learner: User) -> None:
    learner.time_zone = "Asia/Tokyo"
    quiz = make_quiz(delay_hours=2)
    take(learner, quiz, right=0)
    with pytest.raises(quizzes.CannotStart, match=r"You can start again on 21 November, 20:00\."):
        quizzes.start(user=learner, quiz=quiz, now=NOW + timedelta(minutes=119))
    assert quizzes.start(user=learner, quiz=quiz, now=NOW + timedelta(hours=2)).number == 2


def test_a_quiz_without_questions_says_so(course: Course, learner: User) -> None:
    for each in Question.objects.drawable():
        Question.objects.filter(pk=each.pk).update(live_version=None)
    with pytest.raises(quizzes.CannotStart, match="no questions"):
        quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    assert not Attempt.objects.exists()


# --- Answering --------------------------------------------------------------------------------------------


def test_a_button_saves_and_goes_on(attempt: Attempt, browser: Client) -> None:
    sent = send(browser, attempt.pk, 1)
    assert sent["Location"] == f"/attempts/{attempt.pk}/?question=2"
    assert Answer.objects.get().sureness == "sure"
    assert send(browser, attempt.pk, 4)["Location"].endswith("?question=overview")


def test_the_page_says_when_an_answer_was_saved(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt), right=True)
    page = browser.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert "Saved at 09:00. You can go on later, on any device." in page
    assert " checked>" in page


def test_choosing_saves_quietly(attempt: Attempt, browser: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "saved"}
    form = {**form_of(question(attempt), right=True), "sequence": "1"}
    page = browser.post(f"/attempts/{attempt.pk}/answers/1/", form, headers=headers).content.decode()
    assert page.strip().startswith("<p")
    assert "Saved at" in page


def test_an_older_save_never_replaces_a_newer_one(attempt: Attempt) -> None:
    row = question(attempt)
    answer(row, right=True, sequence=7)
    late = answer(question(attempt), right=False, sequence=6)
    assert late.newer_kept
    assert Answer.objects.get().sequence == 7
    answer(question(attempt), right=False, sequence=8)
    assert Answer.objects.get().sequence == 8


def test_the_page_offers_the_next_number(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt), right=True, sequence=7)
    page = browser.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert 'name="sequence" value="8"' in page


def test_a_save_from_an_older_page_is_told(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt), right=True, sequence=7)
    send(browser, attempt.pk, 1, right=False, sequence="3")
    page = browser.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert "A newer answer to this question was saved at 09:00" in page


def test_an_attempt_goes_on_at_the_first_question_without_an_answer(
    attempt: Attempt, browser: Client
) -> None:
    answer(question(attempt, 1), right=True)
    assert "question 2 of 4" in browser.get(f"/attempts/{attempt.pk}/").content.decode()


def test_the_overview_counts_what_is_not_answered(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt, 1), right=True)
    page = browser.get(f"/attempts/{attempt.pk}/?question=overview").content.decode()
    assert "1 of 4 questions are answered" in page
    assert page.count("not answered") == 3


@pytest.mark.parametrize("sequence", ["", "-1", "9" * 30, "nonsense", "1e5", "٣"])
def test_a_nonsense_number_counts_as_the_oldest(attempt: Attempt, browser: Client, sequence: str) -> None:
    answer(question(attempt), right=True, sequence=1)
    send(browser, attempt.pk, 1, right=False, sequence=sequence)
    assert Answer.objects.get().sequence == 1


def test_an_option_of_another_question_is_refused(attempt: Attempt) -> None:
    first, second = question(attempt, 1), question(attempt, 2)
    with pytest.raises(InvalidResponse):
        quizzes.save_answer(
            user=attempt.user,
            attempt_id=attempt.pk,
            position=1,
            form={**form_of(second, right=True), "option": [second.options[0][0]]},
            sureness="",
            sequence=1,
            now=NOW,
        )
    assert first.pk != second.pk
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "forged", [{"score": "100", "credit": "1", "passed": "true"}, {"option": "x" * 1000}]
)
def test_forged_answers_are_not_kept_and_told(
    attempt: Attempt, browser: Client, forged: dict[str, str]
) -> None:
    refused = browser.post(f"/attempts/{attempt.pk}/answers/1/", forged)
    assert refused.status_code == 400
    assert 'class="errorlist" role="alert"' in refused.content.decode()
    assert not Answer.objects.exists()


def test_a_flood_of_values_is_refused(attempt: Attempt, browser: Client) -> None:
    body = "&".join(f"option=f{n}" for n in range(1_000_000))
    url = f"/attempts/{attempt.pk}/answers/1/"
    sent = browser.post(url, body, content_type="application/x-www-form-urlencoded")
    assert sent.status_code == 400
    assert not Answer.objects.exists()


def test_a_question_that_the_attempt_does_not_have_is_not_found(attempt: Attempt, browser: Client) -> None:
    assert browser.post(f"/attempts/{attempt.pk}/answers/99/").status_code == 404


# --- Answer keys stay where they are ----------------------------------------------------------------------


def test_no_page_before_handing_in_depends_on_what_is_right(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt, 1), right=True)
    urls = [f"/attempts/{attempt.pk}/?question={n}" for n in (1, 2, 3, 4, "overview")] + [QUIZ]
    before = [without_tokens(browser.get(url)) for url in urls]
    for row in attempt.questions.select_related("version"):
        tell_another_truth(row.version)
    assert [without_tokens(browser.get(url)) for url in urls] == before


def test_saving_says_nothing_about_what_is_right(attempt: Attempt, browser: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "saved"}
    url = f"/attempts/{attempt.pk}/answers/1/"
    form = form_of(question(attempt), right=True)
    said = [browser.post(url, {**form, "sequence": "1"}, headers=headers)]
    tell_another_truth(question(attempt).version)
    said.append(browser.post(url, {**form, "sequence": "1"}, headers=headers))
    assert without_tokens(said[0]) == without_tokens(said[1])


def test_the_sheet_is_read_without_answer_keys(attempt: Attempt) -> None:
    assert all(row.version.get_deferred_fields() == {"answer_key"} for row in sheets.sheet(attempt))


def test_options_carry_random_ids_and_no_keys(attempt: Attempt, browser: Client) -> None:
    for row in attempt.questions.select_related("version"):
        page = browser.get(f"/attempts/{attempt.pk}/?question={row.position}").content.decode()
        assert not [key for _, key in row.options if f'value="{key}"' in page]
        assert "Feedback on" not in page


# --- Handing in -------------------------------------------------------------------------------------------


def test_handing_in_grades_and_counts(course: Course, learner: User) -> None:
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    assert attempt.credit == 3
    assert attempt.passed
    day = DailyActivity.objects.get()
    assert (day.answers, day.quizzes) == (4, 1)
    assert LearningEvent.objects.filter(kind=Kind.ATTEMPT_SUBMITTED).count() == 1


@pytest.mark.parametrize(("right", "passed"), [(4, True), (3, True), (2, False), (0, False)])
def test_the_pass_mark_decides(course: Course, learner: User, right: int, passed: bool) -> None:
    assert take(learner, quizzes.get_live("two-pms", "module-1"), right=right).passed is passed


def test_without_any_answer_nothing_is_earned(attempt: Attempt, learner: User) -> None:
    done = quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
    assert done.credit == 0
    assert done.passed is False


def test_handing_in_twice_changes_nothing(attempt: Attempt, browser: Client) -> None:
    first = browser.post(f"/attempts/{attempt.pk}/submit/")
    again = browser.post(f"/attempts/{attempt.pk}/submit/")
    assert first["Location"] == again["Location"] == f"/attempts/{attempt.pk}/result/"
    assert sum(day.quizzes for day in DailyActivity.objects.all()) == 1


def test_a_late_change_is_told_and_not_counted(attempt: Attempt, browser: Client) -> None:
    answer(question(attempt), right=True)
    quizzes.submit(user=attempt.user, attempt_id=attempt.pk, now=NOW)
    words = "This attempt was handed in at 09:00. Your last change was not counted."
    headers = {"HX-Request": "true", "HX-Target": "saved"}
    url = f"/attempts/{attempt.pk}/answers/1/"
    form = {**form_of(question(attempt), right=False), "sequence": "2"}
    assert words in browser.post(url, form, headers=headers).content.decode()
    assert words in browser.post(url, form, follow=True).content.decode()
    assert Answer.objects.get().credit == 1


def test_attempts_are_numbered(course: Course, learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    assert [take(learner, quiz, right=0).number for _ in range(3)] == [1, 2, 3]


# --- The result -------------------------------------------------------------------------------------------


def test_the_result_says_what_why_and_where_it_is_taught(
    course: Course, learner: User, browser: Client
) -> None:
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    page = browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    assert "3 of 4, passed" in page
    assert "Pass mark 3 of 4." in page
    assert "Feedback on" in page
    assert "#listen-for-the-end" in page
    assert "Next: Lesson 1" in page


def test_not_passed_offers_to_try_again(course: Course, learner: User, browser: Client) -> None:
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=1)
    page = browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    assert "1 of 4, not passed" in page
    assert "Try again" in page


def test_before_handing_in_there_is_no_result(attempt: Attempt, browser: Client) -> None:
    assert browser.get(f"/attempts/{attempt.pk}/result/")["Location"] == f"/attempts/{attempt.pk}/"


def test_feedback_after_passing_is_kept_back_until_then(
    course: Course, learner: User, browser: Client
) -> None:
    quiz = make_quiz(feedback=Quiz.Feedback.AFTER_PASSING)
    failed = take(learner, quiz, right=1)
    page = browser.get(f"/attempts/{failed.pk}/result/")
    assert "Feedback on" not in page.content.decode()
    before = without_tokens(page)
    for row in failed.questions.select_related("version"):
        tell_another_truth(row.version)
    assert without_tokens(browser.get(f"/attempts/{failed.pk}/result/")) == before
    take(learner, quiz, right=4)
    assert "Feedback on" in browser.get(f"/attempts/{failed.pk}/result/").content.decode()


def test_immediate_feedback_comes_after_each_answer_which_then_stays(
    course: Course, learner: User, browser: Client
) -> None:
    quiz = make_quiz(feedback=Quiz.Feedback.IMMEDIATE)
    attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
    assert send(browser, attempt.pk, 1, right=False)["Location"].endswith("?question=1")
    page = browser.get(f"/attempts/{attempt.pk}/?question=1").content.decode()
    assert "Feedback on" in page
    assert "Feedback on" not in browser.get(f"/attempts/{attempt.pk}/?question=2").content.decode()
    send(browser, attempt.pk, 1, right=True, sequence="9")
    assert Answer.objects.get().sequence == 1


def test_the_result_stays_as_it_was_when_the_course_is_archived(
    course: Course, learner: User, browser: Client
) -> None:
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    publishing.archive(course, now=NOW)
    assert "3 of 4, passed" in browser.get(f"/attempts/{attempt.pk}/result/").content.decode()


def test_the_page_before_a_quiz_lists_what_past_attempts_earned(
    course: Course, learner: User, browser: Client
) -> None:
    take(learner, quizzes.get_live("two-pms", "module-1"), right=3)
    assert "3 of 4</td>" in browser.get("/learn/two-pms/quiz/module-1/").content.decode()


@pytest.mark.parametrize(
    ("credit", "points"), [("0", "0"), ("10", "10"), ("5.500", "5.5"), ("1.833", "1.83"), ("6.999", "6.99")]
)
def test_points_are_short_and_never_rounded_up(credit: str, points: str) -> None:
    assert Attempt(credit=Decimal(credit)).points == points


@pytest.mark.parametrize(("mark", "questions", "points"), [(70, 7, 5), (70, 10, 7), (100, 4, 4), (1, 3, 1)])
def test_the_fewest_points_that_pass(mark: int, questions: int, points: int) -> None:
    assert results.pass_points(mark, questions) == points


# --- Nobody else's business -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "result/", "answers/1/", "submit/"])
def test_somebody_elses_attempt_looks_like_none(attempt: Attempt, path: str) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger@example.org"))
    act = stranger.post if path in ("answers/1/", "submit/") else stranger.get
    theirs, none = act(f"/attempts/{attempt.pk}/{path}"), act(f"/attempts/{uuid4()}/{path}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content.replace(str(attempt.pk).encode(), b"") == none.content.replace(
        none.wsgi_request.path.split("/")[2].encode(), b""
    )
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_a_visitor_is_asked_to_log_in_and_comes_back(attempt: Attempt, client: Client) -> None:
    url = f"/attempts/{attempt.pk}/"
    assert client.get(url)["Location"] == f"/accounts/login/?next={url}"
    saved = client.post(f"{url}answers/2/", {"option": "x"})
    assert saved["Location"] == f"/accounts/login/?next={url}%3Fquestion%3D2"

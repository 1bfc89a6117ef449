"""What is right stays in the database until the answer: swap it, and no page, part or header changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from courses import presentation, publishing, question_snapshots, question_types, versions
from courses.models import Choice, Course, GlossaryTerm, Lesson, Question, Quiz, Version
from learning import progress, quizzes
from learning.models import Answer, Attempt, ReviewCard
from tests.courses.test_every_question_type import CASES, form_of
from tests.factories import ALL_TYPES, NOW, make_bank_of_all_types
from tests.learning.leaks import another_truth, tell_another_truth, without_tokens
from tests.learning.quiz_steps import make_quiz

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

QUIET = {"HX-Request": "true", "HX-Target": "saved"}
SEEDS = range(20)


@pytest.fixture
def bank(course: Course) -> list[Question]:
    """A live question of every type on the objective of lesson 1."""
    return make_bank_of_all_types(Lesson.objects.get(key="lesson-1"))


def quiz_of_all_types(**settings: Any) -> Quiz:
    """A quiz that asks one question of every type."""
    quiz = make_quiz(**settings)
    quiz.pools.all().delete()
    quiz.pools.create(order=1, draw=len(ALL_TYPES), tags=["all"])
    return make_quiz()


@pytest.fixture
def attempt(bank: list[Question], learner: User) -> Attempt:
    """An attempt that asks one question of every type, two of them answered."""
    return quizzes.start(user=learner, quiz=quiz_of_all_types(), now=NOW)


def swap_all(bank: list[Question]) -> None:
    """Make something else right in every question, in the very version that was published."""
    for question in bank:
        assert question.live_version
        tell_another_truth(Version.objects.get(pk=question.live_version.pk))
    caches["versions"].clear()


def unmoved(bank: list[Question], look: Callable[[], list["Response"]]) -> list["Response"]:
    """Look, make something else right, look again: same status, headers, bytes. Return the first look."""
    first = look()
    swap_all(bank)
    second = look()
    for before, after in zip(first, second, strict=True):
        assert before.status_code == after.status_code
        assert without_tokens(before) == without_tokens(after)
    return first


# --- Before the answer --------------------------------------------------------------------------------------


def test_the_truth_that_is_swapped_is_another_one_for_every_type(bank: list[Question]) -> None:
    for question in bank:
        assert question.live_version
        key = question.live_version.answer_key or {}
        other = another_truth(key)
        form = form_of(question.live_version, CASES[question.type].right)
        kind = question_types.get(question.type)
        options = presentation.check_options(question.live_version)
        response = kind.parse(form, question.live_version.body, options)
        assert kind.grade(question.live_version.body, key, response).credit == 1
        assert kind.grade(question.live_version.body, other, response).credit < 1


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_what_is_published_for_pages_does_not_depend_on_what_is_right(
    bank: list[Question], type_: str
) -> None:
    question = next(each for each in bank if each.type == type_)
    rows = versions.with_draft(Question.objects.filter(pk=question.pk))
    before, key = question_snapshots.parts(rows.get())
    choices = list(question.choices.order_by("order"))
    truths = [(each.correct, each.bucket, each.credit) for each in choices]
    for number, choice in enumerate(choices):
        if type_ == "order":
            choice.order = len(choices) - number
        else:
            choice.correct, choice.bucket, choice.credit = truths[number - 1]
        choice.feedback = "Another."
        choice.save()
    written = {"answer": 8100, "tolerance": 1, "near": [], "accept": ["else"], "feedback": "Another."}
    settings = {name: written.get(name, value) for name, value in question.settings.items()}
    Question.objects.filter(pk=question.pk).update(settings=settings, explanation="Another.")
    after, other = question_snapshots.parts(rows.get())
    assert key != other
    assert before == after
    assert Choice.objects.filter(question=question).count() == len(choices)


def test_no_page_of_an_attempt_depends_on_what_is_right(
    bank: list[Question], attempt: Attempt, browser: Client
) -> None:
    rows = {row.position: row for row in attempt.questions.select_related("version")}

    def look() -> list["Response"]:
        url = f"/attempts/{attempt.pk}/"
        pages = [browser.get(f"{url}?question={shown}") for shown in [*rows, "overview", "rubbish"]]
        pages += [browser.get("/learn/two-pms/quiz/module-1/"), browser.get(f"{url}result/")]
        pages += [browser.get(f"{url}practise/", follow=True)]
        return pages

    unmoved(bank, look)


@pytest.mark.parametrize("which", ["right", "wrong"])
@pytest.mark.parametrize("type_", ALL_TYPES)
def test_no_answer_to_a_save_depends_on_what_is_right(
    bank: list[Question], attempt: Attempt, browser: Client, type_: str, which: str
) -> None:
    rows = attempt.questions.select_related("version")
    row = next(each for each in rows if each.version.body["type"] == type_)
    url = f"/attempts/{attempt.pk}/answers/{row.position}/"
    form = form_of(row.version, getattr(CASES[type_], which), row.options)

    def look() -> list["Response"]:
        Answer.objects.all().delete()
        return [
            browser.post(url, {**form, "sequence": "1"}, headers=QUIET),
            browser.post(url, {**form, "sequence": "2", "sureness": "sure"}),
            browser.post(url, {**form, "sequence": "1"}, headers=QUIET),
            browser.get(f"/attempts/{attempt.pk}/?question={row.position}"),
            browser.post(url, form_of(row.version, CASES[type_].forged, row.options)),
            browser.post(url, {}, headers=QUIET),
        ]

    unmoved(bank, look)


def test_the_order_and_the_draw_of_twenty_attempts_do_not_depend_on_what_is_right(
    bank: list[Question], learner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = quiz_of_all_types()

    def drawn() -> list[list[object]]:
        found = []
        for seed in SEEDS:
            monkeypatch.setattr("learning.quizzes.secrets.randbits", lambda _, seed=seed: seed)
            attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
            for row in attempt.questions.order_by("position"):
                found.append([row.position, row.question_id, [key for _, key in row.options]])
            quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
        return found

    before = drawn()
    swap_all(bank)
    assert drawn() == before


def test_no_lesson_depends_on_what_is_right_in_its_checks(
    bank: list[Question], client: Client, browser: Client
) -> None:
    lesson = Lesson.objects.get(key="lesson-1")
    checks = "\n\n".join(f"::: check {question.key}\n:::" for question in bank)
    lesson.body = lesson.body.replace("## Listen", f"{checks}\n\n## Listen")
    lesson.save()
    Question.objects.filter(pk__in=[each.pk for each in bank]).update(uses=["check", "quiz"])
    publishing.publish(versions.with_draft(Lesson.objects.filter(pk=lesson.pk)).get(), author=None, now=NOW)

    def look() -> list["Response"]:
        caches["versions"].clear()
        url = "/learn/two-pms/lesson-1/"
        pages = [client.get(url), browser.get(url)]
        for question in bank:
            assert question.live_version
            forged = form_of(question.live_version, CASES[question.type].forged)
            pages.append(browser.post(f"{url}checks/{question.key}/", forged))
            target = {"HX-Request": "true", "HX-Target": f"check-{question.key}"}
            pages.append(browser.post(f"{url}checks/{question.key}/", forged, headers=target))
        return pages

    page = unmoved(bank, look)[0].content.decode()
    assert page.count('class="question') >= len(bank)


@pytest.fixture
def card(bank: list[Question], learner: User) -> ReviewCard:
    """The card of lesson 1's objective; it is due."""
    long_ago = NOW.replace(year=2025)
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=long_ago)
    return learner.review_cards.get(term=None)


@pytest.mark.parametrize("type_", ALL_TYPES)
def test_no_page_of_the_review_depends_on_what_is_right(
    bank: list[Question], card: ReviewCard, browser: Client, type_: str
) -> None:
    Question.objects.exclude(type=type_, key__startswith="all-").update(live_version=None)
    question = next(each for each in bank if each.type == type_)
    assert question.live_version
    form = {"number": "1", "version": str(question.live_version.pk)}
    form |= {name: value for name, [value] in form_of(question.live_version, CASES[type_].forged).items()}

    def look() -> list["Response"]:
        asked = browser.get(f"/review/card/?card={card.pk}")
        assert asked.context["item"].type == type_
        return [asked, browser.post(f"/review/cards/{card.pk}/answer/", form), browser.get("/review/")]

    assert [page.status_code for page in unmoved([question], look)] == [200, 400, 200]


def test_no_page_of_the_practice_depends_on_what_is_right(
    bank: list[Question], attempt: Attempt, browser: Client
) -> None:
    browser.post(f"/attempts/{attempt.pk}/submit/")
    url = f"/attempts/{attempt.pk}/practise/"

    def look() -> list["Response"]:
        pages = [browser.get(f"{url}?question={number}") for number in range(1, len(ALL_TYPES) + 1)]
        return [*pages, *(browser.post(f"{url}?question={number}", {}) for number in (1, 2, 3))]

    unmoved(bank, look)


# --- After it, only what the quiz's policy says -------------------------------------------------------------


@pytest.mark.parametrize("handed_in", ["empty", "answered wrongly", "by the end of its time"])
def test_feedback_after_passing_tells_nothing_until_then(
    bank: list[Question], learner: User, browser: Client, handed_in: str
) -> None:
    limit = 30 if handed_in == "by the end of its time" else None
    quiz = quiz_of_all_types(feedback=Quiz.Feedback.AFTER_PASSING, time_limit_minutes=limit)
    attempt = quizzes.start(user=learner, quiz=quiz, now=NOW.replace(year=2025) if limit else NOW)
    url = f"/attempts/{attempt.pk}/"
    if handed_in == "answered wrongly":
        for row in attempt.questions.select_related("version"):
            form = form_of(row.version, CASES[row.version.body["type"]].wrong, row.options)
            browser.post(f"{url}answers/{row.position}/", {**form, "sequence": "1"})
    if limit is None:
        browser.post(f"{url}submit/")

    def look() -> list["Response"]:
        return [
            browser.get(f"{url}?question=1", follow=True),
            browser.get(f"{url}result/"),
            browser.get(f"{url}practise/", follow=True),
        ]

    pages = unmoved(bank, look)
    assert "What was right, and why, is shown once you have passed." in pages[1].content.decode()
    assert "Feedback on" not in pages[1].content.decode()


def test_the_review_in_another_tab_asks_nothing_that_an_open_attempt_asks(
    bank: list[Question], card: ReviewCard, learner: User, browser: Client
) -> None:
    GlossaryTerm.objects.update(live_version=None)
    quiz = quiz_of_all_types()
    others = Question.objects.filter(objective=card.objective_id).exclude(key__startswith="all-")
    attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
    asked = set(attempt.questions.values_list("question_id", flat=True))
    assert browser.get("/review/card/").context["showing"].question_id not in asked
    others.update(live_version=None)
    assert browser.get("/review/card/")["Location"] == "/review/"
    assert ' href="/review/card/"' not in browser.get("/review/").content.decode()
    quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW.replace(year=2025))
    assert browser.get("/review/card/").context["showing"].question_id in asked

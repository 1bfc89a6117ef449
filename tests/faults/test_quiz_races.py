"""One learner, fifty clicks at once, and the product's own web server: everything happens once.

The double click, the retry of a slow phone, two tabs: whoever comes second reads what the first one wrote.
"""

import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.db.models import Sum

from accounts.models import User
from courses.models import Course, Lesson, Version
from learning import checks, progress, quizzes
from learning.models import (
    Answer,
    Attempt,
    AttemptQuestion,
    DailyActivity,
    DrillAnswer,
    Enrollment,
    LearningEvent,
    LessonProgress,
    ReviewLog,
)
from mailing import clock
from tests.courses.test_every_question_type import CASES
from tests.courses.test_every_question_type import form_of as form_of_case
from tests.factories import make_course
from tests.faults.web import PATIENCE, WEB, Browser, Web, all_at_once, at_once, words
from tests.faults.web import Answer as Page
from tests.learning import history
from tests.learning.quiz_steps import answer, form_of, make_quiz
from tests.learning.sentences import make_sentences
from tests.servers import wait_until

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
AT_ONCE = 50
Kind = LearningEvent.Kind
QUIZ = "/learn/two-pms/quiz/module-1/"


def rounds(short: int, long: int) -> pytest.MarkDecorator:
    """The short form, and the long one that only `make test-faults` runs."""
    return pytest.mark.parametrize("rounds", [short, pytest.param(long, marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def web(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    """The web server."""
    with django_db_blocker.unblock(), Web(tmp_path_factory.mktemp("web")) as running:  # type: ignore[attr-defined]  # pytest-django's blocker
        yield running


@pytest.fixture
def learner() -> Iterator[User]:
    """Somebody in a course; afterwards all sums agree and nothing had to be rolled back by a deadlock."""
    make_course()
    before = deadlocks()
    yield User.objects.create_user("lea@example.org")
    assert list(checks.differences()) == []
    assert deadlocks() == before


@pytest.fixture
def browser(web: Web, learner: User) -> Browser:
    """The learner's browser."""
    return web.browser(learner)


def deadlocks() -> int:
    """How often PostgreSQL had to break a deadlock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def report(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print what was measured."""
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")


def same(pages: list[Page]) -> Page:
    """The page that all are, but for the CSRF tokens, which are masked anew each time."""
    (only,) = {
        Page(page.status, page.location, re.sub(r"\b[A-Za-z0-9]{64}\b", "", page.body)) for page in pages
    }
    return only


def begun(learner: User, *, right: int = 4) -> Attempt:
    """An attempt with all its answers saved, so many of them right."""
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=clock.now())
    for row in attempt.questions.select_related("version", "attempt__user").order_by("position"):
        answer(row, right=row.position <= right, now=clock.now())
    return attempt


# --- Fifty at once ------------------------------------------------------------------------------------------


@rounds(2, 20)
def test_fifty_submits_are_one_result_that_all_fifty_see(
    browser: Browser, learner: User, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    pages: list[Page] = []
    for number in range(1, rounds + 1):
        attempt = begun(learner, right=3)
        url = f"/attempts/{attempt.pk}/"

        def submit_and_look(url: str = url) -> Page:
            sent = browser.post(f"{url}submit/")
            assert (sent.status, sent.location) == (302, f"{url}result/")
            return browser.get(sent.location)

        seen = at_once(AT_ONCE, submit_and_look)
        pages += seen
        assert "3 of 4, passed" in words(same(seen))
        assert Attempt.objects.filter(submitted_at__isnull=False).count() == number
    submitted = LearningEvent.objects.filter(kind=Kind.ATTEMPT_SUBMITTED).count()
    day = DailyActivity.objects.get()
    assert (submitted, day.quizzes, day.answers) == (rounds, rounds, 4 * rounds)
    assert ReviewLog.objects.filter(source="quiz").count() == 4 * rounds
    report(capsys, f"{len(pages)} submits, {submitted} results, {len(pages)} equal pages of 200")


@rounds(2, 20)
def test_fifty_starts_are_one_attempt_and_numbers_have_no_gap(
    browser: Browser, learner: User, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    make_quiz(attempts_allowed=rounds)

    def start_and_look() -> Page:
        sent = browser.post(f"{QUIZ}start/")
        assert sent.status == 302
        return browser.get(sent.location)

    for number in range(1, rounds + 1):
        seen = same(at_once(AT_ONCE, start_and_look))
        assert "question 1 of 4" in words(seen)
        (attempt,) = Attempt.objects.filter(submitted_at__isnull=True)
        assert (attempt.number, str(attempt.pk) in seen.body) == (number, True)
        assert attempt.questions.count() == 4
        browser.post(f"/attempts/{attempt.pk}/submit/")
    refused = at_once(AT_ONCE, start_and_look)
    assert {page.status for page in refused} == {200}
    assert f"You have used all {rounds} attempts that this quiz allows." in words(refused[0])
    numbers = list(learner.attempts.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, rounds + 1))
    started = LearningEvent.objects.filter(kind=Kind.ATTEMPT_STARTED).count()
    report(
        capsys, f"{AT_ONCE * (rounds + 1)} starts, {started} attempts, numbers {numbers[0]}..{numbers[-1]}"
    )
    assert started == rounds


@rounds(2, 20)
def test_starting_and_handing_in_at_once_never_exceeds_the_limit(
    browser: Browser, learner: User, rounds: int
) -> None:
    limit = 2 * rounds
    make_quiz(attempts_allowed=limit)

    def start_and_hand_in() -> Page:
        sent = browser.post(f"{QUIZ}start/")
        return browser.post(f"{sent.location}submit/") if "attempts" in sent.location else sent

    answers: list[Page] = []
    while learner.attempts.filter(submitted_at__isnull=False).count() < limit:
        answers += at_once(AT_ONCE, start_and_hand_in)
    answers += at_once(AT_ONCE, start_and_hand_in)
    assert {page.status for page in answers} == {302}
    assert sorted(learner.attempts.values_list("number", flat=True)) == list(range(1, limit + 1))


@rounds(2, 20)
def test_saves_beside_the_handing_in_are_counted_or_told(
    browser: Browser, learner: User, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(rounds):
        attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=clock.now())
        rows = {row.position: row for row in attempt.questions.select_related("version")}
        url = f"/attempts/{attempt.pk}/"

        def save(
            position: int, sequence: int, url: str = url, rows: dict[int, AttemptQuestion] = rows
        ) -> Page:
            form = form_of(rows[position], right=sequence % 2 == 0)
            return browser.post(f"{url}answers/{position}/", {**form, "sequence": str(sequence)})

        sent = [(position, sequence) for position in rows for sequence in range(1, 12)]
        random.shuffle(sent)
        acts: list[Callable[[], Page]] = [partial(save, *each) for each in sent]
        acts.insert(len(acts) // 2, lambda url=url: browser.post(f"{url}submit/"))  # type: ignore[misc]  # bound early
        pages = all_at_once(acts)
        del pages[len(acts) // 2]
        assert {page.status for page in pages} == {302}
        attempt.refresh_from_db()
        for position in rows:
            taken = [
                sequence
                for (at, sequence), page in zip(sent, pages, strict=True)
                if at == position and page.location == _after(url, position)
            ]
            stored = Answer.objects.filter(attempt_question=rows[position]).first()
            assert (stored.sequence if stored else 0) == max(taken, default=0)
        outcomes.update("too late" if "result" in page.location else "in time" for page in pages)
        counted = Answer.objects.filter(attempt_question__attempt=attempt).aggregate(sum=Sum("credit"))
        assert attempt.credit == (counted["sum"] or 0)
    report(capsys, f"{rounds} rounds of 44 saves beside a submit: {dict(outcomes)}, none lost untold")


def _after(url: str, position: int) -> str:
    """Where a save that was taken leads."""
    return f"{url}?question={position + 1 if position < 4 else 'overview'}"


@rounds(1, 20)
def test_fifty_answers_to_a_review_card_move_it_once(
    web: Web, learner: User, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(rounds):
        person = User.objects.create_user(f"{number}@example.org")
        lesson = Lesson.objects.get(key="lesson-1")
        progress.complete_lesson(user=person, lesson=lesson, now=clock.now() - 9 * checks.DAY)
        person.review_cards.filter(objective=None).delete()
        browser = web.browser(person)
        page = browser.get("/review/card/").body
        hidden = dict(re.findall(r'name="(number|version)" value="(\d+)"', page))
        version = Version.objects.get(pk=hidden["version"])
        form = {**hidden, **form_of_case(version, CASES[version.body["type"]].right)}
        (action,) = re.findall(r'action="(/review/cards/\d+/answer/)"', page)
        answers = at_once(AT_ONCE, partial(browser.post, action, form))
        (log,) = ReviewLog.objects.filter(card__user=person, source="review")
        assert same(answers) == Page(302, f"/review/answers/{log.pk}/", "")
        assert person.review_cards.get().review_number == 2
    told = LearningEvent.objects.filter(kind=Kind.CARD_REVIEWED).count()
    assert told == rounds
    report(capsys, f"{AT_ONCE * rounds} answers to {rounds} cards, {told} reviews")


def test_fifty_answers_to_a_check_and_to_a_sentence_are_one_each(browser: Browser, learner: User) -> None:
    make_sentences()
    version = Version.objects.get(live_question__key="check-1")
    check = form_of_case(version, CASES["single"].right)
    url = "/learn/two-pms/lesson-1/checks/check-1/"
    assert same(at_once(AT_ONCE, partial(browser.post, url, check))).status == 302
    turn = {"number": "1", "sentence": "sentence-0", "label": "project"}
    drilled = same(at_once(AT_ONCE, partial(browser.post, "/drill/answers/", turn)))
    assert drilled.location == "/drill/answers/1/"
    assert (Answer.objects.count(), DrillAnswer.objects.count()) == (1, 1)
    assert DailyActivity.objects.get().answers == 2


@rounds(1, 5)
def test_a_hundred_completions_of_a_lesson_are_one(browser: Browser, learner: User, rounds: int) -> None:
    for number in range(1, min(rounds, 4) + 1):
        url = f"/learn/two-pms/lesson-{number}/complete/"
        assert same(at_once(2 * AT_ONCE, partial(browser.post, url))).status == 302
        assert LessonProgress.objects.count() == Enrollment.objects.get().lessons_done == number


@pytest.mark.parametrize(("people", "lessons"), [(4, 6), pytest.param(20, 50, marks=pytest.mark.slow)])
def test_many_people_complete_many_lessons_in_any_order(
    web: Web, learner: User, people: int, lessons: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Course.objects.update(live_version=None)
    history.make_course("long-one", lessons)
    browsers = [web.browser(User.objects.create_user(f"{number}@example.org")) for number in range(people)]
    acts = [
        partial(browser.post, f"/learn/long-one/lesson-{number}/complete/")
        for browser in browsers
        for number in range(1, lessons + 1)
    ]
    random.shuffle(acts)
    for some in range(0, len(acts), 2 * AT_ONCE):
        assert {page.status for page in all_at_once(acts[some : some + 2 * AT_ONCE])} == {302}
    assert set(Enrollment.objects.values_list("lessons_done", flat=True)) == {lessons}
    assert set(DailyActivity.objects.values_list("lessons", flat=True)) == {lessons}
    report(capsys, f"{len(acts)} completions by {people} people, each counted once")


# --- Broken off in the middle -------------------------------------------------------------------------------


def sent_while(breaks: Callable[[Web], None], web: Web, send: Callable[[], Page]) -> Page | None:
    """Send something, and break something at a moment that chance chooses; None if the line went dead."""

    def break_soon() -> None:
        time.sleep(random.uniform(0, 0.03))  # noqa: S311 - it chooses a moment, no secret
        breaks(web)

    breaker = threading.Thread(target=break_soon)
    breaker.start()
    try:
        return send()
    except OSError:
        return None
    finally:
        breaker.join()


def sent_again(web: Web, send: Callable[[], Page]) -> Page:
    """Send until the answer is no failure, as a person does who presses the button again."""
    answers: list[Page] = []

    def answered() -> bool:
        try:
            answers.append(send())
        except OSError:
            web.is_whole()
            return False
        return answers[-1].status < 500

    wait_until(answered, meaning="the server takes it", patience=PATIENCE)
    return answers[-1]


def end_connections(_: Web) -> None:
    """Break every connection that it has to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [WEB]
        )
    connection.close()


BREAKS: dict[str, Callable[[Web], None]] = {
    "a database connection": end_connections,
    "a web process": Web.kill_a_worker,
}


@rounds(2, 30)
@pytest.mark.parametrize("what", BREAKS)
def test_a_submit_that_is_broken_off_is_all_or_nothing_and_can_be_sent_again(
    web: Web, browser: Browser, learner: User, what: str, rounds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(rounds):
        attempt = begun(learner)
        submit = partial(browser.post, f"/attempts/{attempt.pk}/submit/")
        first = sent_while(BREAKS[what], web, submit)
        outcomes[str(first.status) if first else "no answer"] += 1
        attempt.refresh_from_db()
        graded = attempt.questions.filter(answer__credit__isnull=False).count()
        assert (graded, attempt.submitted_at is None) in ((0, True), (4, False)), "all or nothing"
        if first and first.status == 302:
            assert attempt.submitted_at, "what was confirmed is there"
        assert sent_again(web, submit).location == f"/attempts/{attempt.pk}/result/"
        attempt.refresh_from_db()
        assert (attempt.credit, attempt.passed) == (Decimal(4), True)
        wait_until(web.is_whole, meaning="both web processes are back", patience=PATIENCE)
    assert LearningEvent.objects.filter(kind=Kind.ATTEMPT_SUBMITTED).count() == rounds
    report(
        capsys, f"{rounds} submits while {what} was ended: first answers {dict(outcomes)}, all handed in once"
    )

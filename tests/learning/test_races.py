"""The same thing done many times at once, on connections of their own: it happens once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from django.core.cache import caches
from django.db import connection

from accounts.models import User
from courses.models import Course, Lesson, Question
from learning import certificates, checks, progress, quizzes
from learning.models import Answer, Attempt, DailyActivity, Enrollment, LearningEvent, LessonProgress
from mailing.models import OutboxMail
from tests import factories
from tests.factories import NOW
from tests.learning.finishing import give_certificates, read_all
from tests.learning.quiz_steps import answer, form_of, make_quiz, take

pytestmark = pytest.mark.django_db(transaction=True)
Kind = LearningEvent.Kind
Result = TypeVar("Result")
AT_ONCE = 12


@pytest.fixture
def learner() -> Iterator[User]:
    """Somebody to whom everything happens at once, in a course that is really there."""
    caches["versions"].clear()
    factories.make_course()
    yield User.objects.create_user("lea@example.org")
    assert list(checks.differences()) == [], "everything adds up afterwards"


def at_once(act: Callable[[], Result], times: int = AT_ONCE) -> list[Result]:
    """Do it from so many threads, each with its own connection, all beginning together."""
    return all_at_once([act] * times)


def all_at_once(acts: list[Callable[[], Result]]) -> list[Result]:
    """Do each in a thread with its own connection, all beginning together; raise what any of them raised."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            together.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [waiting.result(timeout=60) for waiting in [pool.submit(run, act) for act in acts]]


def test_starts_land_on_one_attempt(learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    started = at_once(lambda: quizzes.start(user=learner, quiz=quiz, now=NOW))
    assert {attempt.pk for attempt in started} == {Attempt.objects.get().pk}
    assert Attempt.objects.get().questions.count() == 4
    assert LearningEvent.objects.filter(kind=Kind.ATTEMPT_STARTED).count() == 1


def test_the_limit_holds_while_starting_and_handing_in(learner: User) -> None:
    quiz = make_quiz(attempts_allowed=3)

    def start_and_hand_in() -> bool:
        try:
            attempt = quizzes.start(user=learner, quiz=quiz, now=NOW)
        except quizzes.CannotStart:
            return False
        quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
        return True

    for _ in range(3):
        at_once(start_and_hand_in, times=4)
    assert sorted(learner.attempts.values_list("number", flat=True)) == [1, 2, 3]


def test_handing_in_many_times_is_one_result(learner: User) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    for row in attempt.questions.select_related("version", "attempt__user"):
        answer(row, right=True)
    done = at_once(lambda: quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW))
    assert {(each.submitted_at, each.credit, each.passed) for each in done} == {(NOW, Decimal(4), True)}
    assert LearningEvent.objects.filter(kind=Kind.ATTEMPT_SUBMITTED).count() == 1
    assert (DailyActivity.objects.get().quizzes, DailyActivity.objects.get().answers) == (1, 4)


def test_saves_beside_the_handing_in_are_counted_or_refused(learner: User) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    rows = list(attempt.questions.select_related("version", "attempt__user"))

    def save(position: int) -> bool:
        try:
            answer(rows[position], right=True)
        except quizzes.AlreadyHandedIn:
            return False
        return True

    def hand_in() -> bool:
        quizzes.submit(user=learner, attempt_id=attempt.pk, now=NOW)
        return False

    acts: list[Callable[[], bool]] = [hand_in, *(partial(save, n) for n in range(4))]
    saved = all_at_once(acts)
    attempt.refresh_from_db()
    assert attempt.credit == sum(saved) == Answer.objects.filter(credit=1).count()


def test_of_many_saves_the_highest_number_stays(learner: User) -> None:
    attempt = quizzes.start(user=learner, quiz=quizzes.get_live("two-pms", "module-1"), now=NOW)
    row = attempt.questions.select_related("version", "attempt__user").get(position=1)
    form = form_of(row, right=True)

    def save(sequence: int) -> quizzes.Saved:
        return quizzes.save_answer(
            user=learner,
            attempt_id=attempt.pk,
            position=1,
            form=form,
            sureness="",
            sequence=sequence,
            now=NOW,
        )

    all_at_once([partial(save, n) for n in (5, 3, 9, 1, 7, 2, 8, 4, 6)])
    assert Answer.objects.get().sequence == 9


def test_completing_many_times_is_done_once(learner: User) -> None:
    lesson = Lesson.objects.live().get(key="lesson-1")
    at_once(lambda: progress.complete_lesson(user=learner, lesson=lesson, now=NOW))
    assert LessonProgress.objects.count() == Enrollment.objects.get().lessons_done == 1
    assert LearningEvent.objects.filter(kind=Kind.LESSON_COMPLETED).count() == 1
    assert LearningEvent.objects.filter(kind=Kind.ENROLLED).count() == 1
    assert DailyActivity.objects.get().lessons == 1


def test_completing_again_after_an_undo_counts_once(learner: User) -> None:
    lesson = Lesson.objects.live().get(key="lesson-1")
    for _ in range(3):
        progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
        progress.undo_lesson(user=learner, lesson=lesson, now=NOW)
        at_once(lambda: progress.complete_lesson(user=learner, lesson=lesson, now=NOW))
        assert Enrollment.objects.get().lessons_done == 1
        at_once(lambda: progress.undo_lesson(user=learner, lesson=lesson, now=NOW))
        assert Enrollment.objects.get().lessons_done == 0


def test_completing_different_lessons_at_once_counts_each(learner: User) -> None:
    lessons = list(Lesson.objects.live())
    verb = partial(progress.complete_lesson, user=learner, now=NOW)
    all_at_once([partial(verb, lesson=lesson) for lesson in lessons * 3])
    assert Enrollment.objects.get().lessons_done == DailyActivity.objects.get().lessons == len(lessons)


def test_doing_and_undoing_at_once_adds_up(learner: User) -> None:
    lesson = Lesson.objects.live().get(key="lesson-1")

    def do() -> object:
        return progress.complete_lesson(user=learner, lesson=lesson, now=NOW)

    def undo() -> object:
        return progress.undo_lesson(user=learner, lesson=lesson, now=NOW)

    all_at_once([do, undo] * 5)
    done = LessonProgress.objects.filter(undone_at__isnull=True).count()
    assert Enrollment.objects.get().lessons_done == done


def test_the_last_lesson_and_the_final_at_once_earn_one_certificate(learner: User) -> None:
    giving = give_certificates(Course.objects.get())
    final, last = quizzes.get_live("two-pms", "final"), Lesson.objects.live().get(key="lesson-4")
    for user in [learner, *(User.objects.create_user(f"lea-{n}@example.org") for n in range(5))]:
        read_all(user, but="lesson-4")
        attempt = quizzes.start(user=user, quiz=final, now=NOW)
        for row in attempt.questions.select_related("version", "attempt__user"):
            answer(row, right=True)
        complete = partial(progress.complete_lesson, user=user, lesson=last, now=NOW)
        hand_in = partial(quizzes.submit, user=user, attempt_id=attempt.pk, now=NOW)
        ask = partial(certificates.look_again, user=user, course=giving, now=NOW)
        acts: list[Callable[[], object]] = [complete, hand_in, complete, hand_in, ask]
        all_at_once(acts)
        slot = f"certificate:{user.certificates.get().pk}"
        assert OutboxMail.objects.get(user=user, kind="certificate").slot == slot


def test_answering_a_check_many_times_is_answered_once(learner: User) -> None:
    lesson = Lesson.objects.live().get(key="lesson-1")
    question = Question.objects.select_related("live_version").get(key="check-1")

    def reply(choice: str) -> Answer:
        return progress.answer_check(
            user=learner, lesson=lesson, question=question, response={"choice": choice}, sureness="", now=NOW
        )

    given = all_at_once([lambda: reply("moving-app"), lambda: reply("keeping-app")] * 5)
    assert {each.pk for each in given} == {Answer.objects.get().pk}
    assert LearningEvent.objects.filter(kind=Kind.CHECK_ANSWERED).count() == 1
    assert DailyActivity.objects.get().answers == 1


def test_attempts_are_numbered_without_gaps(learner: User) -> None:
    quiz = quizzes.get_live("two-pms", "module-1")
    for _ in range(3):
        take(learner, quiz, right=0)
    assert list(learner.attempts.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Course.objects.count() == 1

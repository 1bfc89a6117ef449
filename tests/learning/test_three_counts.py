"""Covered, mastered, remembered: what the pages show is what a slow count from the ledger comes to.

The slow count is written apart from the product: it walks through events and records one by one, and asks the
`fsrs` package itself.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.test import Client
from fsrs import Card, Rating, Scheduler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from courses.models import Course, Lesson, Question
from learning import activity, cards, checks, evidence, overview, progress, quizzes, review, scheduler, why
from learning.models import Attempt, LearningEvent, ReviewLog
from tests.factories import NOW
from tests.learning.quiz_steps import take
from tests.learning.test_regrade import correct, regraded

pytestmark = pytest.mark.django_db
Kind = LearningEvent.Kind
LESSONS = st.integers(1, 4)
actions = st.one_of(
    st.tuples(st.just("complete"), LESSONS),
    st.tuples(st.just("undo"), LESSONS),
    st.tuples(st.just("check"), st.sampled_from([0, 1])),
    st.tuples(st.just("quiz"), st.integers(0, 4)),
    st.tuples(st.just("quiz"), st.just(4)),
    st.tuples(st.just("quiz"), st.just(4)),
    st.tuples(st.just("review"), st.integers(1, 4)),
    st.tuples(st.just("take back"), st.just(0)),
    st.tuples(st.just("fix a key"), st.just(0)),
)
histories = st.lists(st.tuples(st.integers(0, 20), actions), min_size=5, max_size=10)
learners = count(1)


def act(user: User, what: str, which: int, now: datetime) -> None:
    """Do one thing, as the product's own verbs do it."""
    if what == "complete":
        progress.complete_lesson(user=user, lesson=Lesson.objects.get(key=f"lesson-{which}"), now=now)
    elif what == "undo":
        progress.undo_lesson(user=user, lesson=Lesson.objects.get(key=f"lesson-{which}"), now=now)
    elif what == "check":
        progress.answer_check(
            user=user,
            lesson=Lesson.objects.get(key="lesson-1"),
            question=Question.objects.select_related("live_version").get(key="check-1"),
            response={"choice": ("keeping-app", "moving-app")[which]},
            sureness="sure",
            now=now,
        )
    elif what == "quiz":
        take(user, quizzes.get_live("two-pms", "module-1"), right=which, now=now)
    elif what == "review":
        recall(user, scheduler.Rating(which), now)
    elif what == "take back":
        last = ReviewLog.objects.filter(card__user=user, source="review", undone_at=None).last()
        if last:
            review.undo(user=user, log_id=last.pk, now=now)
    elif attempt := Attempt.objects.filter(user=user).last():
        question = attempt.questions.earliest("position").question
        correct(question)
        regraded(question)


def recall(user: User, rating: Rating, now: datetime) -> None:
    """Answer the card of the objective that was met first."""
    if card := user.review_cards.select_related("user").filter(objective__isnull=False).first():
        question = Question.objects.filter(objective=card.objective_id, uses__contains=["review"])[0]
        said = cards.Recalled(
            cards.Source.REVIEW,
            rating,
            objective_id=card.objective_id,
            card=cards.Known.of(card),
            question_id=question.pk,
            version_id=question.live_version_id,
            response={"choice": ""},
            credit=float(rating > Rating.Again),
        )
        (log,) = cards.write(user=user, recalled=[said], now=now)
        activity.record(user=user, kind=Kind.CARD_REVIEWED, now=now, review=ReviewLog(pk=log))


def slowly_covered(user: User, course: Course) -> int:
    """Lessons of the live outline whose last event completed them."""
    assert course.live_version
    stands: dict[int, bool] = {}
    for event in sorted(user.learning_events.all(), key=lambda each: (each.at, each.pk)):
        if event.lesson_progress and event.kind in (Kind.LESSON_COMPLETED, Kind.LESSON_UNDONE):
            stands[event.lesson_progress.lesson_id] = event.kind == Kind.LESSON_COMPLETED
    outline = [lesson["id"] for module in course.live_version.body["modules"] for lesson in module["lessons"]]
    return sum(stands.get(lesson, False) for lesson in outline)


def slowly_mastered(user: User) -> int:
    """Objectives whose last three graded answers, on two questions or more, have a mean of 0.8 or more."""
    graded = defaultdict(list)
    for event in user.learning_events.filter(kind=Kind.ATTEMPT_SUBMITTED):
        assert event.attempt
        for row in event.attempt.questions.select_related("answer", "question"):
            if hasattr(row, "answer") and row.answer.credit is not None:
                when = event.attempt.submitted_at, row.answer.pk
                graded[row.question.objective_id].append((when, row.question_id, row.answer.credit))
    shown = 0
    for answers in graded.values():
        last = sorted(answers)[-3:]
        enough = len(last) == 3 and len({question for _, question, _ in last}) > 1
        shown += enough and sum((credit for _, _, credit in last), Decimal(0)) / 3 >= Decimal("0.8")
    return shown


def slowly_remembered(user: User, today: date) -> float:
    """The sum of the recall that fsrs predicts, each card replayed from the first answer of each day."""
    fsrs = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    total = 0.0
    for met in user.review_cards.all():
        card, days = Card(card_id=met.pk), set()
        for log in met.logs.filter(undone_at=None).order_by("at", "pk"):
            if log.local_date not in days:
                card, _ = fsrs.review_card(card, Rating(log.rating), midnight(log.local_date))
                days.add(log.local_date)
        total += fsrs.get_card_retrievability(card, midnight(today))
    return total


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,  # what fails once fails again
    phases=[Phase.generate],  # an example takes a second: smaller ones are not looked for
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every example has a learner of its own
)
@given(histories, st.integers(0, 100))
def test_any_history_counts_to_the_same_three_numbers(
    course: Course, history: list[tuple[int, tuple[str, int]]], days_later: int
) -> None:
    user, now = User.objects.create_user(f"learner-{next(learners)}@example.org"), NOW
    for gap, (what, which) in history:
        now += timedelta(days=gap, minutes=1)
        act(user, what, which, now)
    today = (now + timedelta(days=days_later)).date()
    shown = overview.of(user, today=today)
    (in_course,) = shown.courses or [why.done(user, course)]
    assert in_course.done == why.done_again(user, course).done == slowly_covered(user, course)
    assert shown.shown == evidence.of(user).shown == slowly_mastered(user)
    assert abs(shown.memory.remembered - slowly_remembered(user, today)) <= 0.5 + 1e-9
    assert list(checks.differences()) == []


def test_the_rules_stand_where_the_numbers_are_explained(
    course: Course, learner: User, browser: Client
) -> None:
    progress.complete_lesson(user=learner, lesson=Lesson.objects.get(key="lesson-1"), now=NOW)
    page = browser.get("/dashboard/").content.decode()
    for address, rule in (
        (
            "/dashboard/done/two-pms/",
            "counts as done from when you completed it until you mark it as not",
        ),
        (
            "/dashboard/shown/two-pms/",
            "your last three graded answers to it, on at least two different questions",
        ),
        ("/dashboard/recalled/", "is the sum of these chances"),
    ):
        assert f'href="{address}' in page
        assert rule in browser.get(address).content.decode()

"""`manage.py check_progress` ends with status 1 for a difference planted in any of the things it counts."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from accounts.models import User
from courses.models import Course, DrillSentence, Label, Lesson, Question
from learning import drill, progress, quizzes
from learning.models import (
    Answer,
    Attempt,
    DailyActivity,
    DrillAnswer,
    Enrollment,
    LearningEvent,
    LessonProgress,
    RegradeRecord,
    ReviewCard,
    ReviewLog,
)
from learning.scheduler import Rating
from tests.factories import NOW
from tests.learning import history
from tests.learning.quiz_steps import take
from tests.learning.sentences import make_sentences
from tests.learning.test_regrade import correct, regraded
from tests.learning.test_three_counts import recall

pytestmark = pytest.mark.django_db
Kind = LearningEvent.Kind
DAY, ONE = timedelta(days=1), Decimal(1)


@pytest.fixture
def learned(course: Course, learner: User) -> User:
    """Somebody who has done one of everything, in the product's own ways."""
    make_sentences()
    lesson = Lesson.objects.select_related("live_version", "course").get(key="lesson-1")
    progress.complete_lesson(user=learner, lesson=lesson, now=NOW)
    check = Question.objects.select_related("live_version").get(key="check-1")
    words = {"response": {"choice": "moving-app"}, "sureness": "sure", "now": NOW + timedelta(minutes=5)}
    progress.answer_check(user=learner, lesson=lesson, question=check, **words)  # type: ignore[arg-type]  # of each kind
    attempt = take(learner, quizzes.get_live("two-pms", "module-1"), right=2, now=NOW + timedelta(minutes=9))
    row = attempt.questions.earliest("position")
    correct(row.question)
    regraded(row.question)
    recall(learner, Rating.Good, NOW + 9 * DAY)
    sentence = DrillSentence.objects.earliest("pk")
    drill.answer(user=learner, number=1, sentence=sentence, given=Label.BOTH, now=NOW + 9 * DAY)
    return learner


def twice(kind: Kind) -> Callable[[], object]:
    """A second row of the ledger about the same thing."""

    def plant() -> None:
        event = LearningEvent.objects.filter(kind=kind).latest("pk")
        event.pk = None
        event.save(force_insert=True)

    return plant


def another_course() -> None:
    """An enrollment of which the ledger knows nothing."""
    course = history.make_course("another")
    user = User.objects.get()
    Enrollment.objects.create(user=user, course=course, started_at=NOW, last_active_at=NOW)


def of_somebody_else() -> None:
    """A row of the ledger that points to another person's record."""
    other = User.objects.create_user("other@example.org")
    event = history.event(other, Kind.REVIEW_UNDONE, NOW, review=ReviewLog.objects.earliest("pk"))
    event.save()


def on_a_date_that_no_zone_had() -> None:
    """A row of the ledger two days off."""
    event = history.event(User.objects.get(), Kind.GUEST_MERGED, NOW)
    event.local_date = NOW.date() + 2 * DAY
    event.save()


PLANTS: dict[str, Callable[[], object]] = {
    **{
        f"{name} of a day": lambda name=name: DailyActivity.objects.update(**{name: F(name) + 1})  # type: ignore[misc]  # bound early
        for name in ("lessons", "answers", "quizzes", "reviews")
    },
    "time spent on a day": lambda: DailyActivity.objects.update(spent=F("spent") + timedelta(seconds=1)),
    "a day that is missing": lambda: DailyActivity.objects.earliest("pk").delete(),
    "a day too many": lambda: DailyActivity.objects.create(
        user=User.objects.get(), local_date=NOW.date() - DAY, lessons=1
    ),
    "lessons done": lambda: Enrollment.objects.update(lessons_done=F("lessons_done") + 1),
    "a lesson's state": lambda: LessonProgress.objects.update(undone_at=NOW),
    "an attempt's credit": lambda: Attempt.objects.update(credit=F("credit") - Decimal("0.001")),
    "an answer's credit": lambda: Answer.objects.filter(context="quiz").update(credit=Decimal("0.5")),
    "a correction": lambda: RegradeRecord.objects.update(credit_before=F("credit_before") + ONE),
    "what a correction led to": lambda: RegradeRecord.objects.update(total_after=F("total_after") + ONE),
    "a card's stability": lambda: ReviewCard.objects.update(stability=F("stability") * 1.01),
    "a card's difficulty": lambda: ReviewCard.objects.update(difficulty=F("difficulty") * 1.01),
    "when a card is due": lambda: ReviewCard.objects.update(due_on=F("due_on") + DAY),
    "when a card was last asked": lambda: ReviewCard.objects.update(last_on=F("last_on") - DAY),
    "a review's rating": lambda: ReviewLog.objects.filter(source="review").update(rating=1),
    "whether a review counts": lambda: ReviewLog.objects.filter(source="review").update(counted=False),
    "a check told twice": twice(Kind.CHECK_ANSWERED),
    "a start told twice": twice(Kind.ATTEMPT_STARTED),
    "a handing in told twice": twice(Kind.ATTEMPT_SUBMITTED),
    "a review told twice": twice(Kind.CARD_REVIEWED),
    "a drill's answer told twice": twice(Kind.DRILL_ANSWERED),
    "a correction told twice": twice(Kind.REGRADED),
    "a drill's answer that is somebody else's": lambda: DrillAnswer.objects.update(
        user=User.objects.create_user("other@example.org")
    ),
    "a course begun without a word": another_course,
    "an event of somebody else": of_somebody_else,
    "an impossible date": on_a_date_that_no_zone_had,
}


def status() -> int:
    """How `manage.py check_progress` ends."""
    try:
        call_command("check_progress", stdout=StringIO())
    except CommandError as failure:
        return failure.returncode
    return 0


def test_each_planted_difference_is_found(learned: User) -> None:
    assert status() == 0
    found = {}
    for what, plant in PLANTS.items():
        with transaction.atomic():
            plant()
            found[what] = status()
            transaction.set_rollback(True)
    assert found == dict.fromkeys(PLANTS, 1)

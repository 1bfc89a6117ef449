"""Why the three counts are what they are: the very events and answers, and each count made again from them.

A topic narrows all of it to one module of the course.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, islice

from django.db.models import F, Prefetch, Q, QuerySet, prefetch_related_objects

from accounts.models import User
from courses import outline
from courses.models import Course
from courses.outline import OutlineModule
from learning import cards, counts, evidence, goals, mastery, scheduler, state
from learning.counts import Count, CourseDone
from learning.evidence import ObjectiveShown
from learning.mastery import Graded
from learning.models import Answer, DailyActivity, LearningEvent, ReviewCard, ReviewLog

DONE_KINDS = (LearningEvent.Kind.LESSON_COMPLETED, LearningEvent.Kind.LESSON_UNDONE)
A_YEAR = 52 * goals.WEEK


def topic_of(course: Course, key: str) -> OutlineModule | None:
    """Return the module of that key in the live outline; None for a course as a whole, or an unknown key."""
    modules = outline.of(course).modules if course.live_version else ()
    return next((module for module in modules if module.key == key), None)


def done_events(user: User, course: Course, topic: OutlineModule | None = None) -> QuerySet[LearningEvent]:
    """The ledger rows behind "done" in a course, the newest first, with the lesson's title as it was then."""
    return (
        _done(user, course, topic)
        .select_related("lesson_progress__lesson")
        .annotate(title=F("version__body__title"), version_number=F("version__number"))
        .order_by("-at", "-pk")
    )


def done(user: User, course: Course, topic: OutlineModule | None = None) -> CourseDone:
    """Count what is done, as the progress page does (1 query)."""
    return _narrowed(course, set(state.of(user, course).done), topic)


def done_again(user: User, course: Course, topic: OutlineModule | None = None) -> CourseDone:
    """Count what is done again from the ledger (1 query): a lesson's last event decides."""
    last = (
        _done(user, course, topic)
        .order_by("lesson_progress__lesson_id", "-pk")
        .distinct("lesson_progress__lesson_id")
        .values_list("lesson_progress__lesson_id", "kind")
    )
    return _narrowed(
        course,
        {lesson for lesson, kind in last if kind == LearningEvent.Kind.LESSON_COMPLETED and lesson},
        topic,
    )


def _done(user: User, course: Course, topic: OutlineModule | None) -> QuerySet[LearningEvent]:
    events = user.learning_events.filter(kind__in=DONE_KINDS, lesson_progress__lesson__course=course)
    if topic is None:
        return events
    return events.filter(lesson_progress__lesson__in=[lesson.id for lesson in topic.lessons])


def _narrowed(course: Course, lessons: set[int], topic: OutlineModule | None) -> CourseDone:
    if topic is None:
        return counts.course_done(course, lessons)
    live = {lesson.id for lesson in topic.lessons}
    return CourseDone(course.key, topic.title, done=len(live & lessons), total=len(live), beyond=0)


@dataclass(frozen=True, slots=True)
class Behind:
    """An objective with the answers that decide whether it is shown, the newest first."""

    objective: ObjectiveShown
    answers: Sequence[Answer]


def shown(user: User, course: Course, topic: OutlineModule | None = None) -> list[Behind]:
    """Return the objectives of a course with the answers that count (2 queries), in order."""
    row = evidence.with_objectives(user.enrollments.select_related("course").filter(course=course))
    found = [each for each in evidence.objectives(row) if topic is None or each.module == topic.key]
    ids = [answer for each in found for answer in each.answers]
    answers = Answer.objects.select_related("attempt_question__attempt__quiz_version").in_bulk(ids)
    return [Behind(each, [answers[pk] for pk in each.answers]) for each in found]


def shown_again(user: User, objectives: Collection[int]) -> int:
    """Count again how many objectives (ids) are shown, from the quizzes that the ledger says were handed in.

    One query.
    """
    handed_in = Answer.objects.filter(
        attempt_question__attempt__events__kind=LearningEvent.Kind.ATTEMPT_SUBMITTED,
        attempt_question__attempt__events__user=user,
        question__objective__in=objectives,
        credit__isnull=False,
    )
    rows = handed_in.order_by("question__objective", "-pk").values_list(
        "question__objective", "question", "credit"
    )
    return sum(
        mastery.mastered([Graded(question, float(credit or 0)) for _, question, credit in islice(given, 3)])
        for _, given in groupby(rows, key=lambda row: row[0])
    )


@dataclass(frozen=True, slots=True)
class Met:
    """Something met: what it is, and the chance (per cent) that it is recalled on a date.

    `reviews` are those that stand, the newest first; `agrees` says whether they add up to what is stored.
    """

    card: ReviewCard
    text: str
    per_cent: int
    reviews: Sequence[ReviewLog]
    agrees: bool

    @property
    def earlier(self) -> int:
        """How many there are before the last three."""
        return max(0, len(self.reviews) - 3)


def met(user: User, course: Course | None = None, topic: OutlineModule | None = None) -> QuerySet[ReviewCard]:
    """Return the things met: of a course, of one of its topics, or all, words of the glossary included."""
    found = user.review_cards.select_related("objective__lesson", "term")
    if course:
        live = Q(objective__archived_at__isnull=True, objective__lesson__live_version__isnull=False)
        found = found.filter(live, objective__course=course)
    if topic:
        found = found.filter(objective__lesson__module__key=topic.key)
    return found.order_by(
        "objective__course", "objective__lesson__module__order", "objective__lesson__order", "pk"
    )


def recalled(found: QuerySet[ReviewCard], *, today: date) -> Count:
    """Count about how many of them would be recalled on a local date (1 query)."""
    chances = [scheduler.recall(cards.memory_of(card), on=today) for card in found]
    return Count(mastery.remembered(chances), len(chances))


def recalled_again(things: Iterable[ReviewCard], *, today: date) -> list[Met]:
    """Replay the reviews of things met (1 query more), and say what comes of it on a local date."""
    logs = ReviewLog.objects.filter(undone_at__isnull=True).order_by("pk")
    told, found = [], list(things)
    prefetch_related_objects(found, Prefetch("logs", logs))
    for card in found:
        reviews = list(card.logs.all())
        stored = cards.memory_of(card)
        told.append(
            Met(
                card,
                text=card.objective.text if card.objective else card.term.name if card.term else "",
                per_cent=int(100 * scheduler.recall(stored, on=today)),
                reviews=reviews[::-1],
                agrees=cards.replay(reviews) == stored,
            )
        )
    return told


def days(user: User, *, today: date) -> list[DailyActivity]:
    """Return the days of study of the last year, the newest first (1 query)."""
    found = DailyActivity.objects.studied().filter(user=user, local_date__gt=today - A_YEAR)
    return list(found.order_by("-local_date"))

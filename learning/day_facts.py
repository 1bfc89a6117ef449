"""What everybody did on a day (UTC), as the record has it: one fact for each person and thing."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from courses import outline, question_types
from courses.models import Misconception, Version
from learning.models import (
    Answer,
    Attempt,
    Certificate,
    DailyTotal,
    Enrollment,
    LearningEvent,
    LessonProgress,
    ReviewLog,
)

Kind = LearningEvent.Kind
Measure = DailyTotal.Measure


class What(NamedTuple):
    """What a person did, as the columns of a total name it."""

    measure: str
    course: int | None = None
    lesson: int | None = None
    quiz: int | None = None
    misconception: int | None = None
    number: int | None = None


Fact = tuple[int, What, int]
"""Whose (a user's id), what, and how much of it: 1, or points."""


def of(day: date) -> Iterator[Fact]:
    """Yield what everybody did on a day, each thing once."""
    signed_up = User.objects.filter(_within("accepted_terms_at", day), email__isnull=False)
    for user in signed_up.values_list("pk", flat=True).iterator():
        yield user, What(Measure.SIGNED_UP), 1
    yield from _firsts(day, Kind.ENROLLED, Measure.BEGAN)
    yield from _firsts(day, Kind.LESSON_COMPLETED, Measure.FIRST_LESSON)
    for user, course, lesson in _lessons(day).values_list("user_id", "course_id", "lesson_progress__lesson"):
        yield user, What(Measure.LESSON_DONE, course, lesson=lesson), 1
    yield from _finished(day)
    yield from _certified(day)
    yield from _quizzes(day)
    yield from _fallen_for(day)


def _events(day: date, kind: Kind) -> QuerySet[LearningEvent]:
    return LearningEvent.objects.filter(_within("at", day), kind=kind).order_by()


def _firsts(day: date, kind: Kind, measure: Measure) -> Iterator[Fact]:
    """Yield who did something for the first time in a course, and who for the first time at all."""
    events, start = _events(day, kind), bounds(day)[0]
    earlier = LearningEvent.objects.filter(user=OuterRef("user"), at__lt=start, kind=kind)
    in_course = events.filter(~Exists(earlier.filter(course=OuterRef("course"))))
    for user, course in in_course.values_list("user_id", "course_id").distinct().iterator():
        yield user, What(measure, course), 1
    for user in events.filter(~Exists(earlier)).values_list("user_id", flat=True).distinct().iterator():
        yield user, What(measure), 1


def _lessons(day: date) -> QuerySet[LearningEvent]:
    """Return the lessons that somebody completed for the first time, each once a person."""
    same = {"lesson_progress": OuterRef("lesson_progress"), "kind": Kind.LESSON_COMPLETED}
    earlier = LearningEvent.objects.filter(at__lt=bounds(day)[0], **same)
    return _events(day, Kind.LESSON_COMPLETED).filter(~Exists(earlier)).distinct()


def _finished(day: date) -> Iterator[Fact]:
    """Yield who has all lessons of a course done since this day, and how many days after beginning it."""
    for course in outline.live_courses():
        live = [lesson.id for lesson in outline.of(course).lessons]
        done = LessonProgress.objects.filter(
            lesson__in=live, undone_at=None, completed_at__lt=bounds(day)[1]
        ).filter(user__in=_lessons(day).filter(course=course).values("user"))
        whole = done.values("user").annotate(lessons=Count("pk")).filter(lessons=len(live)).order_by()
        for user in Enrollment.objects.filter(course=course, user__in=whole.values("user")) if live else ():
            took = (day - user.started_at.astimezone(UTC).date()).days
            yield user.user_id, What(Measure.FINISHED, course.pk), 1
            yield user.user_id, What(Measure.FINISHED), 1
            yield user.user_id, What(Measure.TOOK_DAYS, course.pk, number=max(0, took)), 1


def _certified(day: date) -> Iterator[Fact]:
    rows = Certificate.objects.filter(_within("awarded_at", day))
    earlier = Certificate.objects.filter(user=OuterRef("user"), awarded_at__lt=bounds(day)[0])
    for user, course in rows.values_list("user_id", "course_id").distinct().order_by():
        yield user, What(Measure.CERTIFIED, course), 1
    for user in rows.filter(~Exists(earlier)).values_list("user_id", flat=True).distinct().order_by():
        yield user, What(Measure.CERTIFIED), 1


def _quizzes(day: date) -> Iterator[Fact]:
    """Yield first attempts with their scores, and first passes, of the quizzes handed in on a day."""
    earlier = Attempt.objects.filter(
        user=OuterRef("user"), quiz=OuterRef("quiz"), passed=True, number__lt=OuterRef("number")
    )
    handed_in = Attempt.objects.filter(
        pk__in=_events(day, Kind.ATTEMPT_SUBMITTED).values("attempt")
    ).annotate(course=F("quiz__course_id"), passed_before=Exists(earlier))
    for attempt in handed_in.iterator():
        who, about = attempt.user_id, {"course": attempt.course, "quiz": attempt.quiz_id}
        if attempt.number == 1:
            yield who, What(Measure.QUIZ_TAKEN, **about), 1
            yield who, What(Measure.QUIZ_SCORE, **about), _per_cent(attempt)
            if attempt.passed:
                yield who, What(Measure.QUIZ_PASSED_FIRST, **about), 1
        if attempt.passed and not attempt.passed_before:
            yield who, What(Measure.QUIZ_PASSED, **about), 1


def _per_cent(attempt: Attempt) -> int:
    return int((attempt.credit or 0) * 100 / attempt.question_count) if attempt.question_count else 0


def _fallen_for(day: date) -> Iterator[Fact]:
    """Yield the mistaken ideas behind the answers of a day, each once a person and lesson that teaches it."""
    about = ("user", "version", "response", "question__course", "question__passage_lesson")
    wrong = Answer.objects.filter(credit__lt=1)
    checks = wrong.filter(pk__in=_events(day, Kind.CHECK_ANSWERED).values("answer"))
    quizzes = wrong.filter(
        attempt_question__attempt__in=_events(day, Kind.ATTEMPT_SUBMITTED).values("attempt")
    )
    reviews = ReviewLog.objects.filter(
        pk__in=_events(day, Kind.CARD_REVIEWED).values("review"), credit__lt=1, question__isnull=False
    )
    said = [
        *checks.values_list(*about),
        *quizzes.values_list(*about),
        *reviews.values_list("card__user", *about[1:]),
    ]
    behind = _Behind({version for _, version, *_ in said})
    seen: set[tuple[int, What]] = set()
    for user, version, response, course, lesson in said:
        for idea in behind.ideas(version, response):
            seen.add((user, What(Measure.MISCONCEPTION, course, lesson=lesson, misconception=idea)))
    for who, what in seen:
        yield who, what, 1


class _Behind:
    """The mistaken ideas behind answers; people answer alike, so each answer is graded once."""

    def __init__(self, versions: set[int]) -> None:
        self.versions = Version.objects.filter(kind=Version.Kind.QUESTION).in_bulk(versions)
        self.ids = dict(Misconception.objects.values_list("key", "pk"))
        self.known: dict[tuple[int, str], list[int]] = {}

    def ideas(self, version_id: int, response: Any) -> list[int]:
        """Return the ids of the misconceptions that an answer to a question's version shows."""
        key = (version_id, json.dumps(response, sort_keys=True))
        if key not in self.known:
            version = self.versions[version_id]
            kind = question_types.get(version.body["type"])
            grade = kind.grade(version.body, version.answer_key or {"choices": {}}, response)
            self.known[key] = [self.ids[idea] for idea in grade.misconceptions if idea in self.ids]
        return self.known[key]


def left_off(day: date) -> Iterator[Fact]:
    """Yield at which lesson somebody did the last thing in a course, who had not done all of its lessons."""
    lessons = {course.pk: len(outline.of(course).lessons) for course in outline.live_courses()}
    rows = Enrollment.objects.filter(_within("last_active_at", day), last_lesson__isnull=False)
    for row in rows.iterator():
        if row.lessons_done < lessons.get(row.course_id, 0):
            yield row.user_id, What(Measure.LEFT_OFF, row.course_id, lesson=row.last_lesson_id), 1


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return the instants between which a day lies, the second no longer in it."""
    start = datetime.combine(day, time.min, UTC)
    return start, start + timedelta(days=1)


def _within(field: str, day: date) -> Q:
    start, end = bounds(day)
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})

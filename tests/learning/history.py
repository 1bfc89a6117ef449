"""A live course, and a learner's history of any length, written straight into the tables."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from courses.models import Course, Lesson, Module, Objective, Question, Quiz, Version
from learning import recent_answers
from learning.models import (
    Answer,
    Attempt,
    AttemptQuestion,
    DailyActivity,
    Enrollment,
    LearningEvent,
    LessonProgress,
)

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday noon."""
Kind = LearningEvent.Kind


def publish(
    row: Course | Lesson | Question | Quiz, kind: str, body: dict[str, object], number: int = 1
) -> None:
    """Give a row a live version with this body."""
    row.live_version = Version.objects.create(
        kind=kind,
        course=row if isinstance(row, Course) else row.course,
        key=row.key,
        number=number,
        body=body,
        answer_key={} if kind == "question" else None,
        content_hash="0" * 64,
        created_at=NOW,
    )
    row.save()


def live(row: Lesson | Question | Quiz) -> Version:
    """The live version of a row that has one."""
    assert row.live_version
    return row.live_version


def make_course(key: str = "two-pms", lessons: int = 4) -> Course:
    """Make a live course of one module with so many open lessons and a quiz."""
    course = Course.objects.create(key=key, title="Product or project?", summary="Two jobs.")
    module = Module.objects.create(course=course, key="two-words", title="Two words")
    items = []
    for n in range(1, lessons + 1):
        lesson = Lesson.objects.create(
            course=course,
            module=module,
            key=f"lesson-{n}",
            order=n,
            title=f"Lesson {n}",
            body="Text.",
            open=True,
        )
        publish(lesson, "lesson", {"title": f"Lesson {n}", "minutes": 6, "open": True})
        body = {"title": lesson.title, "question": "Why?", "minutes": 6, "open": True}
        items.append({"id": lesson.pk, "key": lesson.key, **body})
    quiz = Quiz.objects.create(course=course, module=module, key=module.key, title="Quiz 1", pass_mark=70)
    publish(quiz, "quiz", {"title": "Quiz 1", "pass_mark": 70})
    in_outline = {"id": quiz.pk, "key": quiz.key, "title": quiz.title, "questions": 2, "minutes": 8}
    modules = [{"key": module.key, "title": module.title, "lessons": items, "quiz": in_outline}]
    about = {"title": course.title, "summary": course.summary, "language": "en"}
    publish(course, "outline", {**about, "modules": modules, "final": None, "certificate": False})
    return course


def event(user: User, kind: Kind, at: datetime, **points_to: object) -> LearningEvent:
    """An unsaved row of the ledger."""
    return LearningEvent(user=user, kind=kind, at=at, local_date=at.date(), time_zone="UTC", **points_to)


def enrol(user: User, course: Course, at: datetime = NOW) -> Enrollment:
    """Start the course."""
    event(user, Kind.ENROLLED, at, course=course).save()
    return Enrollment.objects.create(user=user, course=course, started_at=at, last_active_at=at)


def complete(user: User, lesson: Lesson, at: datetime = NOW) -> LessonProgress:
    """Complete a lesson, with its event and the sums."""
    progress = LessonProgress.objects.create(user=user, lesson=lesson, version=live(lesson), completed_at=at)
    event(
        user,
        Kind.LESSON_COMPLETED,
        at,
        course=lesson.course,
        version=live(lesson),
        lesson_progress=progress,
    ).save()
    count(user, at.date(), lessons=1)
    enrollment = Enrollment.objects.get(user=user, course=lesson.course)
    enrollment.lessons_done += 1
    enrollment.last_lesson, enrollment.last_active_at = lesson, at
    enrollment.save()
    return progress


def count(user: User, day: date, *, lessons: int = 0, answers: int = 0, quizzes: int = 0) -> None:
    """Add to a day's sums."""
    row, _ = DailyActivity.objects.get_or_create(user=user, local_date=day)
    row.lessons, row.answers, row.quizzes = (
        row.lessons + lessons,
        row.answers + answers,
        row.quizzes + quizzes,
    )
    row.save()


@dataclass
class Bank:
    """A question with all it hangs on."""

    question: Question

    @classmethod
    def of(cls, course: Course) -> "Bank":
        """Make one live question in the course's first lesson."""
        lesson = course.lessons.order_by("order")[0]
        objective = Objective.objects.create(course=course, lesson=lesson, key="say", text="Say it")
        question = Question.objects.create(
            course=course,
            module=lesson.module,
            objective=objective,
            key="which",
            type="single",
            passage_lesson=lesson,
            passage_heading="text",
            difficulty="easy",
            prompt="Which?",
            explanation="So.",
        )
        publish(question, "question", {"type": "single", "prompt": "Which?"})
        return cls(question)


def hand_in(
    user: User, quiz: Quiz, question: Question, number: int, at: datetime, credit: str = "1"
) -> Attempt:
    """Hand in an attempt of one question, with its events and the day's sums."""
    attempt = Attempt.objects.create(
        user=user,
        quiz=quiz,
        quiz_version=live(quiz),
        number=number,
        seed=number,
        started_at=at,
        submitted_at=at,
        credit=Decimal(credit),
        question_count=1,
        passed=Decimal(credit) >= Decimal("0.7"),
    )
    asked = AttemptQuestion.objects.create(
        attempt=attempt, position=1, question=question, version=live(question), options=[]
    )
    Answer.objects.create(
        user=user,
        context="quiz",
        question=question,
        version=live(question),
        attempt_question=asked,
        response={},
        saved_at=at,
        credit=Decimal(credit),
        recent=True,
    )
    recent_answers.keep(user_id=user.pk, questions=[question.pk])
    for kind in (Kind.ATTEMPT_STARTED, Kind.ATTEMPT_SUBMITTED):
        event(user, kind, at, course=quiz.course, version=live(quiz), attempt=attempt).save()
    count(user, at.date(), answers=1, quizzes=1)
    return attempt


def lengthen(user: User, progress: LessonProgress, events: int) -> None:
    """Add so many events to a learner's past: a lesson done and undone, day by day for years."""
    rows: list[LearningEvent] = []
    days: dict[date, DailyActivity] = {}
    for n in range(events):
        at = NOW - timedelta(days=1 + n % 1500, minutes=n % 600)
        kind = Kind.LESSON_UNDONE if n % 2 else Kind.LESSON_COMPLETED
        rows.append(
            event(
                user,
                kind,
                at,
                version=progress.version,
                lesson_progress=progress,
                course=progress.lesson.course,
            )
        )
        days.setdefault(at.date(), DailyActivity(user=user, local_date=at.date(), lessons=1))
    LearningEvent.objects.bulk_create(rows)
    DailyActivity.objects.bulk_create(days.values(), ignore_conflicts=True)

"""Where a learner stands in a course, and the verbs of a lesson."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection, transaction
from django.urls import reverse

from accounts.models import User
from courses import outline, question_types
from courses.grading import Response
from courses.models import Course, Lesson, Question, Version
from courses.outline import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from learning import activity, cards, certificates, enrollment, scheduler, state
from learning.models import Answer, Enrollment, LearningEvent, LessonProgress
from learning.state import CourseState


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next in a course: a lesson, a module's quiz or the final.

    `minutes` is what it takes. The final stands in no module: its number is None and the title empty.
    """

    kind: Literal["lesson", "quiz", "final"]
    course_key: str
    course_title: str
    module_number: int | None
    module_title: str
    key: str
    title: str
    minutes: int
    lesson_number: int | None

    @property
    def url(self) -> str:
        """The address of the lesson or of the quiz's page."""
        name = "lesson" if self.kind == "lesson" else "quiz"
        return reverse(f"learning:{name}", args=[self.course_key, self.key])


def next_step(plan: Outline, where: CourseState) -> NextStep | None:
    """Return what to do next; None when all lessons are done and all quizzes passed.

    It is the first thing not done from the lesson the learner touched last, then from the beginning. A quiz
    that was handed in but not passed does not stand in the way; it comes back when the rest is done.
    The final comes after all else.
    """
    steps: list[tuple[OutlineModule | None, OutlineLesson | OutlineQuiz]] = [
        (module, item) for module in plan.modules for item in _items(module)
    ]
    last = next((at for at, (_, item) in enumerate(steps) if _is_lesson(item, where.last_lesson_id)), 0)
    ahead = steps[last:] + steps[:last] + ([(None, plan.final)] if plan.final else [])
    for settled in (where.passed | where.tried, where.passed):
        for module, item in ahead:
            if item.id not in (where.done if isinstance(item, OutlineLesson) else settled):
                return _step(plan, module, item)
    return None


def resume(user: User) -> NextStep | None:
    """Return the next step in the course the learner was last active in and has not finished, else None."""
    return resume_many([user])[user.pk]


def resume_many(users: Iterable[User], courses: Sequence[Course] | None = None) -> dict[int, NextStep | None]:
    """Return `resume` of each user by id, in two queries; one, where the caller has the live courses."""
    ids = [user.pk for user in users]
    plans = {
        course.pk: outline.of(course) for course in (outline.live_courses() if courses is None else courses)
    }
    found: dict[int, NextStep | None] = dict.fromkeys(ids)
    rows = Enrollment.objects.filter(user_id__in=ids, course_id__in=plans.keys())
    for row in state.with_course_state(rows).order_by("user_id", "-last_active_at"):
        if found[row.user_id] is None:
            found[row.user_id] = next_step(plans[row.course_id], state.from_row(row))
    return found


@transaction.atomic
def complete_lesson(*, user: User, lesson: Lesson, now: datetime) -> LessonProgress:
    """Mark a lesson as done in its live version. Twice changes nothing; after an undo it counts anew.

    The first write in a course also enrols.
    """
    found, made = _lockable(user, now=now).get_or_create(
        user=user, lesson=lesson, defaults={"version": _live(lesson), "completed_at": now}
    )
    progress: LessonProgress = found
    if not made:
        if progress.undone_at is None:
            return progress
        progress.version, progress.completed_at, progress.undone_at = _live(lesson), now, None
        progress.save(update_fields=["version", "completed_at", "undone_at"])
    done = _move_to(lesson, user=user, done=1, now=now)
    _read(lesson, progress, user=user, again=not made and found.completed_today, now=now)
    if certificates.ends_with(lesson.course, lessons_done=done):
        certificates.award(user=user, course=lesson.course, now=now)
    return progress


@transaction.atomic
def reread_lesson(*, user: User, lesson: Lesson, now: datetime) -> bool:
    """Note that a learner has read what changed in a lesson since they completed it.

    It is then completed now, in its live version, and counts as it did before. False, and nothing changes,
    where it is not done or done in that version already.
    """
    own = _lockable(user, now=now).filter(user=user, lesson=lesson, undone_at__isnull=True)
    progress = own.exclude(version=_live(lesson)).first()
    if progress is None:
        return False
    progress.version, progress.completed_at = _live(lesson), now
    progress.save(update_fields=["version", "completed_at"])
    _move_to(lesson, user=user, done=0, now=now)
    _read(lesson, progress, user=user, again=progress.completed_today, now=now)
    return True


@transaction.atomic
def undo_lesson(*, user: User, lesson: Lesson, now: datetime) -> LessonProgress | None:
    """Mark a lesson as not done. Returns None when it was not done. The study day it made stays."""
    progress = (
        LessonProgress.objects.select_for_update(of=("self",))
        .select_related("version")
        .filter(user=user, lesson=lesson, undone_at__isnull=True)
        .first()
    )
    if progress is None:
        return None
    progress.undone_at = now
    progress.save(update_fields=["undone_at"])
    _move_to(lesson, user=user, done=-1, now=now)
    activity.record(
        user=user,
        kind=LearningEvent.Kind.LESSON_UNDONE,
        now=now,
        course=lesson.course,
        version=progress.version,
        lesson_progress=progress,
    )
    return progress


@transaction.atomic
def answer_check(
    *, user: User, lesson: Lesson, question: Question, response: Response, sureness: str, now: datetime
) -> Answer:
    """Grade and keep the learner's first answer to a lesson's check; later ones are not looked at.

    Returns the first answer. `sureness` is one of `Answer.Sureness` or empty.
    """
    version = question.live_version
    if version is None:
        raise Question.DoesNotExist
    grade = question_types.get(version.body["type"]).grade(version.body, version.answer_key or {}, response)
    answer, made = Answer.objects.get_or_create(
        user=user,
        question=question,
        context=Answer.Context.CHECK,
        defaults={
            "version": version,
            "response": response,
            "sureness": sureness,
            "saved_at": now,
            "credit": grade.credit,
        },
    )
    if made:
        _move_to(lesson, user=user, done=0, now=now)
        activity.record(
            user=user,
            kind=LearningEvent.Kind.CHECK_ANSWERED,
            now=now,
            course=lesson.course,
            version=version,
            answer=answer,
        )
        cards.write(user=user, recalled=[_recalled(answer, question.objective_id, grade.credit)], now=now)
    return answer


def _lockable(user: User, *, now: datetime) -> Any:
    """Rows to lock, with `completed_today`: whether the lesson was completed on the learner's local date."""
    today = now.astimezone(user.zone).date()
    return LessonProgress.objects.select_for_update(of=("self",)).annotate(
        completed_today=activity.completed_on(today)
    )


def _read(lesson: Lesson, progress: LessonProgress, *, user: User, again: bool, now: datetime) -> None:
    """Write to the ledger that a lesson was completed, and begin cards for what it teaches."""
    activity.record(
        user=user,
        kind=LearningEvent.Kind.LESSON_COMPLETED,
        now=now,
        course=lesson.course,
        version=progress.version,
        lesson_progress=progress,
        again=again,
    )
    cards.meet_lesson(user=user, version=progress.version, now=now)


def _recalled(answer: Answer, objective_id: int, credit: float) -> cards.Recalled:
    return cards.Recalled(
        cards.Source.CHECK,
        scheduler.rating_of(credit, answer.sureness),
        objective_id=objective_id,
        question_id=answer.question_id,
        version_id=answer.version_id,
        sureness=answer.sureness,
        credit=credit,
    )


def _live(lesson: Lesson) -> Version:
    if lesson.live_version is None:
        raise Lesson.DoesNotExist
    return lesson.live_version


def _move_to(lesson: Lesson, *, user: User, done: int, now: datetime) -> int:
    """Note where the learner is now; count so many lessons more (or fewer), and return how many are done."""
    place = {"lesson": lesson.pk, "now": now, "done": done, "user": user.pk, "course": lesson.course_id}
    if (counted := _count(place)) is None:
        enrollment.enrol(user=user, course=lesson.course, now=now)
        counted = _count(place)
    return counted or 0


def _count(place: dict[str, Any]) -> int | None:
    # Raw, because the ORM cannot return what an update made of a row, and asking again would be a query more.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE learning_enrollment
            SET last_lesson_id = %(lesson)s, last_active_at = %(now)s, lessons_done = lessons_done + %(done)s
            WHERE user_id = %(user)s AND course_id = %(course)s RETURNING lessons_done
            """,
            place,
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _items(module: OutlineModule) -> Sequence[OutlineLesson | OutlineQuiz]:
    return [*module.lessons, module.quiz] if module.quiz else module.lessons


def _is_lesson(item: OutlineLesson | OutlineQuiz, lesson_id: int | None) -> bool:
    return isinstance(item, OutlineLesson) and item.id == lesson_id


def _step(plan: Outline, module: OutlineModule | None, item: OutlineLesson | OutlineQuiz) -> NextStep:
    return NextStep(
        kind="lesson" if isinstance(item, OutlineLesson) else "quiz" if module else "final",
        course_key=plan.course_key,
        course_title=plan.title,
        module_number=module.number if module else None,
        module_title=module.title if module else "",
        key=item.key,
        title=item.title,
        minutes=item.minutes,
        lesson_number=item.number if isinstance(item, OutlineLesson) else None,
    )

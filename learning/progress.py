"""Where a learner stands in a course, and the verbs of a lesson."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse

from accounts.models import User
from courses import outline
from courses.models import Course
from courses.outline import Outline, OutlineLesson, OutlineModule, OutlineQuiz
from learning import state
from learning.models import Enrollment
from learning.state import CourseState


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next in a course: a lesson or a module's quiz. `minutes` is what it takes."""

    kind: Literal["lesson", "quiz"]
    course_key: str
    course_title: str
    module_number: int
    module_title: str
    key: str
    title: str
    minutes: int
    lesson_number: int | None

    @property
    def url(self) -> str:
        """The address of the lesson or of the quiz's page."""
        return reverse(f"learning:{self.kind}", args=[self.course_key, self.key])


def next_step(plan: Outline, where: CourseState) -> NextStep | None:
    """Return what to do next; None when all lessons are done and all quizzes passed.

    It is the first thing not done from the lesson the learner touched last, then from the beginning. A quiz that
    was handed in but not passed does not stand in the way; it comes back when the rest is done.
    """
    steps = [(module, item) for module in plan.modules for item in _items(module)]
    last = next((at for at, (_, item) in enumerate(steps) if _is_lesson(item, where.last_lesson_id)), 0)
    ahead = steps[last:] + steps[:last]
    for settled in (where.passed | where.tried, where.passed):
        for module, item in ahead:
            if item.id not in (where.done if isinstance(item, OutlineLesson) else settled):
                return _step(plan, module, item)
    return None


def resume(user: User) -> NextStep | None:
    """Return the next step in the course the learner was last active in and has not finished, else None."""
    return resume_many([user])[user.pk]


def resume_many(users: Iterable[User], courses: Sequence[Course] | None = None) -> dict[int, NextStep | None]:
    """Return `resume` of each user by id, in two queries (one, where the caller already has the live courses)."""
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


def _items(module: OutlineModule) -> Sequence[OutlineLesson | OutlineQuiz]:
    return [*module.lessons, module.quiz] if module.quiz else module.lessons


def _is_lesson(item: OutlineLesson | OutlineQuiz, lesson_id: int | None) -> bool:
    return isinstance(item, OutlineLesson) and item.id == lesson_id


def _step(plan: Outline, module: OutlineModule, item: OutlineLesson | OutlineQuiz) -> NextStep:
    is_lesson = isinstance(item, OutlineLesson)
    return NextStep(
        kind="lesson" if is_lesson else "quiz",
        course_key=plan.course_key,
        course_title=plan.title,
        module_number=module.number,
        module_title=module.title,
        key=item.key,
        title=item.title,
        minutes=item.minutes,
        lesson_number=item.number if isinstance(item, OutlineLesson) else None,
    )

"""The numbers of the progress page, in a fixed number of queries: the same after a week and after a decade.

`of` reads what the page shows; `done_events` and `recount` are its "Why?": the very events behind a number,
and the number counted again from them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.models import User
from courses import outline
from courses.models import Course
from learning import drill, evidence, goals, progress, review, state
from learning.confusions import Table
from learning.models import DailyActivity, LearningEvent, WeekGoal
from learning.progress import NextStep
from learning.state import CourseState

CALENDAR_WEEKS = 26
SCORES_SHOWN = 8


@dataclass(frozen=True)
class CourseDone:
    """How much of a course is done: lessons of the live outline, completed and not undone.

    `beyond` counts completed lessons that the course no longer has; a course that is no longer offered has no
    lessons, and all that was done in it is beyond.
    """

    key: str
    title: str
    done: int
    total: int
    beyond: int


@dataclass(frozen=True)
class Day:
    """What a learner did on one local date."""

    date: date
    lessons: int = 0
    answers: int = 0
    quizzes: int = 0
    reviews: int = 0

    @property
    def amount(self) -> int:
        """All of it together; 0 means that the learner did not study."""
        return self.lessons + self.answers + self.quizzes + self.reviews


@dataclass(frozen=True)
class Score:
    """One quiz handed in. `credit` of `questions` points; `pass_mark` in per cent."""

    attempt_id: str
    title: str
    number: int
    submitted_at: datetime
    credit: Decimal
    questions: int
    pass_mark: int
    passed: bool

    @property
    def per_cent(self) -> int:
        """The share of the credit, 0 to 100, rounded down so that nobody seems to have passed who has not."""
        return int(self.credit * 100 / self.questions) if self.questions else 0


@dataclass(frozen=True)
class FinishedModule:
    """A module of which every lesson is done. `number` counts from 1, `of` is how many modules there are."""

    course_key: str
    key: str
    title: str
    number: int
    of: int


@dataclass(frozen=True)
class Overview:
    """All numbers of one learner's progress page. `days` are those with activity, the oldest first.

    `next_step` is None when nothing is begun or all that was begun is finished; `left_in_module` counts the
    lessons to do in its module; `unfinished` says that it is a quiz whose answers so far are kept. `shown` of
    `objectives` are shown in graded answers (learning.mastery says when); `memory` is what was met; `apart`
    is what the drill shows; `beside` what was asked for with the same query.
    """

    courses: list[CourseDone]
    next_step: NextStep | None
    left_in_module: int
    unfinished: bool
    week: goals.Week
    days: list[Day]
    scores: list[Score]
    shown: int
    objectives: int
    memory: review.Standing
    apart: Table
    beside: list[Any]
    finished: list[FinishedModule]


def of(user: User, *, today: date, beside: Sequence[ArraySubquery] = ()) -> Overview:
    """Read a learner's numbers (4 queries). `today` is the learner's local date.

    `beside` are subqueries of a query of users, for what another room has on the same page.
    """
    enrollments = user.enrollments.select_related("course__live_version").order_by("-last_active_at")
    found = list(evidence.with_objectives(state.with_course_state(enrollments)))
    rows = [(row.course, state.from_row(row)) for row in found]
    objectives = evidence.objectives(found)
    step, left, unfinished = where_to_go_on(rows)
    days, set_goals, apart, found_beside = looking_back(user, today=today, beside=beside)
    return Overview(
        courses=[course_done(course, set(where.done)) for course, where in rows],
        next_step=step,
        left_in_module=left,
        unfinished=unfinished,
        week=goals.week_of(today, study_days=[day.date for day in days], goals=set_goals),
        days=days,
        scores=latest_scores(user),
        shown=sum(each.shown for each in objectives),
        objectives=len(objectives),
        memory=review.standing(user, today=today),
        apart=apart,
        beside=found_beside,
        finished=list(finished_modules(rows)),
    )


def finished_modules(rows: list[tuple[Course, CourseState]]) -> Iterator[FinishedModule]:
    """Yield the modules of live courses whose lessons are all done, in their order."""
    for course, where in rows:
        modules = outline.of(course).modules if course.live_version else ()
        for module in modules:
            if all(lesson.id in where.done for lesson in module.lessons):
                yield FinishedModule(course.key, module.key, module.title, module.number, len(modules))


def where_to_go_on(rows: list[tuple[Course, CourseState]]) -> tuple[NextStep | None, int, bool]:
    """Next step in the course last studied and not finished, lessons left in its module, is its quiz open."""
    for course, where in rows:
        if course.live_version is None:
            continue
        plan = outline.of(course)
        if step := progress.next_step(plan, where):
            if step.kind != "lesson":
                quiz, _ = plan.quiz(step.key)
                return step, 0, quiz.id in where.open_attempts
            module = plan.module_of(step.key)
            return step, sum(lesson.id not in where.done for lesson in module.lessons), False
    return None, 0, False


def looking_back(
    user: User, *, today: date, beside: Sequence[ArraySubquery] = ()
) -> tuple[list[Day], dict[date, int], Table, list[Any]]:
    """Days with activity, the oldest first, goals by Monday, what is told apart, and `beside` (1 query)."""
    since = goals.monday_of(today) - goals.ROW_LIMIT * goals.WEEK
    days = DailyActivity.objects.filter(user=OuterRef("pk"), local_date__gte=since).order_by("local_date")
    counts = JSONObject(
        date="local_date", lessons="lessons", answers="answers", quizzes="quizzes", reviews="reviews"
    )
    set_goals = WeekGoal.objects.filter(user=OuterRef("pk")).order_by("-from_monday")
    ((day_rows, goal_rows, apart, *others),) = User.objects.filter(pk=user.pk).values_list(
        ArraySubquery(days.values(one=counts)),
        ArraySubquery(
            set_goals.values(one=JSONObject(monday="from_monday", days="days"))[: goals.ROW_LIMIT + 1]
        ),
        ArraySubquery(
            drill.counts(user).values(one=JSONObject(expected="expected", given="given", count=Count("pk")))
        ),
        *beside,
    )
    found = [Day(**{**row, "date": date.fromisoformat(row["date"])}) for row in day_rows]
    by_monday = {date.fromisoformat(row["monday"]): row["days"] for row in goal_rows}
    return [day for day in found if day.amount], by_monday, drill.table(apart), others


def course_done(course: Course, done: set[int]) -> CourseDone:
    """Count the done lessons (ids) of a course against its live outline."""
    if course.live_version is None:
        return CourseDone(key=course.key, title=course.title, done=0, total=0, beyond=len(done))
    found = outline.of(course)
    live = {lesson.id for lesson in found.lessons}
    return CourseDone(
        key=course.key,
        title=found.title,
        done=len(done & live),
        total=len(live),
        beyond=len(done - live),
    )


def of_course(user: User, course: Course) -> CourseDone:
    """Count what is done in one course, as the progress page does (1 query)."""
    return course_done(course, set(state.of(user, course).done))


def latest_scores(user: User) -> list[Score]:
    """The quizzes handed in last, the oldest of them first (1 query)."""
    rows = (
        user.attempts.filter(submitted_at__isnull=False)
        .order_by("-submitted_at")
        .annotate(
            title=F("quiz_version__body__title"),
            pass_mark=F("quiz_version__body__pass_mark"),
        )
        .values_list(
            "id", "title", "number", "submitted_at", "credit", "question_count", "pass_mark", "passed"
        )[:SCORES_SHOWN]
    )
    return [Score(str(attempt_id), *rest) for attempt_id, *rest in reversed(rows)]


def calendar(days: Iterable[Day], *, today: date) -> list[list[Day]]:
    """Weeks of seven days, Monday first, from the first study day on: at least 4, at most CALENDAR_WEEKS.

    Days without activity are there with zeros. The last week ends with `today`, or with a later study day
    of a learner who has travelled west.
    """
    by_date = {day.date: day for day in days}
    end = max([today, *by_date])
    last_monday = goals.monday_of(end)
    first = goals.monday_of(min(by_date, default=end))
    weeks = min(CALENDAR_WEEKS, max(4, (last_monday - first).days // 7 + 1))
    begin = last_monday - (weeks - 1) * goals.WEEK
    dates = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    shown = [by_date.get(day, Day(day)) for day in dates]
    return [shown[n : n + 7] for n in range(0, len(shown), 7)]


DONE_KINDS = (LearningEvent.Kind.LESSON_COMPLETED, LearningEvent.Kind.LESSON_UNDONE)


def done_events(user: User, course: Course) -> "QuerySet[LearningEvent]":
    """The ledger rows behind "done" in a course, the newest first, with the lesson's title as it was then."""
    return (
        user.learning_events.filter(kind__in=DONE_KINDS, lesson_progress__lesson__course=course)
        .select_related("lesson_progress__lesson")
        .annotate(title=F("version__body__title"), version_number=F("version__number"))
        .order_by("-at", "-pk")
    )


def recount(user: User, course: Course) -> CourseDone:
    """Count what is done in a course again from the ledger (1 query): a lesson's last event decides."""
    last = (
        user.learning_events.filter(kind__in=DONE_KINDS, lesson_progress__lesson__course=course)
        .order_by("lesson_progress__lesson_id", "-at", "-pk")
        .distinct("lesson_progress__lesson_id")
        .values_list("lesson_progress__lesson_id", "kind")
    )
    return course_done(
        course, {lesson for lesson, kind in last if kind == LearningEvent.Kind.LESSON_COMPLETED and lesson}
    )

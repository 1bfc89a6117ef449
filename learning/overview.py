"""The numbers of the progress page, in a fixed number of queries: the same after a week and after a decade.

`of` reads what the page shows; learning.why has the events and answers behind each number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.expressions import Combinable

from accounts.models import User
from courses import outline
from courses.models import Course
from learning import counts, evidence, goals, looking_back, pace, progress, review, state
from learning.confusions import Table
from learning.counts import ChangedLesson, CourseDone, CourseStanding
from learning.looking_back import Day, Score
from learning.pace import Pace
from learning.progress import NextStep
from learning.state import CourseState, Earned

CALENDAR_WEEKS = 26
CHANGES_SHOWN = 5
FOUR_WEEKS = timedelta(weeks=4)


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
    lessons to do in its module; `unfinished` says that it is a quiz whose answers so far are kept. `memory`
    is what was met; `apart` is what the drill shows; `pace` says when all that was begun will be done;
    `corrected_at` when a quiz was last graded again; `beside` what was asked for with the same query;
    `certificates` those that there is something to say of, with the titles of their courses.
    """

    standings: list[CourseStanding]
    next_step: NextStep | None
    left_in_module: int
    unfinished: bool
    week: goals.Week
    days: list[Day]
    scores: list[Score]
    memory: review.Standing
    apart: Table
    pace: Pace | None
    corrected_at: datetime | None
    beside: list[Any]
    finished: list[FinishedModule]
    certificates: list[tuple[str, Earned]]

    @property
    def courses(self) -> list[CourseDone]:
        """What is done in each course that was begun, the one last worked on first."""
        return [each.covered for each in self.standings]

    @property
    def changed(self) -> list[ChangedLesson]:
        """Lessons done that have changed since, at most CHANGES_SHOWN."""
        return self._changed[:CHANGES_SHOWN]

    @property
    def more_changed(self) -> int:
        """How many more there are."""
        return len(self._changed[CHANGES_SHOWN:])

    @property
    def _changed(self) -> list[ChangedLesson]:
        return [lesson for each in self.standings for lesson in each.changed]

    @property
    def shown(self) -> int:
        """How many objectives are shown in graded answers (learning.mastery says when)."""
        return sum(each.shown.got for each in self.standings)

    @property
    def objectives(self) -> int:
        """How many objectives there are to show."""
        return sum(each.shown.of for each in self.standings)


def of(user: User, *, today: date, beside: Sequence[Combinable] = ()) -> Overview:
    """Read a learner's numbers (3 queries). `today` is the learner's local date.

    `beside` are subqueries of a query of users, for what another room has on the same page.
    """
    enrollments = user.enrollments.select_related("course__live_version").order_by("-last_active_at")
    enrollments = state.with_changed_lessons(evidence.with_objectives(enrollments))
    found: list[Any] = list(state.with_course_state(enrollments))
    rows = [(row.course, state.from_row(row)) for row in found]
    step, left, unfinished = where_to_go_on(rows)
    past = looking_back.of(user, today=today, beside=beside)
    memory = review.standing(user, today=today)
    chances = counts.recalls(memory.cards, today=today)
    standings = [
        counts.standing(
            row.course, where, row.changed, objectives=evidence.objectives([row]), recalls=chances
        )
        for row, (_, where) in zip(found, rows, strict=True)
    ]
    to_do = sum(each.left for each in standings)
    return Overview(
        standings=standings,
        next_step=step,
        left_in_module=left,
        unfinished=unfinished,
        week=goals.week_of(today, study_days=[day.date for day in past.days], goals=past.goals),
        days=past.days,
        scores=past.scores,
        memory=memory,
        apart=past.apart,
        pace=pace.forecast(lessons_a_week(past.days, today=today), left=to_do, today=today),
        corrected_at=past.corrected_at,
        beside=past.beside,
        finished=list(finished_modules(rows)),
        certificates=list(certificates_to_tell_of(rows, today=today)),
    )


def certificates_to_tell_of(
    rows: list[tuple[Course, CourseState]], *, today: date
) -> Iterator[tuple[str, Earned]]:
    """Yield the certificates that have no name yet, and those earned or withdrawn in the last four weeks."""
    for course, where in rows:
        if earned := where.certificate:
            lately = (earned.withdrawn_at or earned.at).date() > today - FOUR_WEEKS
            if lately or not (earned.issued or earned.withdrawn_at):
                yield course.title, earned


@dataclass(frozen=True, slots=True)
class Lately:
    """The last four weeks, and the four before: days of study. `minutes` is how long the last four were."""

    days: int
    before: int
    minutes: int

    @property
    def hours(self) -> int:
        """The whole hours of it."""
        return self.minutes // 60

    @property
    def odd_minutes(self) -> int:
        """The minutes beside the whole hours."""
        return self.minutes % 60


def lately(days: Iterable[Day], *, today: date) -> Lately:
    """Compare a learner with their own past, and with nothing else."""
    last = [day for day in days if day.date > today - FOUR_WEEKS]
    before = [day for day in days if today - 2 * FOUR_WEEKS < day.date <= today - FOUR_WEEKS]
    return Lately(len(last), len(before), sum(day.seconds for day in last) // 60)


def lessons_a_week(days: Sequence[Day], *, today: date) -> list[int]:
    """Return the lessons done in each full week from that of the first study day on, the oldest first.

    `days` are in order; the current week is not full.
    """
    if not days:
        return []
    first, this = goals.monday_of(days[0].date), goals.monday_of(today)
    weeks = [0] * max(0, (this - first).days // 7)
    for day in days:
        at = (day.date - first).days // 7
        if at < len(weeks):
            weeks[at] += day.lessons
    return weeks


FINISHED = """
    SELECT max(first) FROM (
        SELECT completed.first FROM learning_lessonprogress AS done
        CROSS JOIN LATERAL (
            SELECT min(event.local_date) AS first FROM learning_learningevent AS event
            WHERE event.lesson_progress_id = done.id AND event.kind = 'lesson_completed'
        ) AS completed
        WHERE done.user_id = %(user)s AND done.undone_at IS NULL
        UNION ALL
        SELECT (passed.submitted_at AT TIME ZONE %(zone)s)::date
        FROM learning_enrollment AS begun JOIN courses_quiz AS quiz ON quiz.course_id = begun.course_id
        CROSS JOIN LATERAL (
            SELECT attempt.submitted_at FROM learning_attempt AS attempt
            WHERE attempt.user_id = %(user)s AND attempt.quiz_id = quiz.id AND attempt.passed
            ORDER BY attempt.number LIMIT 1
        ) AS passed
        WHERE begun.user_id = %(user)s
    ) AS each
"""


def finished_on(user: User) -> date | None:
    """Return the local date on which a learner finished all that they began, for one who has (1 query).

    It is when the last lesson was first completed, or the last quiz first passed: reading a changed lesson
    again, and passing again, move nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINISHED, {"user": user.pk, "zone": user.zone.key})
        found: tuple[date | None] = cursor.fetchone()
    return found[0]


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

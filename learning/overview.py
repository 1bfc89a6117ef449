"""The numbers of the progress page, the same way after a week and after a decade.

learning.gathering has the facts, learning.why the events and answers behind each number.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import User
from courses import outline
from courses.outline import LiveCourse
from learning import counts, evidence, gathering, goals, looking_back, pace, progress, review, state
from learning.confusions import Table
from learning.counts import Begun, ChangedLesson, CourseDone, CourseStanding
from learning.gathering import Facts
from learning.looking_back import Day, Outcome, Score
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
    is what was met; `apart` is what the drill shows; `outcomes` what became of reports; `pace` says when all
    that was begun will be done; `finished_on` on which local date it was; `certificates` those that there is
    something to say of, with the titles of their courses.
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
    outcomes: list[Outcome]
    pace: Pace | None
    finished_on: date | None
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


def of(user: User, *, today: date) -> Overview:
    """Read a learner's numbers (1 query, 2 where an outline is not kept yet). `today` is their local date."""
    return read(gathering.of(user, today=today), today=today)


def read(facts: Facts, *, today: date) -> Overview:
    """Put a learner's numbers together for the local date on which the facts were gathered."""
    found: list[Any] = json.loads(facts.courses)
    lives = [LiveCourse(pk, key, version, digest) for pk, key, _, version, digest, *_ in found if version]
    plans = outline.of_many(lives)
    rows = [
        (Begun(key, title, plans.get(pk)), state.read(where, last_lesson, changed))
        for pk, key, title, _, _, last_lesson, where, changed, _ in found
    ]
    step, left, unfinished = where_to_go_on(rows)
    days = looking_back.days(facts.past["days"])
    memory = review.read(facts.cards, facts.plan, ((day.date, day.reviews) for day in days), today=today)
    chances = memory.recalls
    standings = [
        counts.standing(
            course, where, row[7], objectives=evidence.read(course.title, row[8]), recalls=chances
        )
        for row, (course, where) in zip(found, rows, strict=True)
    ]
    to_do = sum(each.left for each in standings)
    return Overview(
        standings=standings,
        next_step=step,
        left_in_module=left,
        unfinished=unfinished,
        week=goals.week_of(
            today, study_days=[day.date for day in days], goals=looking_back.week_goals(facts.past["goals"])
        ),
        days=days,
        scores=looking_back.scores(facts.past["scores"]),
        memory=memory,
        apart=looking_back.apart(facts.past["apart"]),
        outcomes=looking_back.outcomes(facts.past["outcomes"], today=today),
        pace=pace.forecast(lessons_a_week(days, today=today), left=to_do, today=today),
        finished_on=None if step else facts.finished_on,
        finished=list(finished_modules(rows)),
        certificates=list(certificates_to_tell_of(rows, today=today)),
    )


def certificates_to_tell_of(
    rows: list[tuple[Begun, CourseState]], *, today: date
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


def finished_modules(rows: list[tuple[Begun, CourseState]]) -> Iterator[FinishedModule]:
    """Yield the modules of live courses whose lessons are all done, in their order."""
    for course, where in rows:
        modules = course.plan.modules if course.plan else ()
        for module in modules:
            if all(lesson.id in where.done for lesson in module.lessons):
                yield FinishedModule(course.key, module.key, module.title, module.number, len(modules))


def where_to_go_on(rows: list[tuple[Begun, CourseState]]) -> tuple[NextStep | None, int, bool]:
    """Next step in the course last studied and not finished, lessons left in its module, is its quiz open."""
    for course, where in rows:
        plan = course.plan
        if plan is None:
            continue
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

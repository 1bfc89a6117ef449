"""A learner's past as the progress page shows it: days, week goals, the drill, the last scores."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from learning import drill, goals, reports
from learning.confusions import Table

SCORES_SHOWN = 8
OUTCOMES_SHOWN = 3
TOLD_FOR = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Day:
    """What a learner did on one local date. `seconds` is how long, breaks left out; see activity.BREAK."""

    date: date
    lessons: int = 0
    answers: int = 0
    quizzes: int = 0
    reviews: int = 0
    seconds: int = 0

    @property
    def amount(self) -> int:
        """All that was done; 0 means that the learner did not study."""
        return self.lessons + self.answers + self.quizzes + self.reviews

    @property
    def minutes(self) -> int:
        """The time spent in whole minutes."""
        return self.seconds // 60


@dataclass(frozen=True, slots=True)
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
    def points(self) -> str:
        """The credit without needless zeros: 6, 5.5. Rounded down, as the share is."""
        return f"{self.credit.quantize(Decimal('0.1'), rounding=ROUND_DOWN).normalize():f}"

    @property
    def per_cent(self) -> int:
        """The share of the credit, 0 to 100, rounded down so that nobody seems to have passed who has not."""
        return int(self.credit * 100 / self.questions) if self.questions else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of something that the learner reported."""

    title: str
    said: str
    """What became of it, in a sentence."""

    reply: str


def days(found: str) -> list[Day]:
    """Read what DAYS found: the days with study, the oldest first."""
    numbers = iter(json.loads(found))
    read = (Day(date.fromordinal(on), *rest) for on, *rest in zip(*[numbers] * DAY_NUMBERS, strict=True))
    return [day for day in read if day.amount]


def week_goals(found: str) -> dict[date, int]:
    """Read what GOALS found: study days a week, by the Monday from which on they hold."""
    return {date.fromisoformat(monday): number for monday, number in json.loads(found)}


def apart(found: str) -> Table:
    """Read what APART found: how the last sentences of the drill were answered."""
    return Table.of({(expected, given): count for expected, given, count in json.loads(found)})


def scores(found: str) -> list[Score]:
    """Read what SCORES found: the last quizzes handed in, the oldest first."""
    return [_score(*row) for row in reversed(json.loads(found))]


def _score(attempt_id: str, title: str, number: int, submitted_at: str, credit: str, *rest: Any) -> Score:
    return Score(attempt_id, title, number, datetime.fromisoformat(submitted_at), Decimal(credit), *rest)


def outcomes(found: str, *, today: date) -> list[Outcome]:
    """Read what OUTCOMES found: what became of reports in the last four weeks, the newest first."""
    read = ((datetime.fromisoformat(at).date(), *rest) for at, *rest in json.loads(found))
    return [
        Outcome(title or "", reports.outcome(state, number), reply)
        for on, title, state, number, reply in read
        if on > today - TOLD_FOR
    ]


def first_day(today: date) -> date:
    """Return the first local date that a page looks back to."""
    return goals.monday_of(today) - goals.ROW_LIMIT * goals.WEEK


# Raw, because Django needs longer to put these together than PostgreSQL to answer them. Each is for a row of
# User, gives JSON, and is bounded: by a date, or by how many of the latest rows an index leads to. The
# learner's local date is %(today)s, the first that a page looks back to %(since)s.
DAYS = """
    SELECT concat('[', string_agg(concat_ws(
        ',', local_date - '0001-01-01'::date + 1, lessons, answers, quizzes, reviews,
        EXTRACT(EPOCH FROM spent)::int
    ), ',' ORDER BY local_date), ']')
    FROM learning_dailyactivity WHERE user_id = accounts_user.id AND local_date >= %(since)s
"""
DAY_NUMBERS = 6
"""All days are one list, so many numbers a day, the first that of the date: a year of it is long."""
GOALS = f"""
    SELECT COALESCE(
        json_agg(json_build_array(goal.from_monday, goal.days) ORDER BY goal.from_monday), '[]'::json
    )::text FROM (
        SELECT from_monday, days FROM learning_weekgoal WHERE user_id = accounts_user.id
        ORDER BY from_monday DESC LIMIT {goals.ROW_LIMIT + 1}
    ) AS goal
"""  # noqa: S608 - all of it is above
APART = f"""
    SELECT COALESCE(json_agg(
        json_build_array(counted.expected, counted.given, counted.count) ORDER BY expected, given
    ), '[]'::json)::text FROM (
        SELECT latest.expected, latest.given, count(*) FROM (
            SELECT expected, given FROM learning_drillanswer WHERE user_id = accounts_user.id
            ORDER BY number DESC LIMIT {drill.LATEST}
        ) AS latest GROUP BY latest.expected, latest.given
    ) AS counted
"""  # noqa: S608 - all of it is above
SCORES = f"""
    SELECT COALESCE(json_agg(json_build_array(
        latest.id, version.body -> 'title', latest.number, latest.submitted_at, latest.credit::text,
        latest.question_count, version.body -> 'pass_mark', latest.passed
    ) ORDER BY latest.submitted_at DESC), '[]'::json)::text FROM (
        SELECT * FROM learning_attempt WHERE user_id = accounts_user.id AND submitted_at IS NOT NULL
        ORDER BY submitted_at DESC LIMIT {SCORES_SHOWN}
    ) AS latest JOIN courses_version AS version ON version.id = latest.quiz_version_id
"""  # noqa: S608 - all of it is above
CORRECTED = """
    SELECT max(at) FROM learning_learningevent WHERE user_id = accounts_user.id AND kind = 'regraded'
"""
"""When a quiz of a row of User was last graded again; no JSON."""
OUTCOMES = f"""
    SELECT COALESCE(json_agg(json_build_array(
        latest.decided_at,
        COALESCE(
            seen.body ->> 'title', seen.body ->> 'statement', seen.body ->> 'prompt', seen.body ->> 'name',
            (SELECT text FROM courses_drillsentence WHERE id = latest.sentence_id)
        ),
        latest.state, mended.number, latest.reply
    ) ORDER BY latest.decided_at DESC), '[]'::json)::text FROM (
        SELECT * FROM learning_contentreport
        WHERE user_id = accounts_user.id AND decided_at IS NOT NULL AND state IN ('fixed', 'answered')
        ORDER BY decided_at DESC LIMIT {OUTCOMES_SHOWN}
    ) AS latest
    LEFT JOIN courses_version AS seen ON seen.id = latest.version_id
    LEFT JOIN courses_version AS mended ON mended.id = latest.fixed_in_id
"""  # noqa: S608 - all of it is above
PAST = {"days": DAYS, "goals": GOALS, "apart": APART, "scores": SCORES, "outcomes": OUTCOMES}
"""By the names under which learning.overview reads them."""

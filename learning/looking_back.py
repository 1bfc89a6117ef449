"""A learner's past as the progress page shows it: days, week goals, the drill, the last scores. One query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import DateTimeField, JSONField
from django.db.models.expressions import Combinable, RawSQL

from accounts.models import User
from learning import drill, goals
from learning.confusions import Table

SCORES_SHOWN = 8


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
class Past:
    """`days` with study, the oldest first; `goals` by Monday; `scores` the oldest first.

    `corrected_at` is when a quiz was last graded again; `beside` is what was asked for besides.
    """

    days: list[Day]
    goals: dict[date, int]
    apart: Table
    scores: list[Score]
    corrected_at: datetime | None
    beside: list[Any]


def of(user: User, *, today: date, beside: Sequence[Combinable] = ()) -> Past:
    """Read a learner's past up to their local date (1 query). Its cost does not grow with the years.

    `beside` are expressions for a query of users: what another room has on the same page.
    """
    since = goals.monday_of(today) - goals.ROW_LIMIT * goals.WEEK
    found = User.objects.filter(pk=user.pk).values_list(
        RawSQL(DAYS, [since], JSONField()),  # noqa: S611 - all of it is below
        RawSQL(GOALS, [goals.ROW_LIMIT + 1], JSONField()),  # noqa: S611 - all of it is below
        RawSQL(APART, [drill.LATEST], JSONField()),  # noqa: S611 - all of it is below
        RawSQL(SCORES, [SCORES_SHOWN], JSONField()),  # noqa: S611 - all of it is below
        RawSQL(CORRECTED, [], DateTimeField()),  # noqa: S611 - all of it is below
        *beside,
    )
    days, set_goals, apart, scores, corrected_at, *others = found.get()
    return Past(
        days=[day for day in (Day(date.fromisoformat(on), *rest) for on, *rest in days) if day.amount],
        goals={date.fromisoformat(monday): number for monday, number in set_goals},
        apart=Table.of({(expected, given): count for expected, given, count in apart}),
        scores=[_score(*row) for row in reversed(scores)],
        corrected_at=corrected_at,
        beside=others,
    )


def _score(attempt_id: str, title: str, number: int, submitted_at: str, credit: str, *rest: Any) -> Score:
    return Score(attempt_id, title, number, datetime.fromisoformat(submitted_at), Decimal(credit), *rest)


# Raw, because Django needs longer to put these together than PostgreSQL to answer them. Each is for a row of
# User, and bounded: by dates, or by how many of the latest rows are read along an index.
DAYS = """
    SELECT COALESCE(json_agg(json_build_array(
        local_date, lessons, answers, quizzes, reviews, EXTRACT(EPOCH FROM spent)::int
    ) ORDER BY local_date), '[]'::json)::text
    FROM learning_dailyactivity WHERE user_id = accounts_user.id AND local_date >= %s
"""
GOALS = """
    SELECT COALESCE(json_agg(json_build_array(goal.from_monday, goal.days)), '[]'::json)::text FROM (
        SELECT from_monday, days FROM learning_weekgoal WHERE user_id = accounts_user.id
        ORDER BY from_monday DESC LIMIT %s
    ) AS goal
"""
APART = """
    SELECT COALESCE(
        json_agg(json_build_array(counted.expected, counted.given, counted.count)), '[]'::json
    )::text FROM (
        SELECT latest.expected, latest.given, count(*) FROM (
            SELECT expected, given FROM learning_drillanswer WHERE user_id = accounts_user.id
            ORDER BY number DESC LIMIT %s
        ) AS latest GROUP BY latest.expected, latest.given
    ) AS counted
"""
SCORES = """
    SELECT COALESCE(json_agg(json_build_array(
        latest.id, version.body -> 'title', latest.number, latest.submitted_at, latest.credit::text,
        latest.question_count, version.body -> 'pass_mark', latest.passed
    ) ORDER BY latest.submitted_at DESC), '[]'::json)::text FROM (
        SELECT * FROM learning_attempt WHERE user_id = accounts_user.id AND submitted_at IS NOT NULL
        ORDER BY submitted_at DESC LIMIT %s
    ) AS latest JOIN courses_version AS version ON version.id = latest.quiz_version_id
"""
CORRECTED = """
    SELECT max(at) FROM learning_learningevent WHERE user_id = accounts_user.id AND kind = 'regraded'
"""

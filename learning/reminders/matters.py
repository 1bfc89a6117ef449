"""What there is to say to learners: loaded for many at once, as they are when a reminder is due."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from learning import due, goals, progress
from learning.goals import Week
from learning.models import Attempt, DailyActivity, ReminderKind, WeekGoal
from learning.reminders.reasons import (
    OFF_AT_FIRST,
    REMEMBERED,
    SWITCHES,
    Matters,
    Reason,
    Unfinished,
    Visit,
)

DAY = timedelta(days=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """One learner: what there is to say, the kinds they want, whether they studied today.

    `visit` is one of the last twelve hours (`reasons.REMEMBERED`).
    """

    matters: Matters
    wanted: frozenset[Reason]
    practised_today: bool
    visit: Visit | None
    due_tomorrow: int


def load(users: Mapping[int, User], *, now: datetime, ahead: bool = False) -> dict[int, Known]:
    """Return what is known of each learner. Four queries, however many learners.

    `due_tomorrow` is counted where one looks `ahead`.
    """
    steps = progress.resume_many(users.values())
    rows = {row["pk"]: row for row in _rows(users, now=now)}
    open_quizzes = {pk: _unfinished(row["open_quizzes"]) for pk, row in rows.items()}
    here = {pk: _last_here(users[pk], row["last_at"], open_quizzes[pk]) for pk, row in rows.items()}
    today = {pk: now.astimezone(users[pk].zone).date() for pk in rows}
    told_on = {pk: at.astimezone(users[pk].zone).date() for pk, at in here.items() if now - at < REMEMBERED}
    asked = {*today.items(), *told_on.items()} | {(pk, today[pk] + DAY) for pk in rows if ahead}
    due_on = due.count(asked) if asked else {}
    found = {}
    for pk, row in rows.items():
        days = [date.fromisoformat(day) if isinstance(day, str) else day for day in row["days"]]
        matters = Matters(
            step=steps[pk],
            due=due_on.get((pk, today[pk]), 0),
            week=_week(today[pk], days, row["goal"]),
            unfinished=open_quizzes[pk],
        )
        told = told_on.get(pk)
        visit = Visit(here[pk], told, due_on.get((pk, told), 0)) if told else None
        tomorrow = due_on.get((pk, today[pk] + DAY), 0)
        found[pk] = Known(matters, wanted(row["switches"]), today[pk] in days, visit, tomorrow)
    return found


def _last_here(user: User, last_at: datetime | None, unfinished: Unfinished | None) -> datetime:
    """Return when a learner last saw a page (to minutes), logged in, did something, or answered in a quiz."""
    known = (user.last_page_at, user.last_login, last_at, unfinished.touched_at if unfinished else None)
    return max((at for at in known if at is not None), default=NEVER)


def wanted(switches: Collection[Mapping[str, Any]]) -> frozenset[Reason]:
    """Return the kinds a learner gets: those on by default, and as they switched them."""
    on = {reason: reason not in OFF_AT_FIRST for reason in SWITCHES}
    on |= {Reason(each["kind"]): each["enabled"] for each in switches if each["kind"] in SWITCHES}
    return frozenset(reason for reason, enabled in on.items() if enabled)


def _rows(users: Collection[int], *, now: datetime) -> Iterable[Any]:
    since = goals.monday_of(now.date()) - goals.WEEK  # a local Monday is never earlier
    active = DailyActivity.objects.filter(user=OuterRef("pk"))
    days = active.studied().filter(local_date__gte=since)
    goal = WeekGoal.objects.filter(user=OuterRef("pk")).order_by("-from_monday")
    switches = ReminderKind.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(pk__in=users).values(
        "pk",
        days=ArraySubquery(days.values("local_date")),
        last_at=Subquery(active.order_by("-local_date").values("last_at")[:1]),
        goal=ArraySubquery(goal.values(one=JSONObject(monday="from_monday", days="days"))[:2]),
        open_quizzes=ArraySubquery(_open_attempts(now=now)[:1]),
        switches=ArraySubquery(switches.values(one=JSONObject(kind="kind", enabled="enabled"))),
    )


def _open_attempts(*, now: datetime) -> Any:
    in_time = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    return (
        Attempt.objects.filter(in_time, user=OuterRef("pk"), submitted_at__isnull=True)
        .annotate(
            answered=Count("questions__answer"),
            touched_at=Coalesce(Max("questions__answer__saved_at"), "started_at"),
        )
        .order_by("-touched_at")
        .values(
            one=JSONObject(
                id="id",
                title=KeyTextTransform("title", "quiz_version__body"),
                answered="answered",
                questions="question_count",
                touched_at="touched_at",
            )
        )
    )


def _week(today: date, days: Collection[date], set_goals: Collection[Mapping[str, Any]]) -> Week:
    by_monday = {date.fromisoformat(each["monday"]): each["days"] for each in set_goals}
    return goals.week_of(today, study_days=days, goals=by_monday)


def _unfinished(open_quizzes: Collection[Mapping[str, Any]]) -> Unfinished | None:
    for each in open_quizzes:
        return Unfinished(
            attempt_id=each["id"],
            title=each["title"],
            answered=each["answered"],
            questions=each["questions"],
            touched_at=datetime.fromisoformat(each["touched_at"]),
        )
    return None

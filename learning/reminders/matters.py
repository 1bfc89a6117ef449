"""What there is to say to learners: loaded for many at once, as they are when a reminder is due."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from learning import due, goals, progress
from learning.goals import Week
from learning.models import Attempt, DailyActivity, ReminderKind, WeekGoal
from learning.reminders.reasons import OFF_AT_FIRST, SWITCHES, Matters, Reason, Unfinished


def load(users: Mapping[int, User], *, now: datetime) -> dict[int, tuple[Matters, frozenset[Reason], bool]]:
    """Return for each learner what there is to say, the kinds they want, and whether they studied today.

    Four queries, however many learners.
    """
    steps = progress.resume_many(users.values())
    dates = {pk: now.astimezone(user.zone).date() for pk, user in users.items()}
    due_now = due.count(dates) if dates else {}
    found = {}
    for row in _rows(users, now=now):
        today = dates[row["pk"]]
        days = [date.fromisoformat(day) if isinstance(day, str) else day for day in row["days"]]
        matters = Matters(
            step=steps[row["pk"]],
            due=due_now.get(row["pk"], 0),
            week=_week(today, days, row["goal"]),
            unfinished=_unfinished(row["open_quizzes"]),
        )
        found[row["pk"]] = (matters, wanted(row["switches"]), today in days)
    return found


def wanted(switches: Collection[Mapping[str, Any]]) -> frozenset[Reason]:
    """Return the kinds a learner gets: those on by default, and as they switched them."""
    on = {reason: reason not in OFF_AT_FIRST for reason in SWITCHES}
    on |= {Reason(each["kind"]): each["enabled"] for each in switches if each["kind"] in SWITCHES}
    return frozenset(reason for reason, enabled in on.items() if enabled)


def _rows(users: Collection[int], *, now: datetime) -> Iterable[Any]:
    since = goals.monday_of(now.date()) - goals.WEEK  # a local Monday is never earlier
    days = DailyActivity.objects.studied().filter(user=OuterRef("pk"), local_date__gte=since)
    goal = WeekGoal.objects.filter(user=OuterRef("pk")).order_by("-from_monday")
    switches = ReminderKind.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(pk__in=users).values(
        "pk",
        days=ArraySubquery(days.values("local_date")),
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

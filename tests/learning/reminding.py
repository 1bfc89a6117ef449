"""Learners who asked for reminders, for tests. Saturday 21 November 2026, 09:00 UTC is `NOW`."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import User
from courses.models import Course
from learning import progress
from learning.models import ReminderContract
from learning.reminders import contract, plan
from mailing import delivery, outbox
from mailing.models import OutboxMail
from tests.factories import NOW, make_course

EVERY_DAY = {1, 2, 3, 4, 5, 6, 7}


def make_learner(course: Course | None = None, **fields: Any) -> User:
    """Make a person with a confirmed address, who did the first lesson of the course the day before `NOW`."""
    fields = {"email": f"learner-{User.objects.count()}@example.org", "time_zone": "UTC"} | fields
    user = User.objects.create_user(**fields)
    EmailAddress.objects.create(user=user, email=fields["email"], verified=True, primary=True)
    if course is not None:
        lesson = course.lessons.select_related("live_version", "course").get(key="lesson-1")
        progress.complete_lesson(user=user, lesson=lesson, now=NOW - timedelta(days=1))
    return user


def ask(user: User, *, now: datetime = NOW, **words: Any) -> ReminderContract:
    """Let a learner ask for reminders: every day at 18:00, at most 4 a week, unless `words` say else."""
    asked: dict[str, Any] = {"weekdays": EVERY_DAY, "local_time": time(18), "ceiling_per_week": 4}
    return contract.save(user=user, now=now, **(asked | words))


def make_reminded(**words: Any) -> User:
    """Make a learner in a course who asked for reminders."""
    user = make_learner(make_course())
    ask(user, **words)
    return user


def make_due_now(course: Course) -> User:
    """Make a learner whose reminder is due by the real clock: it is past noon where they live."""
    now = datetime.now(UTC)
    hours_ahead = 12 - now.hour
    user = make_learner(course, time_zone=f"Etc/GMT{-hours_ahead:+d}")
    ask(user, now=now - timedelta(hours=2), local_time=time(12))
    return user


def run(now: datetime) -> dict[str, int]:
    """Plan and send what is due, as the tasks do."""
    plan.plan(now=now)
    return dict(delivery.drain(now=now))


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """Return an instant (UTC) on the day of `NOW`, or so many days later."""
    return NOW.replace(hour=hour, minute=minute) + timedelta(days=days)


def reminders(user: User) -> list[tuple[str, str]]:
    """Return slot, and state or the reason for not sending, of a learner's reminders."""
    rows = OutboxMail.objects.filter(user=user, kind="reminder").order_by("slot")
    sent = OutboxMail.State.SENT
    return [
        (row.slot.partition(":")[2], row.state if row.state == sent else row.reason or row.state)
        for row in rows
    ]


def put_reminder(user: User, *, now: datetime) -> OutboxMail:
    """Put a reminder for the day of `now` into the outbox, past the planner."""
    return outbox.put(
        user=user,
        kind="reminder",
        slot=f"reminder:{now.date()}",
        priority=OutboxMail.Priority.REMINDER,
        due_at=now,
        now=now,
    )

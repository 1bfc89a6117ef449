"""Many learners whose reminder is due, written straight into the tables: thousands take a second or two."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from allauth.account.models import EmailAddress

from accounts.models import User
from courses.models import Course
from learning.models import Enrollment, ReminderContract
from learning.reminders import contract

AGO = timedelta(hours=2)
NOON = time(12)


def past_noon(now: datetime) -> str:
    """Return a zone in which it is noon, or up to an hour later."""
    return f"Etc/GMT{now.hour - 12:+d}"


def make_crowd(
    course: Course, count: int, *, now: datetime, zones: Sequence[str] = (), hours: Sequence[time] = (NOON,)
) -> list[User]:
    """Make so many learners who have begun the course and asked, two hours ago, for reminders every day.

    Zones and hours are dealt out in turn; without zones, all live where it is just past noon.
    """
    zones = zones or [past_noon(now)]
    users = User.objects.bulk_create(
        User(email=f"crowd-{n}@example.org", time_zone=zones[n % len(zones)], password="!")
        for n in range(count)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    Enrollment.objects.bulk_create(
        Enrollment(user=user, course=course, started_at=now - AGO, last_active_at=now - AGO) for user in users
    )
    contracts = [
        ReminderContract(
            user=user,
            weekdays=[1, 2, 3, 4, 5, 6, 7],
            local_time=hours[n // len(zones) % len(hours)],
            ceiling_per_week=4,
        )
        for n, user in enumerate(users)
    ]
    for each in contracts:
        contract.schedule(each, now=now - AGO)
    ReminderContract.objects.bulk_create(contracts)
    return users

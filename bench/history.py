"""A learner with a history, for pages that must not get slower as it grows."""

from datetime import datetime, timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from courses import outline
from learning import activity, enrollment, progress
from learning.models import LearningEvent

EVENTS_A_DAY = 80


def learner_session(*, now: datetime, days: int) -> str:
    """Make a learner who studied on each of the last `days`, half a course in all; return a session key."""
    user = User.objects.create_user("bench@example.org", name="Bench", time_zone="Europe/Lisbon")
    course = outline.live_courses()[0]
    enrollment.enrol(user=user, course=course, now=now - timedelta(days=days))
    lessons = list(course.lessons.filter(live_version__isnull=False))
    for number, lesson in enumerate(lessons[: len(lessons) // 2]):
        progress.complete_lesson(user=user, lesson=lesson, now=now - timedelta(days=days - number))
    _old_days(user, now=now, days=days)
    activity.recount(user)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _old_days(user: User, *, now: datetime, days: int) -> None:
    LearningEvent.objects.bulk_create(
        LearningEvent(
            user=user,
            kind=LearningEvent.Kind.LESSON_UNDONE,
            at=now - timedelta(days=day, seconds=number),
            local_date=(now - timedelta(days=day)).date(),
            time_zone=user.time_zone,
        )
        for day in range(days)
        for number in range(EVENTS_A_DAY)
    )

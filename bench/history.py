"""Learners with a short and a long past, for pages that must not get slower as it grows."""

from datetime import datetime

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.models import User
from tests.portal import states

SHORT, LONG = 50, 60_000
"""Events in the ledger."""


def sessions(*, now: datetime) -> tuple[str, str]:
    """Make a learner of four weeks with SHORT events and one of five years with LONG; return session keys.

    Both are made by the product's own verbs; of the five years, most is written straight into the tables.
    """
    short = User.objects.create_user("short@example.org", name="Short", time_zone="Europe/Lisbon")
    states.fifty_events(short, now)
    long = User.objects.create_user("long@example.org", name="Long", time_zone="Europe/Lisbon")
    states.five_years(long, now, events=LONG)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return log_in(short), log_in(long)


def log_in(user: User) -> str:
    """Log somebody in; return the key of the session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)

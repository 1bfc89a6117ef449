"""The one place where the time is asked. Views, tasks and commands ask; everything else takes `now` as an argument."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Return the current instant, aware, in UTC, from this machine's clock. For views and commands."""
    return datetime.now(UTC)


def database_now() -> datetime:
    """Return the current instant, aware, in UTC, from PostgreSQL's clock.

    Tasks read it once a run, so that a worker whose clock is wrong moves nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant.astimezone(UTC)

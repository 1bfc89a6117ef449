"""The one place where the time is asked: by views, tasks, commands. All else takes `now` as an argument."""

import time
from datetime import UTC, datetime, timedelta

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


class Watch:
    """The time during a longer run, from one reading of a clock and the seconds that passed since."""

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._reading = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self._reading

    def now(self) -> datetime:
        """Return the current instant by the clock that was read once."""
        return self._start + timedelta(seconds=self.seconds())

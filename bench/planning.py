"""What planning costs when 10,000 reminders are due among 10,000 learners and among 1,000,000.

`python -m bench.planning` makes both populations in one throw-away database, one after the other, and plans
what is due in each; the best of three rounds counts. The work should follow what is due, not how many people
there are: ratio at most 1.3. CPU is that of the planner and of PostgreSQL together.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import cpu
from tests.servers import Servers

FEW, MANY, DUE, ROUNDS, IDLE = 10_000, 1_000_000, 10_000, 3, 20
MAILS = 2  # sent earlier, for each learner


def main() -> None:
    """Measure both populations and print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m bench.planning")
    parser.add_argument(
        "--shared-buffers", default="", help="of PostgreSQL, such as 128MB; without, what `make run` gives it"
    )
    given = parser.parse_args()
    options = [f"shared_buffers={given.shared_buffers}"] if given.shared_buffers else []
    servers = Servers(*options, durable=True)
    with tempfile.TemporaryDirectory() as folder:
        try:
            servers.start()
            os.environ.update(servers.environment(), DATA_DIR=folder, SECRET_KEY="bench" * 12)
            os.environ.update(EMAIL_URL="smtp://127.0.0.1:1", DJANGO_SETTINGS_MODULE="portal.settings")
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            database = servers.postgres.pid if servers.postgres else 0
            sys.stdout.write(table({count: measure(count, database) for count in (FEW, MANY)}) + "\n")
        finally:
            servers.stop()


@dataclass(frozen=True, slots=True)
class Found:
    """What planning cost: CPU and real seconds for all that was due, queries, and CPU with nothing due."""

    spent: float
    seconds: float
    queries: int
    idle: float


def measure(learners: int, database: int) -> Found:
    """Make so many learners and plan what is due three times. `database`: the process id of PostgreSQL."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from learning.reminders import plan

    def cost() -> float:
        return cpu.milliseconds(os.getpid(), database) / 1000

    start = datetime.now(UTC)
    fill(learners, now=start)
    rounds = []
    for number in range(ROUNDS):
        now = start + timedelta(days=number)
        due(now=now)
        before, began = cost(), time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            planned = plan.plan(now=now)
        after, ended = cost(), time.perf_counter()
        if planned != DUE:
            raise RuntimeError(f"{planned} planned")
        for _ in range(IDLE):
            plan.plan(now=now)
        rounds.append(Found(after - before, ended - began, len(queries), (cost() - after) / IDLE))
    return min(rounds, key=lambda found: found.spent)


def fill(learners: int, *, now: datetime) -> None:
    """Empty the tables and make learners with plans, none of them due, and with mails sent earlier."""
    from django.db import connection

    from accounts.models import User
    from learning.models import ReminderContract
    from mailing.models import OutboxMail

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_user, mailing_outboxmail CASCADE")
        every = "generate_series(1, %(learners)s) AS i"
        values = {"learners": learners, "now": now, "zones": ZONES}
        insert(cursor, User, PEOPLE, every, values)
        insert(cursor, ReminderContract, PLANS, every, values)
        insert(cursor, OutboxMail, SENT, f"{every}, generate_series(1, {MAILS}) AS j", values)
        cursor.execute("VACUUM ANALYZE")


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney"]
ZONE = "(%(zones)s::text[])[1 + i %% 5]"
PEOPLE = {
    "id": "i",
    "email": "'learner-' || i || '@example.org'",
    "name": "'Learner ' || i",
    "password": "'!'",
    "time_zone": ZONE,
    "created_at": "%(now)s - interval '40 days'",
    "last_seen_on": "(%(now)s)::date - 3",
}
PLANS = {
    "id": "i",
    "user_id": "i",
    "weekdays": "ARRAY[1,2,3,4,5,6,7]",
    "local_time": "time '18:00'",
    "next_due_at": "%(now)s + interval '9 days' + (i %% 86400) * interval '1 second'",
    "next_local_date": "(%(now)s)::date + 9",
    "computed_zone": ZONE,
}
SENT = {
    "id": "gen_random_uuid()",
    "user_id": "i",
    "kind": "'reminder'",
    "slot": "'reminder:' || ((%(now)s)::date - 7 * j)",
    "priority": "5",
    "state": "'sent'",
    "reason": "'resume'",
    "due_at": "%(now)s - 7 * j * interval '1 day'",
    "next_try_at": "%(now)s - 7 * j * interval '1 day'",
    "sent_at": "%(now)s - 7 * j * interval '1 day'",
    "created_at": "%(now)s - 7 * j * interval '1 day'",
    "epoch": "1",
}


def insert(cursor: Any, model: Any, given: Mapping[str, str], source: str, values: dict[str, Any]) -> None:
    """Insert a row for each of `source`: what is given as SQL, and the model's defaults."""
    words, values = dict(given), dict(values)
    for field in model._meta.local_concrete_fields:
        if field.column not in words:
            default = field.get_default()
            values[f"default_{field.column}"] = default
            words[field.column] = f"%(default_{field.column})s"
    columns = ", ".join(f'"{column}"' for column in words)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(words.values())} FROM {source}",  # noqa: S608 - written here
        values,
    )


def due(*, now: datetime) -> None:
    """Let DUE learners, spread over all, be due now."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE learning_remindercontract SET next_due_at = %(now)s - interval '1 minute',
                next_local_date = ((%(now)s - interval '6 hours'))::date,
                local_time = time '05:00', computed_zone = u.time_zone
            FROM accounts_user AS u
            WHERE u.id = user_id AND user_id %% (SELECT max(id) / %(due)s FROM accounts_user) = 0
            """,
            {"now": now, "due": DUE},
        )
        cursor.execute("VACUUM ANALYZE learning_remindercontract")


def table(all_found: dict[int, Found]) -> str:
    """Return what was measured as a Markdown table."""
    lines = [
        "| learners with plans | due | CPU seconds | ratio | seconds | queries | CPU with nothing due |",
        "|---|---|---|---|---|---|---|",
    ]
    for learners, found in all_found.items():
        lines.append(
            f"| {learners:,} | {DUE:,} | {found.spent:.2f} | {found.spent / all_found[FEW].spent:.2f} "
            f"| {found.seconds:.1f} | {found.queries} | {1000 * found.idle:.0f} ms |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

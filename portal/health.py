"""Whether this installation can serve: asked of PostgreSQL and of the broker, each within a second or so."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

DATABASE_SECONDS = 1.2
BROKER_SECONDS = 0.3

# One thread of its own: a database that hangs (rather than refuses) keeps that thread, never the answer.
_asker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")


def database_is_ready() -> bool:
    """Say whether PostgreSQL answers and holds every migration of this code, within DATABASE_SECONDS."""
    _migrations_of_this_code()  # read from disk once per process, which is not the database's time
    try:
        return _asker.submit(_all_migrations_are_applied).result(timeout=DATABASE_SECONDS)
    except (DatabaseError, TookTooLong):
        return False


def _all_migrations_are_applied() -> bool:
    connection = connections["default"]
    try:
        return _migrations_of_this_code() <= set(MigrationRecorder(connection).applied_migrations())
    finally:
        connection.close()


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def broker_is_ready() -> bool:
    """Say whether the broker answers within BROKER_SECONDS. Without it only mail waits."""
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://", 1)
    try:
        client = redis.Redis.from_url(
            address, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS, retry=None
        )
        with client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False

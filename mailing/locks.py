"""At most so many at once, or one after the other, over all machines, by PostgreSQL's advisory locks."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_of(most: int, *, space: int) -> Iterator[bool]:
    """Hold one of `most` locks of a numbered space while inside; gives False if all are taken.

    The lock belongs to a transaction on a connection of its own, so it ends with a killed process, and it
    works behind a pooler that lends connections per transaction.
    """
    keeper = connection.copy()
    try:
        keeper.set_autocommit(False)
        with keeper.cursor() as cursor:
            admitted = False
            for place in range(most):
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [space, place])
                if cursor.fetchone() == (True,):
                    admitted = True
                    break
            yield admitted
    finally:
        keeper.close()


def in_turn(*, space: int) -> None:
    """Wait until no other transaction holds a numbered space, and hold it until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [space])

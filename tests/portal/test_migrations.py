"""`manage.py migrate` on a portal that people use waits for no table long, and leaves nothing half done."""

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from portal.management.commands import migrate


@pytest.mark.django_db(transaction=True)
def test_a_table_that_others_hold_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "MOST_WAIT", "50ms")
    other = connection.copy()
    try:
        with other.cursor() as holder:
            holder.execute("BEGIN; LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(OperationalError, match="lock timeout"):
                call_command("migrate", verbosity=0)
            holder.execute("ROLLBACK")
    finally:
        other.close()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",), "only migrations give up"

"""`manage.py migrate` on a portal that people use waits for no table long, and leaves nothing half done."""

import pytest
from django.core.management import call_command
from django.db import connection

from portal.management.commands.migrate import MOST_WAIT


@pytest.mark.django_db
def test_a_table_that_others_hold_is_not_waited_for_long() -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (MOST_WAIT,)
        cursor.execute("RESET lock_timeout")

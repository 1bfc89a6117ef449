"""What the progress page is made of: one prepared statement, and a digest of any change."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts import prepared
from accounts.models import User
from learning import gathering, goals
from learning.models import ReviewPlan
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def test_a_statement_is_planned_once_a_connection_whatever_its_values() -> None:
    with connection.cursor() as plain:
        before = prepared.row("SELECT %(number)s::int + 41", {"number": 1})
        again = prepared.row("SELECT %(number)s::int + 41", {"number": 2})
        plain.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 41'")
        assert (before, again, plain.fetchone()) == ((42,), (43,), (1,))


def test_the_log_of_queries_names_what_was_asked() -> None:
    connection.force_debug_cursor = True
    try:
        prepared.row("SELECT 1 + 1", {})
        assert connection.queries[-1]["sql"] == "SELECT 1 + 1"
    finally:
        connection.force_debug_cursor = False


def test_the_digest_stays_while_nothing_changes_and_no_longer() -> None:
    learner = User.objects.create_user("ada@example.org")
    seen = [gathering.of(learner, today=TODAY).digest()]
    assert gathering.of(learner, today=TODAY).digest() == seen[0]
    goals.set_goal(user=learner, days=3, now=NOW)
    seen.append(gathering.of(learner, today=TODAY).digest())
    ReviewPlan.objects.create(user=learner, interview_on=TODAY + timedelta(days=9))
    seen.append(gathering.of(learner, today=TODAY).digest())
    beside = ["SELECT 'a plan'"]
    seen.append(gathering.of(learner, today=TODAY, beside=beside).digest())
    assert len(set(seen)) == 4

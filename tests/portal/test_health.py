"""Health pages: alive without anyone's help, ready only with PostgreSQL and its tables, and discreet."""

import time
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from portal import health
from tests.servers import free_port


@pytest.fixture
def applied(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The migrations that the database says it holds, for a test to change."""
    held = list(health._migrations_of_this_code())
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: dict.fromkeys(held))
    return held


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get(reverse("ready"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "broker": "ok"})


def test_live_asks_no_database(client: Client) -> None:
    answer = client.get(reverse("live"))  # without django_db, a query would fail here
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


@pytest.mark.django_db
def test_live_runs_no_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        client.get(reverse("live"))


@pytest.mark.django_db
def test_without_the_broker_it_is_ready_but_degraded(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get(reverse("ready"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "broker": "degraded"})


@pytest.mark.django_db
def test_a_migration_that_the_database_lacks_makes_it_unavailable(
    client: Client, applied: list[tuple[str, str]]
) -> None:
    applied.remove(("accounts", "0001_initial"))
    answer = client.get(reverse("ready"))
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_a_database_that_refuses_makes_it_unavailable(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> bool:
        raise DatabaseError("connection refused to host db.internal")

    monkeypatch.setattr(health, "_all_migrations_are_applied", refuse)
    answer = client.get(reverse("ready"))
    assert answer.status_code == 503
    assert b"db.internal" not in answer.content


def test_a_database_that_hangs_is_given_up_within_two_seconds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_all_migrations_are_applied", lambda: time.sleep(3))
    begun = time.monotonic()
    assert client.get(reverse("ready")).status_code == 503
    assert time.monotonic() - begun <= 2


@pytest.mark.django_db
def test_the_question_leaves_no_connection_behind() -> None:
    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            row: Any = cursor.fetchone()
        return int(row[0])

    before = connections()
    assert health.database_is_ready()
    assert connections() == before


@pytest.mark.parametrize("name", ["live", "ready"])
def test_only_reading_is_allowed(client: Client, name: str) -> None:
    assert client.post(reverse(name)).status_code == 405

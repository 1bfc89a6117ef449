"""The servers that the tests stand on are the real ones."""

import os

import psycopg

from portal.embedded import valkey


def test_tests_run_on_postgresql_18_with_the_builtin_locale() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, datlocprovider, datlocale"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert row == (18, "b", "C.UTF-8")


def test_tests_run_on_a_valkey_that_answers() -> None:
    port = int(os.environ["BROKER_URL"].rpartition(":")[2].partition("/")[0])
    assert valkey.is_ready(("127.0.0.1", port))

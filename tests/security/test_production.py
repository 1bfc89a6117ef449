"""With the settings of production Django finds nothing to warn of; without them nothing starts."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

PRODUCTION = {
    "BASE_URL": "https://learn.example.org",
    "SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmno" + "Z" * 10,
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
}


def manage(*words: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py as in production, without one of its settings."""
    server = urlsplit(os.environ["DATABASE_URL"])
    database = server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    given = {**kept, **PRODUCTION, "DATABASE_URL": database, **more}
    given.pop(without, None)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
def test_djangos_own_check_finds_nothing_to_warn_of(tmp_path: "os.PathLike[str]") -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
def test_without_a_key_or_a_database_nothing_starts(name: str, tmp_path: "os.PathLike[str]") -> None:
    done = manage("check", without=name, DATA_DIR=str(tmp_path))
    assert done.returncode != 0
    assert name in done.stderr + done.stdout

"""PostgreSQL's own programs (pg_dump, pg_restore, psql), found and run against the configured database."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection

from portal.embedded import postgres

NAMES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
"""What psycopg calls it, and libpq in the environment: a password stands in no command line."""


class BackupError(Exception):
    """A backup or a restore is not possible; the message is one line that says why and what to do."""


def server_major() -> int:
    """Return the major version of the server behind DATABASE_URL."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        (number,) = cursor.fetchone() or ("0",)
    return int(number) // 10000


def find(name: str, *, major: int) -> Path:
    """Return a program of at least this major version: DATA_DIR's, the installed wheel's, or PATH's.

    Raises BackupError, naming what was found instead; an older pg_dump would refuse, or leave something out.
    """
    bin_folder = f"{postgres.WHEEL}/pginstall/bin"
    programs = sorted(Path(settings.DATA_DIR).glob(f"programs/postgres-*/{bin_folder}/{name}"))
    programs.append(postgres.installed_programs() / bin_folder / name)
    if on_path := shutil.which(name):
        programs.append(Path(on_path))
    found: list[str] = []
    for program in programs:
        if not program.exists():
            continue
        if (its := _major_of(program)) >= major:
            return program
        found.append(f"{program} is of {its}")
    what = "; ".join(found) or "none is installed"
    raise BackupError(f"The database is PostgreSQL {major} and needs a {name} of {major} or newer: {what}.")


def _major_of(program: Path) -> int:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"(\d+)(\.\d+|devel|beta|rc)", told)
    return int(number[1]) if number else 0


def surroundings() -> dict[str, str]:
    """Return the environment in which such a program reaches the configured database."""
    parameters = connection.get_connection_params()
    given = {variable: str(parameters[name]) for name, variable in NAMES.items() if parameters.get(name)}
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGTZ": "UTC", **given}


def run(words: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run such a program to its end and return what it said."""
    return subprocess.run(words, capture_output=True, text=True, check=False, env=surroundings())


def last_words(text: str) -> str:
    """Return the line of a program's complaint that says most: the first error, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines[-1:] or ["it gave no reason"])[0]

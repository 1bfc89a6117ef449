"""`manage.py upgrade_data`: a data folder of an older PostgreSQL, refused by name, then moved."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.embedded import folders, postgres
from tests.portal.running import ROOT, bare_environment

OLDER = sorted(
    folder
    for folder in Path("/usr/lib/postgresql").glob("[0-9]*")
    if int(folder.name) < 18 and folder.is_dir()
)
"""Debian's own; a release of Crossroads keeps the programs of its own older ones in DATA_DIR."""

KEY = {"SECRET_KEY": "the same key before and after, long enough for every check of it"}


def manage(data_dir: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of manage.py on a data folder."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=bare_environment(DATA_DIR=str(data_dir), **environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@contextmanager
def serving(data_dir: Path, programs: Path) -> Iterator[str]:
    """Have the server of the data folder run, and give its address."""
    account = folders.server_account()
    sockets = folders.socket_folder(data_dir, account)
    with postgres.running(programs, data_dir / "postgres", sockets, account):
        yield postgres.database_url(sockets)


def people(address: str) -> list[str]:
    """Return everybody's mail address."""
    with psycopg.connect(address) as connection:
        return [row[0] for row in connection.execute("SELECT email FROM accounts_user ORDER BY email")]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that every account may enter on the way to its own part."""
    outer = Path(tempfile.mkdtemp(prefix="crossroads-upgrade-"))
    outer.chmod(0o755)
    yield folders.open_data_dir(outer / "data")
    shutil.rmtree(outer)


@pytest.fixture
def older(data_dir: Path) -> Path:
    """The programs of an older major, and a cluster of theirs with one learner."""
    if not OLDER:
        pytest.skip("no older PostgreSQL is installed here (Debian: apt-get install postgresql)")
    major, account = OLDER[-1].name, folders.server_account()
    programs = postgres.programs_folder(data_dir, major)
    programs.parent.mkdir(parents=True)
    programs.symlink_to(OLDER[-1] / "bin")
    cluster = folders.private_folder(data_dir / "postgres", account)
    words = ["--pgdata", str(cluster), "--username", "crossroads", "--encoding", "UTF8", "--auth", "trust"]
    subprocess.run(
        [programs / "initdb", *words, "--locale", "C.UTF-8"],
        check=True,
        capture_output=True,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **folders.ownership(account),
    )
    with serving(data_dir, programs) as address:
        prepared = manage(data_dir, "prepare", DATABASE_URL=address, **KEY)
        assert prepared.returncode == 0, prepared.stdout + prepared.stderr
        make = "from accounts.models import User; User.objects.create_user('mara@example.org')"
        made = manage(data_dir, "shell", "-c", make, DATABASE_URL=address, **KEY)
        assert made.returncode == 0, made.stderr
    return programs


@pytest.mark.slow
def test_a_folder_of_an_older_major_is_refused_then_upgraded_and_nothing_is_lost(
    data_dir: Path, older: Path
) -> None:
    refused = manage(data_dir, "up", PORT="0")
    assert refused.returncode != 0
    done = manage(data_dir, "upgrade_data")
    assert done.returncode == 0, done.stderr
    assert "every table compared" in done.stdout
    with serving(data_dir, postgres.keep_programs(data_dir)) as address:
        assert "mara@example.org" in people(address)
    (backup,) = (data_dir / "backups").iterdir()
    assert re.fullmatch(r"before-postgresql-18-\d{8}T\d{6}\.tar", backup.name)
    (kept,) = data_dir.glob("postgres-[0-9]*")
    assert postgres.major_of(kept) == OLDER[-1].name
    again = manage(data_dir, "upgrade_data")
    assert "is of this release's PostgreSQL" in again.stdout


@pytest.mark.slow
def test_a_backup_comes_back_on_an_older_server_by_the_programs_of_this_release(
    data_dir: Path, older: Path
) -> None:
    elsewhere, backup = data_dir.parent / "web", data_dir.parent / "it.backup"
    with serving(data_dir, older) as address:
        made = manage(elsewhere, "backup", str(backup), DATABASE_URL=address, **KEY)
        assert made.returncode == 0, made.stderr
        done = manage(elsewhere, "restore", "--replace", str(backup), DATABASE_URL=address, **KEY)
        assert done.returncode == 0, done.stderr
        assert "mara@example.org" in people(address)


def test_an_upgrade_that_was_killed_before_its_last_step_is_finished_by_the_next_call(data_dir: Path) -> None:
    account = folders.server_account()
    fresh = folders.private_folder(data_dir / postgres.UPGRADING, account)
    postgres.create_cluster(postgres.keep_programs(data_dir), fresh, account)
    with pytest.raises(folders.CannotStartError, match="interrupted"):
        postgres.create_cluster(
            postgres.keep_programs(data_dir), folders.private_folder(data_dir / "postgres", account), account
        )
    finished = manage(data_dir, "upgrade_data")
    assert finished.returncode == 0, finished.stderr
    assert postgres.major_of(data_dir / "postgres") == postgres.installed_major()
    assert not fresh.exists()


def test_a_folder_without_its_programs_says_where_they_belong(data_dir: Path) -> None:
    cluster = folders.private_folder(data_dir / "postgres", folders.server_account())
    (cluster / "PG_VERSION").write_text("9\n")
    refused = manage(data_dir, "upgrade_data")
    assert refused.returncode == 1
    assert f"whose programs are not in {postgres.programs_folder(data_dir, '9')}" in refused.stderr
    assert (cluster / "PG_VERSION").read_text() == "9\n"


def test_a_database_of_ones_own_is_not_touched(data_dir: Path) -> None:
    refused = manage(data_dir, "upgrade_data", DATABASE_URL="postgres://somebody@127.0.0.1:1/theirs")
    assert refused.returncode == 1
    assert "pg_upgrade" in refused.stderr

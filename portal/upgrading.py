"""The embedded database's move to a newer major of PostgreSQL: backup, new folder, load, compare, swap.

The old folder is renamed, never changed and never deleted: going back is renaming it.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from portal import backups, restoring
from portal.embedded import folders, postgres
from portal.embedded.folders import CannotStartError


@dataclass(frozen=True)
class Upgraded:
    """What was done: from which major to which, where the old folder and the backup now are."""

    before: str
    after: str
    kept: Path
    backup: Path
    rows: int


def upgrade(*, now: datetime, say: Callable[[str], None]) -> Upgraded | None:
    """Upgrade the data folder, or return None if it is of the installed major. `say` tells each step.

    Stopped at any moment, the old folder is whole and the next call begins anew or does the last step.
    Raises CannotStartError or BackupError; then the old folder is in its place.
    """
    data_dir, account = Path(settings.DATA_DIR), folders.server_account()
    cluster, fresh = data_dir / "postgres", data_dir / postgres.UPGRADING
    before, after = postgres.major_of(cluster), postgres.installed_major()
    if before is None and postgres.major_of(fresh) == after:
        say("finishing an upgrade that was interrupted ...")
        _take_place(fresh, cluster)
        return None
    if before in (None, after):
        return None
    old_programs = postgres.programs_folder(data_dir, before)
    if not (old_programs / "postgres").exists():
        raise CannotStartError(
            f"{cluster} was written by PostgreSQL {before}, whose programs are not in {old_programs}. "
            f"Put those of any PostgreSQL {before} there."
        )
    sockets = folders.socket_folder(data_dir, account)
    say(f"backing up what PostgreSQL {before} holds ...")
    with postgres.running(old_programs, cluster, sockets, account):
        target = _backup_folder(data_dir) / f"before-postgresql-{after}-{now:%Y%m%dT%H%M%S}.tar"
        manifest = backups.make(target=target, now=now)
        connection.close()
    say(f"loading it into PostgreSQL {after} and comparing every table ...")
    shutil.rmtree(fresh, ignore_errors=True)
    programs = postgres.keep_programs(data_dir)
    postgres.create_cluster(programs, folders.private_folder(fresh, account), account)
    with postgres.running(programs, fresh, sockets, account):
        with tempfile.TemporaryDirectory(dir=data_dir) as folder, tarfile.open(target, "r:") as archive:
            archive.extract(backups.DUMP, folder, filter="data")
            restoring.load(Path(folder, backups.DUMP), manifest)
        connection.close()
    kept = _free_name(data_dir / f"postgres-{before}")
    cluster.rename(kept)
    _take_place(fresh, cluster)
    return Upgraded(before=before, after=after, kept=kept, backup=target, rows=manifest.rows)


def _backup_folder(data_dir: Path) -> Path:
    folder = data_dir / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _free_name(wanted: Path) -> Path:
    """Return the name, or the next one with a number that nothing has yet."""
    number, name = 1, wanted
    while name.exists():
        number += 1
        name = wanted.with_name(f"{wanted.name}-{number}")
    return name


def _take_place(fresh: Path, cluster: Path) -> None:
    if cluster.exists():
        cluster.rmdir()  # only an empty one, made by a start in between
    fresh.rename(cluster)

"""The way back from a backup: one transaction that ends only if every table holds what the backup counted."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from learning.reminders.plan import BEGIN_ANEW
from mailing.control import BEGIN_EPOCH
from portal import database_programs, storages
from portal.backups import DUMP, Manifest, digest_of, read
from portal.database_programs import BackupError, last_words

UNKNOWN_BEFORE_17 = (b"SET transaction_timeout = 0;\n",)
"""What pg_restore sets since PostgreSQL 17. It writes for servers of its own major; ours may be of 15."""
HEAD_ENDS = b"SET row_security = off;\n"
AT_ONCE = 2**20


def put_back(*, source: Path, replace: bool) -> Manifest:
    """Make the database and the media what they were when the backup was made, or change nothing.

    Mail that was waiting then is never sent, nor are reminders that have fallen due since: they may have gone
    out. All log-ins end. Raises BackupError if the backup is damaged or newer than this release, if somebody
    is connected, or if there are people in the database and `replace` does not say that they may go.
    """
    manifest = read(source)
    _require_known_migrations(manifest)
    _require_nobody(replace=replace)
    media = Path(settings.MEDIA_ROOT)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=_existing(media.parent)) as folder:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(folder, filter="data")
        load(Path(folder, DUMP), manifest, closing=(BEGIN_EPOCH, BEGIN_ANEW))
        if settings.STORAGE_URL:
            _send(Path(folder, "media"))
        else:
            _swap(Path(folder, "media"), media)
    return manifest


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _require_known_migrations(manifest: Manifest) -> None:
    known = set(MigrationLoader(None).disk_migrations)
    if ahead := sorted({(app, name) for app, name in manifest.migrations} - known):
        raise BackupError(
            f"The backup is of a newer release ({'.'.join(ahead[0])} is not known here). Upgrade first."
        )


OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


def _require_nobody(*, replace: bool) -> None:
    others = _number(OTHERS)
    people = _number("SELECT count(*) FROM accounts_user") if _has_tables() else 0
    connection.close()
    if others:
        raise BackupError(f"{others} others use the database. Stop web, workers and beat first.")
    if people and not replace:
        raise BackupError(f"The database holds {people} people. To lose them and all else in it: --replace.")


def _number(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def _has_tables() -> bool:
    return "accounts_user" in connection.introspection.table_names()


def load(dump: Path, manifest: Manifest, *, closing: Iterable[str] = ()) -> None:
    """Put a dump in the place of whatever the database holds, and end with the `closing` statements.

    One transaction: without its last words nothing is committed. Raises BackupError if it does not end well
    or a table does not hold what the backup counted.
    """
    major = max(manifest.postgres, database_programs.server_major())
    connection.close()
    restorer = str(database_programs.find("pg_restore", major=major))
    psql = str(database_programs.find("psql", major=major))
    with _talking_to([psql, "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1"]) as (words, complaint):
        words.write(b"BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n")
        words.flush()
        with subprocess.Popen(
            [restorer, "--no-owner", "--no-privileges", "--file=-", dump],
            stdout=subprocess.PIPE,
            stderr=complaint,
            env=database_programs.surroundings(),
        ) as told:
            assert told.stdout is not None  # noqa: S101  asked for above
            pass_on(told.stdout, words)
        if told.returncode == 0:  # else psql meets the end of its input inside the transaction: rolled back
            last = (*_proofs(manifest.tables), *closing, "COMMIT;", "")
            words.write("\n".join(last).encode())


def pass_on(dump: IO[bytes], words: IO[bytes]) -> None:
    """Pass on what pg_restore says, without settings in its head that older servers do not know."""
    while (line := dump.readline()) not in (b"", HEAD_ENDS):
        if line not in UNKNOWN_BEFORE_17:
            words.write(line)
    words.write(line)
    shutil.copyfileobj(dump, words, AT_ONCE)


@contextmanager
def _talking_to(command: list[str]) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Give the input of a program, and where it complains. Raises BackupError unless it ends well."""
    with tempfile.TemporaryFile() as complaint:
        program = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaint,
            env=database_programs.surroundings(),
        )
        assert program.stdin is not None  # noqa: S101  asked for above
        try:
            yield program.stdin, complaint
            program.stdin.close()
        except BrokenPipeError:
            pass  # it has said why
        status = program.wait()
        complaint.seek(0)
        words = complaint.read().decode(errors="replace")
    if status or "error" in words.lower():
        raise BackupError(f"Nothing was restored: {last_words(words)}")


def _proofs(tables: dict[str, list[str]]) -> Iterable[str]:
    """Yield statements that fail, and so undo it all, unless a table holds what the backup counted."""
    yield "SET timezone = 'UTC';"
    for name, (rows, digest) in tables.items():
        wrong = f"table {name} does not hold the {int(rows)} rows that were backed up"
        count = digest_of(name).replace(" FROM ", " INTO r, d FROM ", 1)
        yield f"DO $$ DECLARE r text; d text; BEGIN {count}; IF r <> '{int(rows)}' OR d <> '{int(digest)}'"
        yield f"THEN RAISE EXCEPTION '{wrong}'; END IF; END $$;"


def _swap(fresh: Path, media: Path) -> None:
    """Put the restored media where they belong; what was there goes with the temporary folder.

    Entry by entry: the folder itself may be a mount or a volume, which cannot be renamed.
    """
    before = fresh.with_name("before")
    for folder in (fresh, media, before):
        folder.mkdir(exist_ok=True)
    for source, target in ((media, before), (fresh, media)):
        for entry in sorted(source.iterdir()):
            shutil.move(entry, target)


def _send(fresh: Path) -> None:
    """Put the restored media into the bucket; what else lies there goes."""
    wanted = {path.relative_to(fresh).as_posix(): path for path in fresh.rglob("*") if path.is_file()}
    for name, path in wanted.items():
        with path.open("rb") as content:
            default_storage.save(name, File(content))
    for name in storages.names(default_storage):
        if name not in wanted:
            default_storage.delete(name)

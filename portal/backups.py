"""A backup: one tar file with the database, the media and a list of what must be in it.

It gets its name only when it has been written, read again and compared; `portal.restoring` is the way back.
"""

import hashlib
import hmac
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from portal import database_programs, storages
from portal.database_programs import BackupError, last_words

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
LEFT_OUT = ("django_session", "cache_entries")
"""Tables whose rows stay out: log-ins end with a restore, and a cache fills itself."""


@dataclass(frozen=True)
class Manifest:
    """What a backup must hold. `tables` gives rows and a digest of each, `files` a SHA-256 of each member."""

    made_at: str
    postgres: int
    migrations: list[list[str]]
    tables: dict[str, list[str]]
    key: str
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """How many rows all tables have together."""
        return sum(int(rows) for rows, _ in self.tables.values())


def make(*, target: Path, now: datetime) -> Manifest:
    """Write a backup of the database and the media to `target`, in the place of an older one of that name.

    Raises BackupError; then nothing new is left behind and the older backup is as it was.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            dump = Path(folder, DUMP)
            manifest = _dump(dump, now)
            media = {f"media/{name}": path for name, path in _media(Path(folder, "media"))}
            members = {DUMP: dump, **media}
            manifest.files.update({name: _sha256(path) for name, path in members.items()})
            _pack(part, manifest, members)
        if read(part) != manifest:
            raise BackupError("What was written is not what was read back: the disk cannot be trusted.")
        part.rename(target)
    except OSError as error:
        raise BackupError(f"{target} could not be written: {error.strerror}. Nothing is kept.") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _dump(dump: Path, now: datetime) -> Manifest:
    """Dump the database, and count its tables as of the very same moment."""
    major = database_programs.server_major()
    program = database_programs.find("pg_dump", major=major)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone() or ("",)
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        words += [f"--exclude-table-data={name}" for name in LEFT_OUT]
        made = database_programs.run([str(program), *words, f"--file={dump}"])
        if made.returncode:
            raise BackupError(f"pg_dump failed: {last_words(made.stderr)}")
        return Manifest(
            made_at=now.isoformat(),
            postgres=major,
            migrations=[list(name) for name in sorted(MigrationRecorder(connection).applied_migrations())],
            tables={name: _counted(name) for name in _tables()},
            key=key_mark(),
        )


def _tables() -> list[str]:
    found = sorted(set(connection.introspection.table_names()) - set(LEFT_OUT))
    if not found:
        raise BackupError("The database is empty: nothing to back up. Is it the right one?")
    return found


def digest_of(table: str) -> str:
    """Return SQL for the number of a table's rows and a digest of them, whatever their order."""
    name = connection.ops.quote_name(table)
    digest = "sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric)"
    return f"SELECT count(*)::text, coalesce({digest}, 0)::text FROM public.{name} AS t"  # noqa: S608  from the catalogue


def _counted(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(digest_of(table))
        return list(cursor.fetchone() or ())


def key_mark() -> str:
    """Return a mark by which two SECRET_KEYs can be told apart, and nothing more."""
    return hmac.new(settings.SECRET_KEY.encode(), b"crossroads.backup", hashlib.sha256).hexdigest()[:16]


def _media(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file's name and where it lies; what lies in a bucket is fetched into `folder`."""
    for name in storages.names(default_storage):
        try:
            path = Path(default_storage.path(name))
        except NotImplementedError:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
        yield name, path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(part: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    """Write the archive to the disk itself, not only to the system's memory."""
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive, tempfile.TemporaryFile() as told:
            told.write(json.dumps(asdict(manifest), indent=1).encode())
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = told.tell()
            told.seek(0)
            archive.addfile(entry, told)
            for name, path in members.items():
                archive.add(path, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def read(source: Path) -> Manifest:
    """Return what the backup says of itself, every byte compared. Raises BackupError if any differs."""
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _manifest(archive)
            seen = {
                entry.name: hashlib.file_digest(_content(archive, entry), "sha256").hexdigest()
                for entry in archive
                if entry.name != MANIFEST
            }
    except (OSError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{source} is not a whole backup ({error}).") from error
    if seen != manifest.files:
        names = seen.keys() | manifest.files
        wrong = sorted(name for name in names if seen.get(name) != manifest.files.get(name))
        raise BackupError(f"{source} is damaged: {', '.join(wrong[:3])} is not what was put in.")
    return manifest


def _manifest(archive: tarfile.TarFile) -> Manifest:
    manifest = Manifest(**json.load(_content(archive, archive.getmember(MANIFEST))))
    if manifest.format != FORMAT:
        raise ValueError(f"format {manifest.format}, this release reads {FORMAT}")
    return manifest


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> BufferedReader:
    content = archive.extractfile(entry)
    if not isinstance(content, BufferedReader):
        raise ValueError(f"{entry.name} is no file")
    return content

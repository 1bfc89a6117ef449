"""`manage.py backup` and `manage.py restore`, on databases of their own in the real server."""

import io
import json
import resource
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql
from pytest_django import Settings

from accounts.models import User
from mailing import clock, control, outbox
from mailing.models import OutboxMail
from portal import backups, database_programs, restoring, storages
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough pass phrase"


@contextmanager
def server() -> Iterator[psycopg.Connection]:
    """The server's own database, for making and dropping others."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    with psycopg.connect(
        **{key: parameters[key] for key in ("dbname", "host", "user", "port") if key in parameters}
    ) as it:
        it.autocommit = True
        yield it


@pytest.fixture
def another(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Give a function that turns to another database, made empty at its first use; all go at the end."""
    own, made = connection.settings_dict["NAME"], []

    def turn_to(name: str) -> None:
        connection.close()
        full = f"{own}_{name}"
        if full not in made:
            with server() as it:
                it.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(full)))
            made.append(full)
        connection.settings_dict["NAME"] = full

    yield turn_to
    connection.close()
    connection.settings_dict["NAME"] = own
    with server() as it:
        for name in made:
            it.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def media(tmp_path: Path, settings: Settings) -> Path:
    """A folder of media with one file in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "media" / "figures"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"not really a picture")
    return tmp_path / "media"


@pytest.fixture
def portal(media: Path) -> User:
    """A portal with a course, a learner, and a mail that waits."""
    factories.make_course()
    learner = User.objects.create(email="mara@example.org", created_at=clock.now())
    learner.set_password(PASSWORD)
    learner.save()
    now = clock.now()
    outbox.put(user=learner, kind="account", slot="code:1", priority=0, due_at=now, now=now, payload={})
    return learner


def counted() -> dict[str, tuple[str, ...]]:
    """Every table's rows and digest, of the database that we are turned to."""
    names = sorted(set(connection.introspection.table_names()) - set(backups.LEFT_OUT))
    found = {}
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(backups.digest_of(name))
            found[name] = cursor.fetchone()
    return found


def backed_up(folder: Path) -> Path:
    """A backup of the database that we are turned to."""
    call_command("backup", str(folder / "it.backup"), stdout=io.StringIO())
    return folder / "it.backup"


def restore(source: Path, *words: str) -> str:
    """What `manage.py restore` says."""
    told = io.StringIO()
    call_command("restore", str(source), *words, stdout=told, stderr=told)
    return told.getvalue()


def test_everything_comes_back_in_an_empty_database(
    portal: User, another: Callable[[str], None], media: Path, tmp_path: Path
) -> None:
    before = counted()
    source = backed_up(tmp_path)
    (media / "figures" / "a.png").write_bytes(b"spoilt since")
    (media / "later.png").write_bytes(b"not in the backup")
    volume = media.stat().st_ino
    another("empty")
    assert "every table compared" in restore(source)
    assert media.stat().st_ino == volume, "a mount must stay where it is"
    after = counted()
    assert {name for name in before if before[name] != after[name]} <= {"mailing_mailcontrol"}
    assert {path.name: path.read_bytes() for path in media.rglob("*.png")} == {
        "a.png": b"not really a picture"
    }
    assert check_password(PASSWORD, User.objects.get(pk=portal.pk).password)
    assert User.objects.create(email="new@example.org", created_at=clock.now()).pk > portal.pk


def test_what_lies_in_a_bucket_is_fetched_and_put_back(
    portal: User, another: Callable[[str], None], settings: Settings, tmp_path: Path
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # no folder either
    }
    settings.STORAGE_URL = "s3://key:secret@s3.example.org/files"
    default_storage.save("figures/a.png", ContentFile(b"not really a picture"))
    source = backed_up(tmp_path)
    default_storage.delete("figures/a.png")
    default_storage.save("later.png", ContentFile(b"not in the backup"))
    another("empty")
    assert "1 media files, every table compared" in restore(source)
    assert list(storages.names(default_storage)) == ["figures/a.png"]
    with default_storage.open("figures/a.png") as file:
        assert file.read() == b"not really a picture"


def test_mail_that_waited_when_the_backup_was_made_never_leaves(
    portal: User, another: Callable[[str], None], tmp_path: Path
) -> None:
    source = backed_up(tmp_path)
    another("empty")
    restore(source)
    assert OutboxMail.objects.get().epoch < control.current().epoch


def test_log_ins_and_cached_pages_are_not_in_a_backup(portal: User, tmp_path: Path) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session["canary"] = "9f8e7d"
    session.create()
    source = backed_up(tmp_path)
    assert "django_session" not in backups.read(source).tables
    with tarfile.open(source) as archive:
        archive.extract(backups.DUMP, tmp_path, filter="data")
    program = database_programs.find("pg_restore", major=database_programs.server_major())
    script = tmp_path / "script.sql"
    assert (
        database_programs.run([str(program), "--file", str(script), str(tmp_path / backups.DUMP)]).returncode
        == 0
    )
    assert session.session_key
    assert session.session_key not in script.read_text()
    assert "COPY public.accounts_user" in script.read_text()


def test_people_are_only_replaced_when_that_is_asked_for(portal: User, tmp_path: Path) -> None:
    source = backed_up(tmp_path)
    with pytest.raises(CommandError, match="holds 1 people"):
        restore(source)
    assert User.objects.count() == 1


def test_nothing_is_restored_under_somebody_at_work(
    portal: User, another: Callable[[str], None], tmp_path: Path
) -> None:
    source = backed_up(tmp_path)
    another("empty")
    parameters = connection.get_connection_params()
    wanted = {key: parameters[key] for key in ("dbname", "host", "user", "port") if key in parameters}
    with psycopg.connect(**wanted), pytest.raises(CommandError, match="1 others use the database"):
        restore(source)
    assert connection.introspection.table_names() == []


@pytest.mark.parametrize("harm", ["cut off", "one byte", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_changes(
    portal: User, tmp_path: Path, another: Callable[[str], None], harm: str
) -> None:
    source = backed_up(tmp_path)
    whole = source.read_bytes()
    if harm == "cut off":
        source.write_bytes(whole[: len(whole) // 2])
    elif harm == "one byte":
        at = whole.index(b"not really a picture")
        source.write_bytes(whole[:at] + b"N" + whole[at + 1 :])
    else:
        source.write_bytes(b"")
    another("empty")
    with pytest.raises(CommandError, match=r"not a whole backup|is damaged"):
        restore(source)
    assert connection.introspection.table_names() == []


def test_a_table_that_comes_back_short_undoes_the_whole_restore(
    portal: User, another: Callable[[str], None], tmp_path: Path
) -> None:
    source = backed_up(tmp_path)
    untrue = tmp_path / "untrue.backup"
    with tarfile.open(source) as archive, tarfile.open(untrue, "w") as copy:
        for entry in archive:
            content = archive.extractfile(entry).read()  # type: ignore[union-attr]  # all are files
            if entry.name == backups.MANIFEST:
                told = json.loads(content)
                told["tables"]["accounts_user"][0] = "2"
                content = json.dumps(told).encode()
                entry.size = len(content)
            copy.addfile(entry, io.BytesIO(content))
    another("empty")
    with pytest.raises(CommandError, match="accounts_user does not hold the 2 rows"):
        restore(untrue)
    assert connection.introspection.table_names() == []


def test_a_backup_of_a_newer_release_is_refused(
    portal: User, another: Callable[[str], None], tmp_path: Path
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('learning', '0009_later', now())"
        )
        source = backed_up(tmp_path)
        cursor.execute("DELETE FROM django_migrations WHERE name = '0009_later'")
    another("empty")
    with pytest.raises(CommandError, match=r"newer release \(learning.0009_later"):
        restore(source)


def test_a_full_disk_keeps_the_older_backup_and_nothing_of_the_new_one(portal: User, tmp_path: Path) -> None:
    source = backed_up(tmp_path)
    older = source.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))  # writing more fails, for pg_dump as well
    try:
        with pytest.raises(CommandError):
            backed_up(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert source.read_bytes() == older
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["it.backup"]


def test_a_dump_loses_only_the_head_settings_that_older_servers_do_not_know() -> None:
    head = b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET row_security = off;\n"
    rows = b"COPY t FROM stdin;\nSET transaction_timeout = 0;\n\\.\n"
    passed = io.BytesIO()
    restoring.pass_on(io.BytesIO(head + rows), passed)
    assert passed.getvalue() == b"SET lock_timeout = 0;\nSET row_security = off;\n" + rows


def test_an_empty_database_is_not_backed_up(another: Callable[[str], None], tmp_path: Path) -> None:
    another("empty")
    with pytest.raises(CommandError, match="database is empty"):
        backed_up(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_older_pg_dump_is_not_used() -> None:
    with pytest.raises(
        database_programs.BackupError, match=r"PostgreSQL 99 and needs a pg_dump of 99 or newer: .* is of 18"
    ):
        database_programs.find("pg_dump", major=99)


def test_a_backup_is_for_its_owner_alone(portal: User, tmp_path: Path) -> None:
    assert backed_up(tmp_path).stat().st_mode & 0o077 == 0

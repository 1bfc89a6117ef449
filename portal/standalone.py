"""The embedded database for a command that runs while nothing else does."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from portal import environment
from portal.embedded import folders, postgres
from portal.embedded.folders import CannotStartError

COMMANDS = {"backup": False, "restore": True, "doctor": False}
"""Command -> whether it must have the data for itself. Without that it also works beside a running copy.

Only such a one may make the database: a backup of one that it made itself would look like any, and be empty.
"""


@contextmanager
def database(surroundings: MutableMapping[str, str], *, exclusive: bool) -> Iterator[None]:
    """Have the embedded database run, if it is the one that is meant and does not run yet.

    Raises InUseError if it must be `exclusive` and Crossroads runs on the same folder; CannotStartError if it
    cannot be started, or is not there and the command is none that fills it.
    """
    if environment.names_own_server(surroundings):
        yield  # the settings read its address, from DATA_DIR/env where DATABASE_URL is not set
        return
    data_dir = environment.data_dir_of(surroundings)
    if not exclusive and not any((data_dir / name).exists() for name in ("postgres", postgres.UPGRADING)):
        raise CannotStartError(f"There is no database in {data_dir}. Name its folder: DATA_DIR=FOLDER")
    try:
        environment.settle(surroundings, serves=False)
    except environment.InUseError:
        if exclusive:
            raise
        yield  # it runs: the settings read its addresses from DATA_DIR/env
        return
    data_dir, account = Path(surroundings["DATA_DIR"]), folders.server_account()
    cluster = folders.private_folder(data_dir / "postgres", account)
    programs = postgres.keep_programs(data_dir)
    postgres.create_cluster(programs, cluster, account)
    with postgres.running(programs, cluster, folders.socket_folder(data_dir, account), account):
        yield

"""The embedded database for a command that runs while nothing else does."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from portal import environment
from portal.embedded import folders, postgres

COMMANDS = {"backup": False, "restore": True, "doctor": False}
"""Command -> whether it must have the data for itself. Without that it also works beside a running copy."""


@contextmanager
def database(surroundings: MutableMapping[str, str], *, exclusive: bool) -> Iterator[None]:
    """Have the embedded database run, if it is the one that is meant and does not run yet.

    Raises InUseError if it must be `exclusive` and Crossroads runs on the same folder; CannotStartError if it
    cannot be started.
    """
    if surroundings.get("DATABASE_URL"):
        yield
        return
    try:
        environment.settle(surroundings, serves=False)
    except environment.InUseError:
        if exclusive:
            raise
        yield  # it runs: the settings read its addresses from DATA_DIR/env
        return
    if "database" not in surroundings["CROSSROADS_EMBEDDED"].split(","):
        yield
        return
    data_dir, account = Path(surroundings["DATA_DIR"]), folders.server_account()
    cluster = folders.private_folder(data_dir / "postgres", account)
    programs = postgres.keep_programs(data_dir)
    postgres.create_cluster(programs, cluster, account)
    with postgres.running(programs, cluster, folders.socket_folder(data_dir, account), account):
        yield

"""What `manage.py up` decides before the settings are read: folder, port, addresses, keys."""

import fcntl
import ipaddress
import os
import secrets
import socket
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import urlsplit

from portal import badge_keys
from portal.embedded import folders, postgres
from portal.embedded.folders import CannotStartError

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_PASSWORDS = tuple(f"CROSSROADS_DEMO_{name}_PASSWORD" for name in ("LEARNER", "EDITOR", "ADMIN"))
KEPT = ("SECRET_KEY", "BADGE_KEYS", *DEMO_PASSWORDS)
WRITTEN = (*KEPT, "DATABASE_URL", "BROKER_URL", "EMAIL_URL", "BASE_URL", "ALLOWED_HOSTS")
FLAGS = ("CROSSROADS_EMBEDDED", "CROSSROADS_LOCAL", "CROSSROADS_DEMO")
PATIENCE = 8.0  # seconds in which what a killed run left behind must be gone

FILES_ALONE = {"check_content", "hash_sources"}
"""The commands that read files and ask no server for anything: they run where nothing was set up yet."""

_locks: list[int] = []  # open files whose lock lives as long as this process


class InUseError(CannotStartError):
    """Another run holds DATA_DIR."""


def settle(environment: MutableMapping[str, str], *, serves: bool = True) -> None:
    """Complete `environment` so that the settings can be read, and write DATA_DIR/env for a second terminal.

    What is set stays as it is; a part without an address becomes an embedded one. A command that `serves` no
    pages needs no port. Raises CannotStartError, before anything has started, if the folder or the port
    cannot be used (InUseError if another run holds the folder).
    """
    data_dir = folders.open_data_dir(data_dir_of(environment))
    environment["DATA_DIR"] = str(data_dir)
    unclean = _lock(data_dir)
    host = environment.setdefault("HOST", "127.0.0.1")
    port = _port(environment)
    if serves:
        _require_free(host, port, patience=PATIENCE if unclean else 0.0)
    _name_addresses(environment, host, port)
    _name_servers(environment, data_dir)
    kept = read(data_dir / "env")
    for name in KEPT:
        if not environment.get(name):
            environment[name] = kept.get(name) or _drawn(name)
    _write(data_dir / "env", {name: environment[name] for name in (*WRITTEN, *FLAGS) if name in environment})


def data_dir_of(environment: Mapping[str, str]) -> Path:
    """Return DATA_DIR as it is named, whether or not it is there."""
    return Path(environment.get("DATA_DIR") or BASE_DIR / "var")


def names_own_server(environment: Mapping[str, str]) -> bool:
    """Say whether another PostgreSQL than the embedded one is meant, by DATABASE_URL or by DATA_DIR/env.

    What `make run` was last started with lies in that file: a command after its end means the same database.
    """
    if environment.get("DATABASE_URL"):
        return True
    kept = read(data_dir_of(environment) / "env")
    return "DATABASE_URL" in kept and "database" not in kept.get("CROSSROADS_EMBEDDED", "").split(",")


def _drawn(name: str) -> str:
    if name == "BADGE_KEYS":
        return badge_keys.make()
    return secrets.token_urlsafe(48 if name == "SECRET_KEY" else 9)


def require_embedded(environment: Mapping[str, str]) -> None:
    """Raise CannotStartError where DATABASE_URL names a server that is not ours to upgrade."""
    if names_own_server(environment):
        raise CannotStartError(
            "DATABASE_URL names a PostgreSQL of your own: upgrade that with its own tools (pg_upgrade). "
            "upgrade_data is for the embedded one."
        )


def stand_in(environment: MutableMapping[str, str]) -> None:
    """Name servers that do not exist, for commands that ask none; what is set stays as it is."""
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "BROKER_URL": "redis://127.0.0.1:1/0"}
    for name, value in {**nowhere, "EMAIL_URL": "smtp://127.0.0.1:1"}.items():
        environment.setdefault(name, value)
    environment.setdefault("SECRET_KEY", secrets.token_urlsafe(48))


def _lock(data_dir: Path) -> bool:
    """Take DATA_DIR for this process. Say whether the last one to hold it was killed."""
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode()
        os.close(lock)
        raise InUseError(
            f"Another Crossroads (process {holder}) runs on {data_dir}. Stop it, or: make run DATA_DIR=FOLDER"
        ) from None
    _locks.append(lock)
    unclean = bool(os.pread(lock, 20, 0).strip())
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return unclean


def release() -> None:
    """Give DATA_DIR free, and note that this process ended in good order."""
    while _locks:
        lock = _locks.pop()
        os.ftruncate(lock, 0)
        os.close(lock)


def _port(environment: MutableMapping[str, str]) -> int:
    given = environment.setdefault("PORT", "8000")
    if not given.isdigit() or not 1 <= int(given) <= 65535:
        raise CannotStartError(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def _require_free(host: str, port: int, *, patience: float) -> None:
    give_up = time.monotonic() + patience
    while True:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                return
        except OSError as error:
            if time.monotonic() > give_up:
                why = f"{host} port {port} cannot be used ({error.strerror})"
                raise CannotStartError(f"{why}. Choose another: make run PORT=8001") from error
            time.sleep(0.1)


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name_addresses(environment: MutableMapping[str, str], host: str, port: int) -> None:
    if is_loopback(host):
        names = [host, "localhost", "127.0.0.1", "[::1]"]
        if behind := urlsplit(environment.get("BASE_URL", "")).hostname:
            names.append(behind)  # a proxy in front passes on what people typed
        environment.setdefault("ALLOWED_HOSTS", ",".join(names))
    if environment.get("BASE_URL"):
        return
    if host in ("0.0.0.0", "::"):  # noqa: S104 - this refuses to guess, it binds nothing
        raise CannotStartError(
            f"HOST={host} needs BASE_URL, the address people will type, for example: "
            f"make run HOST={host} BASE_URL=http://learn.example.org:{port}"
        )
    environment["BASE_URL"] = f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _name_servers(environment: MutableMapping[str, str], data_dir: Path) -> None:
    sockets = folders.socket_folder(data_dir, folders.server_account())
    embedded = []
    for name, part, address in (
        ("DATABASE_URL", "database", postgres.database_url(sockets)),
        ("BROKER_URL", "broker", f"redis+socket://{sockets}/valkey.sock"),
        ("EMAIL_URL", "mail", f"smtp://127.0.0.1:{_free_port()}"),
    ):
        if not environment.get(name):
            environment[name] = address
            embedded.append(part)
    environment["CROSSROADS_EMBEDDED"] = ",".join(embedded)
    reached_at = urlsplit(environment["BASE_URL"]).hostname or ""
    local = is_loopback(environment["HOST"]) and is_loopback(reached_at)
    environment["CROSSROADS_LOCAL"] = "true" if local else "false"
    environment["CROSSROADS_DEMO"] = "true" if local and "database" in embedded else "false"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read(path: Path) -> dict[str, str]:
    """Return the names and values of an env file; none if there is no such file.

    Raises CannotStartError if it is somebody else's: it holds keys, and is for its owner alone.
    """
    if not path.exists():
        return {}
    try:
        text = path.read_text()
    except PermissionError as error:
        raise CannotStartError(f"{path} is for {path.owner()} alone: run this as that user.") from error
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
    return {name: value.removeprefix("'").removesuffix("'") for name, value in pairs}


def _write(path: Path, values: dict[str, str]) -> None:
    lines = ["# Written by `make run`; manage.py reads it when DATABASE_URL is not set."]
    lines += [f"{name}='{value}'" for name, value in values.items()]
    fresh = path.with_name(".env.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    fresh.rename(path)

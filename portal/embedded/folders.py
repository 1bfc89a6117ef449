"""Who runs the embedded servers, and in which folders: private ones of our own, never an opened parent."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

SOCKET_PATH_BYTES = 107  # what a Unix socket's address holds on Linux
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


class CannotStartError(Exception):
    """Something on this machine is in the way; the message is one line that says what and what to do."""


@dataclass(frozen=True)
class Account:
    """A system user that owns the embedded servers."""

    uid: int
    gid: int
    name: str


class Ownership(TypedDict, total=False):
    """The arguments of `subprocess` that make a program run as another user."""

    user: int
    group: int
    extra_groups: list[int]


def ownership(account: Account) -> Ownership:
    """Return the arguments that make `subprocess` start a program as `account` (none when that is us)."""
    if os.geteuid() == account.uid:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def server_account() -> Account:
    """Return whom the embedded servers run as: us, or `nobody` when we are root.

    PostgreSQL refuses to run as root.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(os.geteuid()))
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid, "nobody")


def open_data_dir(path: Path) -> Path:
    """Make DATA_DIR if it is missing and return its absolute path.

    Raises CannotStartError if it cannot be written, or if the servers' account cannot reach it because a
    parent folder is private. A parent is never opened: who closed it had a reason.
    """
    path = path.expanduser().absolute()
    try:
        for folder in (*reversed(path.parents), path):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o755)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotStartError(
            f"DATA_DIR {path} cannot be written ({error.strerror}). Choose another: make run DATA_DIR=FOLDER"
        ) from error
    _require_passage(path.resolve(), server_account())
    return path.resolve()


def _require_passage(path: Path, account: Account) -> None:
    if account.uid == os.geteuid():
        return
    for folder in (*reversed(path.parents), path):
        found = folder.stat()
        if found.st_uid == account.uid:
            passable = found.st_mode & stat.S_IXUSR
        elif found.st_gid == account.gid:
            passable = found.st_mode & stat.S_IXGRP
        else:
            passable = found.st_mode & stat.S_IXOTH
        if not passable:
            raise CannotStartError(
                f"PostgreSQL does not run as root, and {account.name} may not enter {folder}. "
                "Choose a data folder that is not under it: make run DATA_DIR=/var/lib/crossroads"
            )


def private_folder(path: Path, account: Account) -> Path:
    """Make a folder that only `account` (and root) may enter, and return it.

    Raises CannotStartError if something else of another owner already lies there.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        raise CannotStartError(f"{path} cannot be made: {error.strerror}.") from error
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise CannotStartError(f"{path} is not a folder of {account.name}'s own. Move it away and try again.")
    path.chmod(0o700)
    return path


def runnable(program: Path, folder: Path) -> Path:
    """Return a copy of `program` in `folder` that every account may run, as new as the original."""
    copy = folder / program.name
    if not copy.exists() or copy.stat().st_size != program.stat().st_size:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        fresh = copy.with_name(f".{copy.name}.new")
        shutil.copyfile(program, fresh)
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy


def socket_folder(data_dir: Path, account: Account) -> Path:
    """Return the private folder for sockets: DATA_DIR/run, or a short one under /tmp if that is too long."""
    folder = data_dir / "run"
    if len(os.fsencode(folder)) + len(LONGEST_SOCKET_NAME) > SOCKET_PATH_BYTES:
        mark = sha256(os.fsencode(data_dir)).hexdigest()[:16]
        folder = Path(f"/tmp/crossroads-{mark}")  # noqa: S108 - made 0700 and its owner is checked
    return private_folder(folder, account)

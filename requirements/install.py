"""Set up the virtual environment `.venv` from one of the hashed locks beside this file.

    python3 requirements/install.py runtime|dev

Needs nothing but Python 3.11 or newer with venv; a second call does nothing.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
UNREACHABLE = "No matching distribution|Max retries|connection broken|Failed to establish|Temporary failure"
IMPLIES = {"runtime": ("runtime",), "dev": ("dev", "runtime")}


def main(which: str) -> None:
    """Install lock `which` unless that is already done; end with one line and status 1 if it cannot be."""
    with (HERE / f"{which}.in").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two makes at once take turns
        if stamp(which).exists() and stamp(which).read_text() == mark(which) and works():
            return
        make_environment()
        install(which)
        for lock in IMPLIES[which]:
            stamp(lock).write_text(mark(lock))


def stamp(which: str) -> Path:
    """Return the file that says which state of a lock is installed."""
    return VENV / f"installed-{which}"


def mark(which: str) -> str:
    """Return what the stamp holds when this very lock is installed."""
    return hashlib.sha256((HERE / f"{which}.txt").read_bytes()).hexdigest()


def works() -> bool:
    """Say whether the environment's Python still starts (the one below it may have been removed)."""
    return (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0
    )


def make_environment() -> None:
    """Make `.venv`, or make it anew if its Python no longer starts."""
    if works():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            "Python's venv is missing. Install it (Debian and Ubuntu: sudo apt-get install python3-venv)."
        )
    say("Making .venv ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], check=False, capture_output=True, text=True
    )
    if made.returncode != 0:
        words = (made.stderr or made.stdout).strip().splitlines() or ["no reason given"]
        sys.exit(f"{VENV} could not be made: {words[-1]}")


def install(which: str) -> None:
    """Let pip install the lock, with a line of progress for each package."""
    lock = HERE / f"{which}.txt"
    total = len(re.findall(r"^[a-z0-9].*==", lock.read_text(), flags=re.MULTILINE))
    say(f"Installing {total} packages from requirements/{which}.txt ...")
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--progress-bar",
        "off",
        "-r",
        lock,
    ]
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_RETRIES": "2"}
    quiet.setdefault("PIP_ROOT_USER_ACTION", "ignore")
    count = 0
    with (
        LOG.open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=quiet
        ) as pip,
    ):
        for line in pip.stdout:
            log.write(line)
            if line.startswith("Collecting "):
                count += 1
                say(f"  {count:3d} of {total}  {line.split()[1]}")
            elif line.startswith("Installing collected"):
                say("  unpacking ...")
    if pip.returncode != 0:
        sys.exit(reason(LOG.read_text()))


def reason(log: str) -> str:
    """Return one line that says why pip failed."""
    if "DO NOT MATCH THE HASHES" in log:
        why = "A package is not the one that was locked: its hash differs, so it was not installed."
    elif re.search(UNREACHABLE, log):
        why = "No package index could be reached, or it lacks a package: check the network or pip's settings."
    else:
        last = [line for line in log.splitlines() if line.startswith("ERROR")] or ["no reason given"]
        why = f"pip failed: {last[-1]}"
    return f"{why} Details: {LOG}"


def say(line: str) -> None:
    """Show a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["runtime"], ["dev"]):
        sys.exit(__doc__)
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit("Stopped; the next call goes on from here.")
    except OSError as error:
        sys.exit(f"Set-up failed: {error}")

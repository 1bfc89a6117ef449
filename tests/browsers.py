"""Finding the browser that the browser tests drive."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "The browser tests need Chromium. Install it (Debian and Ubuntu: sudo apt-get install chromium; "
    "Fedora: sudo dnf install chromium) or name one: CHROMIUM=/path/to/chrome make test"
)


class NoBrowserError(AssertionError):
    """There is no Chromium here and none could be installed; the message says how to get one."""


def find_chromium() -> str:
    """Return the path of a Chromium: CHROMIUM's, an installed one, or (as root) one fetched by apt-get.

    Raises NoBrowserError otherwise: a browser test is never skipped in silence.
    """
    if named := os.environ.get("CHROMIUM"):
        if not os.access(named, os.X_OK):
            raise NoBrowserError(f"CHROMIUM={named} is not a program. {ADVICE}")
        return named
    if found := _installed():
        return found
    if os.geteuid() == 0 and (apt := shutil.which("apt-get")):
        _install_with(apt)
        if found := _installed():
            return found
    raise NoBrowserError(ADVICE)


def _installed() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _install_with(apt: str) -> None:
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    patiently = [apt, "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    for words in (["update"], ["install", "--no-install-recommends", "chromium"]):
        done = subprocess.run([*patiently, *words], env=quietly, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NoBrowserError(f"apt-get {words[0]} failed: {last} {ADVICE}")

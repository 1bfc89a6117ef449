"""Setting up says in one line what is missing, and does nothing the second time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of requirements/ whose lock names a package that no index has."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    lock = tmp_path / "requirements" / "runtime.txt"
    lock.write_text(f"crossroads-no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    return tmp_path


def install(folder: Path, which: str, *, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """Run set-up with an index that is not there."""
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PATH": os.defpath,
    }
    words = [python, str(folder / "requirements" / "install.py"), which]
    return subprocess.run(words, env=nowhere, capture_output=True, text=True, check=False, timeout=120)


def test_a_missing_index_is_told_in_one_line(elsewhere: Path) -> None:
    told = install(elsewhere, "runtime")
    assert told.returncode != 0
    assert told.stderr.startswith("No package index could be reached")
    assert told.stderr.count("\n") == 1


def test_what_is_installed_already_is_left_alone(elsewhere: Path) -> None:
    shutil.rmtree(elsewhere / "requirements")
    shutil.copytree(ROOT / "requirements", elsewhere / "requirements")
    (elsewhere / "requirements" / "runtime.txt").write_text("")
    first = install(elsewhere, "runtime")
    assert first.returncode == 0, first.stderr
    second = install(elsewhere, "runtime")
    assert (second.returncode, second.stdout) == (0, "")


def test_an_old_python_is_told_what_is_needed(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(
        f"""#!/bin/sh
exec {sys.executable} -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[2])" "$@"
"""
    )
    old.chmod(0o755)
    told = make("setup", PYTHON=str(old))
    assert told.returncode != 0
    assert "Crossroads needs Python 3.11 or newer (with venv); this is 3.9." in told.stderr
    assert "Traceback" not in told.stderr


def test_a_missing_python_is_told_in_one_line() -> None:
    told = make("run", PYTHON="no-such-python")
    assert told.returncode != 0
    assert "no-such-python is not here. Name one: make PYTHON=python3.12 run" in told.stderr


def make(target: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run make with variables."""
    words = ["make", target, *(f"{name}={value}" for name, value in variables.items())]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_a_python_without_venv_is_told_how_to_get_it(elsewhere: Path) -> None:
    blind = "import importlib.util as u, runpy, sys; real = u.find_spec; u.find_spec = lambda n, *a: None if n == 'ensurepip' else real(n, *a); sys.argv = [{0!r}, 'runtime']; runpy.run_path({0!r}, run_name='__main__')"  # noqa: E501 - a program in one line
    script = str(elsewhere / "requirements" / "install.py")
    told = subprocess.run(
        [sys.executable, "-c", blind.format(script)], capture_output=True, text=True, check=False
    )
    assert told.returncode != 0
    assert told.stderr.startswith("Python's venv is missing.")

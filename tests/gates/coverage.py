"""How much of the core the tests that belong to it reach, file by file: `make coverage`.

`python -m tests.gates.coverage [AREA ...]` runs the tests of each area alone and looks at its own files: one
that others reach by the way is not tested by that. Prints a table of statements and branches together.
Ends with status 1, and the files with what was measured and what is wanted, if one is below.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVERYWHERE = 95.0
"""Per cent wanted of a file that has no floor of its own."""


@dataclass(frozen=True)
class Area:
    """Files, and the tests that belong to them."""

    files: tuple[str, ...]
    """Patterns; `*` stands for folders too."""

    tests: tuple[str, ...]
    whole: tuple[str, ...] = ()
    """Patterns of the files of which nothing may be left out."""


AREAS = {
    "grading": Area(
        ("courses/grading.py", "courses/question_types/*.py"),
        ("tests/courses/test_question_types.py", "tests/courses/test_question_faults.py"),
        whole=("*",),
    ),
    "memory": Area(
        ("learning/mastery.py", "learning/scheduler.py"),
        ("tests/learning/test_mastery.py", "tests/learning/test_scheduler.py"),
        whole=("learning/mastery.py",),
    ),
    "progress": Area(
        ("learning/progress.py",),
        ("tests/learning/test_next_step.py", "tests/learning/test_lesson_verbs.py"),
        whole=("*",),
    ),
    "delivery": Area(
        ("mailing/delivery.py", "mailing/states.py"),
        ("tests/mailing/test_states.py", "tests/mailing/test_delivery.py", "tests/mailing/test_throttle.py"),
        whole=("mailing/states.py",),
    ),
    "mailing": Area(
        ("mailing/*.py",),
        # of people on the staff, and of a certificate that goes again, only rooms above know
        ("tests/mailing", "tests/accounts/test_mail_admin.py", "tests/test_tasks.py"),
    ),
    "privacy": Area(("accounts/privacy/*.py", "accounts/roles.py"), ("tests/accounts",), whole=("*",)),
    "learning": Area(
        ("learning/*.py",),
        (
            "tests/learning",
            "tests/test_tasks.py",
            # pages of the rooms above and beside that are made of nothing but what is here
            "tests/accounts/test_texts.py",
            "tests/courses/test_admin.py::test_the_preview_shows_the_saved_draft_to_editors_only",
            "tests/courses/test_lesson_editor.py",
            "tests/portal/test_progress_states.py",
        ),
        whole=("learning/reminders/*.py",),
    ),
}


def main() -> int:
    """Run the tests of the named areas, or of all, and tell what they reach."""
    parser = argparse.ArgumentParser(prog="python -m tests.gates.coverage", description=main.__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    names = parser.parse_args().areas or list(AREAS)
    if unknown := set(names) - set(AREAS):
        parser.error(f"no area {', '.join(sorted(unknown))}; there are {', '.join(AREAS)}")
    low = 0
    for name in names:
        sys.stdout.write(f"{name}: {' '.join(AREAS[name].tests)}\n")
        low += told(reached(AREAS[name]), AREAS[name])
    return int(low > 0)


def reached(area: Area) -> dict[str, tuple[float, str]]:
    """Run an area's tests; return for each of its files the per cent reached, and the lines that were not."""
    with tempfile.TemporaryDirectory(prefix="crossroads-coverage-") as folder:
        environment = {**os.environ, "COVERAGE_FILE": f"{folder}/data"}
        into = Path(folder) / "found.json"
        source = ",".join(sorted({pattern.partition("/")[0] for pattern in area.files}))
        tests = ("-n", "2", "--dist", "loadscope", "-m", "not slow", "--quiet", *area.tests)
        for words in (
            ("run", f"--source={source}", "-m", "pytest", *tests),
            ("combine", "--quiet"),
            ("json", "--quiet", "-o", str(into)),
        ):
            command = [sys.executable, "-m", "coverage", *words]
            if subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode:
                sys.exit("The tests must pass before they can tell what they reach.")
        found = json.loads(into.read_text())["files"]
    return {
        path: (each["summary"]["percent_covered"], _lines(each["missing_lines"], each["missing_branches"]))
        for path, each in found.items()
        if any(fnmatch(path, pattern) for pattern in area.files)
    }


def told(found: dict[str, tuple[float, str]], area: Area) -> int:
    """Print what was reached of each file; return how many are below what is wanted."""
    low = []
    for path, (per_cent, missing) in sorted(found.items()):
        wanted = wanted_of(path, area)
        sys.stdout.write(f"  {path:<44} {per_cent:6.1f} %  {missing}\n")
        if per_cent < wanted:
            low.append(f"{path}: {per_cent:.1f} % measured, {wanted:g} % wanted\n")
    sys.stdout.writelines(low)
    return len(low)


def wanted_of(path: str, area: Area) -> float:
    """Return how many per cent of a file must be reached."""
    return 100.0 if any(fnmatch(path, pattern) for pattern in area.whole) else EVERYWHERE


def _lines(lines: list[int], branches: list[list[int]]) -> str:
    """Return the lines that nothing reached, and the ways from line to line that nothing took."""
    ways = [f"{start}→{'end' if end < 0 else end}" for start, end in branches if start not in lines]
    return ", ".join([*map(str, lines), *ways])


if __name__ == "__main__":
    sys.exit(main())

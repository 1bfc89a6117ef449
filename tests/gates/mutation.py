"""Plant faults into what must not be wrong, and count which the tests notice: `make mutation`.

`python -m tests.gates.mutation [SUBJECT ...]` takes each subject: its modules, and the tests that judge
them. mutants.py says what faults are, mutating.py how they are planted. Prints every fault that no test
noticed, and a table. Ends with status 1 if less than 80 % of a subject's faults were noticed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WANTED = 80.0
ROW = "{:<42} {:>7} {:>7} {:>9} {:>8}\n"


@dataclass(frozen=True)
class Subject:
    """Modules, by patterns, and the tests that must notice what is wrong with them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


SUBJECTS = {
    "grading": Subject(
        ("courses/grading.py", "courses/question_types/*.py"),
        ("tests/courses/test_question_types.py", "tests/courses/test_question_faults.py"),
    ),
    "mastery": Subject(("learning/mastery.py",), ("tests/learning/test_mastery.py",)),
    "scheduler": Subject(("learning/scheduler.py",), ("tests/learning/test_scheduler.py",)),
    "delivery": Subject(
        ("mailing/delivery.py",), ("tests/mailing/test_delivery.py", "tests/mailing/test_throttle.py")
    ),
    "states": Subject(("mailing/states.py",), ("tests/mailing/test_states.py",)),
    "progress": Subject(
        ("learning/progress.py",),
        ("tests/learning/test_next_step.py", "tests/learning/test_lesson_verbs.py"),
    ),
}


def main() -> int:
    """Plant faults into the named subjects, or into all, and tell how many were noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.gates.mutation", description=main.__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    parser.add_argument(
        "--line", action="append", default=[], help="faults of this line alone, to look closer"
    )
    given = parser.parse_args()
    names = given.subjects or list(SUBJECTS)
    if unknown := set(names) - set(SUBJECTS):
        parser.error(f"no subject {', '.join(sorted(unknown))}; there are {', '.join(SUBJECTS)}")
    return told({name: planted(SUBJECTS[name], given.line) for name in names})


def planted(subject: Subject, lines: list[str]) -> list[dict[str, Any]]:
    """Plant every fault of a subject, or those of some lines, and return what became of each."""
    modules = [path.relative_to(ROOT) for each in subject.modules for path in sorted(ROOT.glob(each))]
    with tempfile.TemporaryDirectory(prefix="crossroads-mutation-") as folder:
        into = Path(folder) / "found.json"
        command = [
            *(sys.executable, "-m", "pytest", "-p", "tests.gates.mutating", "-p", "no:randomly", "--quiet"),
            *("--hypothesis-profile=first-fault", "--capture=no", "--no-header", "--no-summary"),
            *(word for module in modules for word in ("--mutate", str(module))),
            *(word for line in lines for word in ("--mutate-line", line)),
            *("--mutants-into", str(into), *subject.tests),
        ]
        if subprocess.run(command, check=False, cwd=ROOT).returncode:
            sys.exit("The tests must pass before they can tell what they notice.")
        found: list[dict[str, Any]] = json.loads(into.read_text())
        return found


def told(found: dict[str, list[dict[str, Any]]]) -> int:
    """Print the table; return 1 if a subject is below what is wanted."""
    sys.stdout.write(ROW.format("module", "mutants", "killed", "survived", "score"))
    low = []
    for name, faults in found.items():
        for path in dict.fromkeys(fault["path"] for fault in faults):
            _row(f"  {path}", [fault for fault in faults if fault["path"] == path])
        if _row(name, faults) < WANTED:
            low.append(f"{name}: less than {WANTED:g} % of the faults were noticed\n")
    sys.stdout.writelines(low)
    return int(bool(low))


def _row(name: str, faults: list[dict[str, Any]]) -> float:
    """Print a row of the table; return its score."""
    survived = sum(fault["end"] == 0 for fault in faults)
    score = 100 * (len(faults) - survived) / len(faults) if faults else 100.0
    sys.stdout.write(ROW.format(name, len(faults), len(faults) - survived, survived, f"{score:.1f} %"))
    return score


if __name__ == "__main__":
    sys.exit(main())

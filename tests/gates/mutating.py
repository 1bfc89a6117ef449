"""A pytest plugin that plants faults (see mutants.py) into modules and lets tests look for them.

`pytest -p tests.gates.mutating --mutate learning/mastery.py --mutants-into FILE tests/...` runs the tests
once and notes who runs which line. Then each fault is planted into a fork of that process, which has its
database and everything imported; it runs the tests that reach the fault, the quickest first, until one fails.
"""

import inspect
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from tests.gates import mutants
from tests.gates.mutants import Mutant

PATIENCE = 20.0
"""Seconds that a fault gets beyond five times what a test takes: then it hangs, and is found."""
PASSED, FAILED = 0, 1
"""How a fork ends; below zero, if a signal had to end it."""


# The smallest example of a failure is nobody's question here, and looking for it takes long.
hypothesis_settings.register_profile(
    "first-fault", derandomize=True, deadline=None, phases=[Phase.explicit, Phase.generate]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which modules get faults, and where to write what became of them."""
    parser.addoption("--mutate", action="append", default=[], help="a module's path; may be repeated")
    parser.addoption("--mutate-line", action="append", default=[], type=int, help="these lines alone")
    parser.addoption("--mutants-into", default="", help="the file for the results, as JSON")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the tests that commit: they are races, and what they leave would be the next fault's."""
    marks = [item.get_closest_marker("django_db") for item in items]
    items[:] = [
        item for item, mark in zip(items, marks, strict=True) if not (mark and mark.kwargs.get("transaction"))
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests once as they are, then once for each fault, as far as needed."""
    chosen = session.config.option
    targets = [Path(path) for path in chosen.mutate]
    reach = Reach({str(path.resolve()) for path in targets})
    for item in session.items:
        reach.run(item)
    if session.testsfailed or not session.items:
        raise session.Failed("the tests fail without any fault")
    forks = Forks(session, reach)
    forks.must_find_nothing()
    found: list[dict[str, Any]] = []
    for path in targets:
        for mutant in mutants.of(path.read_text(), str(path.resolve())):
            if chosen.mutate_line and mutant.line not in chosen.mutate_line:
                continue
            end = forks.end(mutant, path)
            found.append({"path": str(path), "line": mutant.line, "change": mutant.change, "end": end})
            if end == PASSED:
                sys.stderr.write(f"{path}:{mutant.line}: not noticed: {mutant.change}\n")
    forks.must_find_nothing()
    Path(chosen.mutants_into).write_text(json.dumps(found))
    return True


class Reach:
    """Which test runs which lines of the modules, and how long it takes."""

    def __init__(self, files: set[str]) -> None:
        self.files = files
        self.lines: dict[str, set[tuple[str, int]]] = {}
        self.seconds: dict[str, float] = {}

    def run(self, item: pytest.Item) -> None:
        """Run a test, and note."""
        lines = self.lines.setdefault(item.nodeid, set())

        def each_line(frame: FrameType, event: str, _: object) -> Any:
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return each_line

        def each_call(frame: FrameType, event: str, arg: object) -> Any:
            return each_line(frame, event, arg) if frame.f_code.co_filename in self.files else None

        begun = time.perf_counter()
        threading.settrace(each_call)
        sys.settrace(each_call)
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=_nobody(item.session))
        finally:
            sys.settrace(None)
            threading.settrace(None)
        self.seconds[item.nodeid] = time.perf_counter() - begun

    def of(self, mutant: Mutant, items: list[pytest.Item], path: Path) -> list[pytest.Item]:
        """Return the tests that reach a fault, the quickest first.

        What stands in the module itself may be looked at from anywhere.
        """
        file = str(path.resolve())
        chosen = [
            item
            for item in items
            if not mutant.where
            or any(where == file and line in mutant.reached_by for where, line in self.lines[item.nodeid])
        ]
        return sorted(chosen, key=lambda item: self.seconds[item.nodeid])


def _nobody(session: pytest.Session) -> pytest.Item:
    """Stand in for the next test: whatever is not the whole run's is taken down before it."""
    return cast(pytest.Item, session)


class Forks:
    """Forks of a process that has run the tests once."""

    def __init__(self, session: pytest.Session, reach: Reach) -> None:
        self.session = session
        self.reach = reach

    def must_find_nothing(self) -> None:
        """Raise unless a fork without a fault passes all tests: else they fail at something of their own."""
        if self._end(self.session.items) != PASSED:
            raise self.session.Failed("the tests fail in a fork without any fault")

    def end(self, mutant: Mutant, path: Path) -> int:
        """Return how a fork with this fault ends."""
        return self._end(self.reach.of(mutant, self.session.items, path), mutant, path)

    def _end(self, items: list[pytest.Item], mutant: Mutant | None = None, path: Path | None = None) -> int:
        from django.db import connections  # only now: there were no settings when pytest read this file

        if not items:
            return PASSED
        connections.close_all()  # a connection belongs to one process
        child = os.fork()
        if child == 0:
            os._exit(self._look(items, mutant, path))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _look(self, items: list[pytest.Item], mutant: Mutant | None, path: Path | None) -> int:
        """Plant the fault and run the tests until one fails. A signal ends the fork at the latest."""
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            if mutant and path:
                plant(mutant, sys.modules[".".join(path.with_suffix("").parts)])
            for item, following in zip(items, [*items[1:], _nobody(self.session)], strict=True):
                signal.setitimer(signal.ITIMER_REAL, PATIENCE + 5 * self.reach.seconds[item.nodeid])
                if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                    return FAILED
        except BaseException:  # noqa: BLE001 - whatever a fault brings about, it was noticed
            return FAILED
        return PASSED


def plant(mutant: Mutant, live: ModuleType) -> None:
    """Put a fault into a module that others have imported from: its functions stay the same objects."""
    other = ModuleType(live.__name__)
    exec(mutant.code, vars(other))  # noqa: S102 - our own module, but for the fault
    if mutant.where:
        _become(_function(live, mutant.where), _function(other, mutant.where))
        return
    for name, value in list(vars(live).items()):
        if isinstance(value, FunctionType) and value.__module__ == live.__name__:
            _become(_function(live, name), _function(other, name))  # a default may be a constant
        if name.startswith("__") or isinstance(value, FunctionType | ModuleType | type):
            continue
        for module in list(sys.modules.values()):
            if getattr(module, "__dict__", {}).get(name) is value:
                setattr(module, name, getattr(other, name))


def _become(old: FunctionType, new: FunctionType) -> None:
    for part in ("__code__", "__defaults__", "__kwdefaults__"):
        setattr(old, part, getattr(new, part))


def _function(module: ModuleType, where: str) -> FunctionType:
    """Return the function or method itself, whatever it was decorated with."""
    found: Any = module
    for name in where.split("."):
        found = vars(found)[name]
    found = inspect.unwrap(getattr(found, "fget", getattr(found, "__func__", found)))
    assert isinstance(found, FunctionType)
    return found

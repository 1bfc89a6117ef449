"""Planted faults: each is a slip of its own, and whoever has imported the module meets it."""

import sys
from types import ModuleType

import pytest

from tests.gates import mutants
from tests.gates.mutating import plant

SOURCE = '''
import logging

logger = logging.getLogger(__name__)
MOST = 3

def few(numbers: list[int], *, least: int = 0) -> bool:
    """Whether they are few."""
    logger.info("asked")
    return least <= len(numbers) and sum(numbers, 0) < MOST

def at_least(number=MOST):
    return number

class Name:
    title: str = "none"

    def short(self) -> str:
        if not self.title:
            return ""
        return self.title.partition(" ")[0]
'''


def changes(source: str) -> list[str]:
    return [mutant.change for mutant in mutants.of(source, "example.py")]


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("x = a < 3", ["a < 3 → a <= 3", "3 → 4"]),
        ("x = a or not b", ["a or not b → a and (not b)", "not b → b"]),
        ("x = f(a, b=c)", [f"f(a, b=c) → f({left})" for left in ("None, b=c", "b=c", "a, b=None", "a")]),
        ("if a:\n    f()", ["a → False", "a → True"]),
        ("def f():\n    g()\n    return 'a'", ["g() → pass", "'a' → 'XX'"]),
        ("def f():\n    a += b", ["a += b → a -= b", "a += b → pass"]),
        ("x = min(a)", ["min(a) → min(None)", "min(a) → max(a)"]),
        ("for a in b:\n    break", ["break → continue"]),
        ("x: 'text' = -a", ["-a → a"]),
    ],
)  # fmt: skip
def test_a_line_has_the_faults_that_a_slip_would_make(code: str, faults: list[str]) -> None:
    assert changes(code) == faults


def test_annotations_docstrings_log_lines_and_what_a_class_holds_have_none() -> None:
    told = " ".join(changes(SOURCE))
    assert not any(words in told for words in ("few", "asked", "none", "list[int]", "str"))


def live_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the example as a module that has been imported."""
    module = ModuleType("example")
    monkeypatch.setitem(sys.modules, "example", module)
    exec(SOURCE, vars(module))  # noqa: S102 - the example above
    return module


def planted(change: str, live: ModuleType) -> None:
    (mutant,) = (one for one in mutants.of(SOURCE, "example.py") if one.change == change)
    plant(mutant, live)


def test_who_imported_a_function_before_meets_the_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    live = live_module(monkeypatch)
    imported, name = live.few, live.Name()
    name.title = "Ann Example"
    assert (imported([1, 1]), imported([1, 2]), name.short()) == (True, False, "Ann")
    planted("sum(numbers, 0) < MOST → sum(numbers, 0) <= MOST", live)
    planted("self.title.partition(' ') → self.title.rpartition(' ')", live)
    assert (imported([1, 2]), name.short()) == (True, "Ann")
    name.title = "Ann B Example"
    assert name.short() == "Ann B"


def test_a_constant_is_another_for_its_module_and_for_who_imported_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live, other = live_module(monkeypatch), ModuleType("other")
    monkeypatch.setitem(sys.modules, "other", other)
    vars(other)["MOST"] = live.MOST
    planted("3 → 4", live)
    assert (live.MOST, vars(other)["MOST"], live.few([3])) == (4, 4, True)


def test_a_constant_that_is_a_default_is_another_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    live = live_module(monkeypatch)
    assert live.at_least() == 3
    planted("3 → 4", live)
    assert live.at_least() == 4

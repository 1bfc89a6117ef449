"""Small faults to plant into a module, one at a time. Pure: nothing is run here.

The faults are those that slips of the pen make: another comparison, a number more, other words, an argument
forgotten, a condition that always or never holds, a statement left out. Annotations, decorators, what stands
in a class outside its methods, docstrings and the words of log lines are left alone.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

ONE_FOR_ANOTHER: list[tuple[type[ast.AST], type[ast.AST]]] = [
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.And, ast.Or),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.FloorDiv, ast.Mod),
    (ast.Pow, ast.Mult),
    (ast.BitOr, ast.BitAnd),
    (ast.LShift, ast.RShift),
]
TURNED = {other: one for one, other in ONE_FOR_ANOTHER} | dict(ONE_FOR_ANOTHER)
NAMES_FOR_ANOTHER = [
    ("lower", "upper"),
    ("casefold", "upper"),
    ("strip", "lstrip"),
    ("partition", "rpartition"),
    ("removeprefix", "removesuffix"),
    ("any", "all"),
    ("min", "max"),
    ("filter", "exclude"),
    ("first", "last"),
]
TAKEN_FOR = {other: one for one, other in NAMES_FOR_ANOTHER} | dict(NAMES_FOR_ANOTHER)
"""Functions and methods, and what they are taken for."""

PLAIN = (ast.Constant, ast.Tuple, type(None))
"""Values of which the parts have faults enough, and none at all."""

OTHER_WORDS = "XX"
LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "format_spec"}
"""Fields of the tree without faults."""

Slot = tuple[ast.AST, str, int | None]
"""Where a node hangs: its parent, the field, and the place in it where that is a list."""


@dataclass(frozen=True)
class Mutant:
    """A module with one fault in it."""

    where: str
    """The function or method with the fault, as `name` or `Class.name`; empty for the module itself."""

    line: int
    change: str
    """The code without the fault, an arrow, and the code with it."""

    reached_by: range
    """Lines of which whoever meets the fault runs one."""

    code: CodeType
    """The whole module, compiled with the fault."""


def of(source: str, path: str) -> Iterator[Mutant]:
    """Yield the module's mutants from top to bottom. `path` is what tracebacks name."""
    tree = ast.parse(source)
    for slot, where, lines in _places(tree, "", "", range(0)):
        node = _held(slot)
        for fault in _faults(node, field=slot[1], in_function=bool(where)):
            _hang(slot, ast.copy_location(fault, node))
            code = _compiled(tree, path)
            _hang(slot, node)
            if code:
                change = _difference(ast.unparse(node), ast.unparse(fault))
                yield Mutant(where, getattr(node, "lineno", 0), change, lines, code)


def _compiled(tree: ast.Module, path: str) -> CodeType | None:
    """Return the code; None where Python itself notices the fault."""
    try:
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    except SyntaxError:
        return None


def _held(slot: Slot) -> ast.AST:
    parent, name, at = slot
    held = getattr(parent, name)
    node: ast.AST = held if at is None else held[at]
    return node


def _hang(slot: Slot, node: ast.AST) -> None:
    parent, name, at = slot
    if at is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[at] = node


def _difference(before: str, after: str) -> str:
    """Return both on one line, without most of what they have in common."""
    start = _in_common(before, after)
    end = _in_common(before[start:][::-1], after[start:][::-1])
    start, end = max(start - 30, 0), max(end - 30, 0)
    return " → ".join(" ".join(code[start : len(code) - end].split()) for code in (before, after))


def _in_common(one: str, other: str) -> int:
    """Return how many letters two texts have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


# --- where faults may stand -------------------------------------------------------------------------------


def _places(parent: ast.AST, where: str, owner: str, lines: range) -> Iterator[tuple[Slot, str, range]]:
    """Yield the statements and expressions below a node, the function each is in, and the lines to it."""
    for slot, child in _children(parent):
        if isinstance(child, ast.ClassDef):
            yield from _places(child, where, f"{owner}{child.name}.", lines)
        elif isinstance(child, ast.FunctionDef):
            whole = range(child.lineno, (child.end_lineno or child.lineno) + 1)
            yield from _places(child, where or f"{owner}{child.name}", owner, whole)
        else:
            near = _lines(child) if isinstance(child, ast.stmt) else lines
            if isinstance(child, ast.stmt | ast.expr):
                yield slot, where, near
            yield from _places(child, where, owner, near)


def _lines(statement: ast.stmt) -> range:
    """Return the lines of a statement; without those of its body, if it has one."""
    body: list[ast.stmt] = getattr(statement, "body", [])
    end = body[0].lineno if body else (statement.end_lineno or statement.lineno) + 1
    return range(statement.lineno, max(end, statement.lineno + 1))


def _children(parent: ast.AST) -> Iterator[tuple[Slot, ast.AST]]:
    for name, value in ast.iter_fields(parent):
        if name in LEFT_ALONE:
            continue
        for at, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST) and not _is_left_alone(child, parent):
                yield (parent, name, at if isinstance(value, list) else None), child


def _is_left_alone(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(parent, ast.ClassDef):
        return not isinstance(node, ast.FunctionDef | ast.ClassDef)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("logger.")
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "len")
    return isinstance(node, ast.Assign | ast.If) and ast.unparse(node).startswith(("__all__ ", "if TYPE_"))


# --- the faults -------------------------------------------------------------------------------------------


def _faults(node: ast.AST, *, field: str, in_function: bool) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place by mistake."""
    yield from _other_operators(node)
    if isinstance(node, ast.Constant):
        yield from _other_constants(node.value)
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)
    elif isinstance(node, ast.Lambda):
        yield _changed(node, body=ast.Constant(None))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Break | ast.Continue):
        yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    elif in_function and isinstance(node, ast.stmt):
        yield from _other_statements(node)
    if field in ("test", "ifs") and isinstance(node, ast.expr):
        yield ast.Constant(False)
        yield ast.Constant(True)


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _other_operators(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in TURNED:
        yield _changed(node, op=TURNED[type(node.op)]())
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            yield _changed(node, ops=[*node.ops[:at], TURNED[type(op)](), *node.ops[at + 1 :]])


def _other_constants(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str):
        yield ast.Constant(OTHER_WORDS)


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    """Yield the call with each argument as None, without it where it has others, and of another function."""
    several = len(node.args) + len(node.keywords) > 1
    for at, arg in enumerate(node.args):
        if not isinstance(arg, ast.Starred | ast.Constant):
            yield _changed(node, args=[*node.args[:at], ast.Constant(None), *node.args[at + 1 :]])
    if node.args and several:  # without another one than the last of them hardly any call can be made
        yield _changed(node, args=node.args[:-1])
    for at, keyword in enumerate(node.keywords):
        if keyword.arg and not isinstance(keyword.value, ast.Constant):
            nothing = ast.keyword(keyword.arg, ast.Constant(None))
            yield _changed(node, keywords=[*node.keywords[:at], nothing, *node.keywords[at + 1 :]])
        if several:
            yield _changed(node, keywords=[*node.keywords[:at], *node.keywords[at + 1 :]])
    if isinstance(node.func, ast.Name) and node.func.id in TAKEN_FOR:
        yield _changed(node, func=ast.Name(TAKEN_FOR[node.func.id], ast.Load()))
    elif isinstance(node.func, ast.Attribute) and node.func.attr in TAKEN_FOR:
        yield _changed(node, func=_changed(node.func, attr=TAKEN_FOR[node.func.attr]))


def _other_statements(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield nothing in the place of a call or a raise, and None in the place of what is assigned."""
    if isinstance(node, ast.Expr | ast.Raise | ast.AugAssign):
        yield ast.Pass()
    elif isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, PLAIN):
        yield _changed(node, value=ast.Constant(None))

"""The house keeps its shape: docs say why, this file says where it broke."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from portal.schedule import BEAT_SCHEDULE

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("mailing", "accounts", "courses", "careers", "learning", "portal")  # the lowest first
DOORS = {"views", "admin", "admin_site", "forms", "middleware", "urls", "management", "migrations", "apps"}
METHODS = {"require_GET", "require_POST", "require_safe", "require_http_methods"}
FORBIDDEN_NAMES = {"services", "utils", "helpers", "managers", "signals", "common", "misc", "tools"}
LIMITS = {"module": 300, "function": 40, "view": 30, "task": 8}

TAKES_REQUEST = {
    # module: why it may know of requests though it is no door
    "accounts/adapter.py": "allauth hands its adapter the request",
    "accounts/social.py": "so it does for the log-in of an organisation",
    "accounts/guests.py": "a guest is found by a cookie of the request",
    "accounts/caching.py": "it decides which answers may be kept",
}
LONGER = {
    # "path" or "path:function": why it may be longer than its kind
    "portal/settings.py": "one table of settings, read from top to bottom",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the rooms by its path, migrations left out."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    kept = (path for path in paths if "migrations" not in path.parts)
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in kept}


def domain_modules() -> Iterator[tuple[str, ast.Module]]:
    """The rules themselves: modules of the rooms below the front hall that are no door."""
    for path, tree in modules().items():
        parts = Path(path).with_suffix("").parts
        if parts[0] != "portal" and not DOORS & set(parts) and path not in TAKES_REQUEST:
            yield path, tree


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods in a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def decorators(node: Function) -> list[str]:
    """The last part of each decorator's name, the outermost first."""
    calls = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
    return [each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in calls]


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Every address below a resolver."""
    for each in resolver.url_patterns:
        yield from patterns(each) if isinstance(each, URLResolver) else [each]


def our_views() -> Iterator[tuple[URLPattern, Callable[..., Any], Function]]:
    """Every address outside the admin that leads to a view of ours, with the view and its source."""
    for pattern in patterns(get_resolver()):
        view = pattern.callback
        path = view.__module__.replace(".", "/") + ".py"
        if path in modules() and not {"admin", "admin_site"} & set(view.__module__.split(".")):
            source = next((each for each in functions(modules()[path]) if each.name == view.__name__), None)
            assert source, f"{path}: {view.__name__} is no function of this module; views are functions"
            yield pattern, view, source


def test_domain_modules_know_nothing_of_http() -> None:
    http = ("django.http", "django.shortcuts", "django.contrib.messages", "django.views")
    broken = [
        f"{path} imports {name}"
        for path, tree in domain_modules()
        for name in imports(tree)
        if name.startswith(http)
    ]
    assert not broken, "views speak HTTP, rules do not:\n" + "\n".join(broken)


def test_domain_functions_take_no_request() -> None:
    broken = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in domain_modules()
        for node in functions(tree)
        if any(each.arg == "request" for each in [*node.args.args, *node.args.kwonlyargs])
    ]
    assert not broken, "pass what is needed of the request instead:\n" + "\n".join(broken)


def test_an_address_is_named_after_its_view() -> None:
    broken = [
        f"{pattern.name} leads to {view.__name__}"
        for pattern, view, _ in our_views()
        if pattern.name != view.__name__
    ]
    assert not broken, "\n".join(broken)


def test_every_view_says_its_methods_first() -> None:
    broken = [
        f"{view.__module__}.{view.__name__}: {decorators(source)}"
        for _, view, source in our_views()
        if not decorators(source) or decorators(source)[0] not in METHODS
    ]
    assert not broken, "the first decorator says which methods:\n" + "\n".join(broken)


def test_every_view_needs_a_log_in_or_says_that_it_does_not() -> None:
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
    broken = [
        f"{view.__module__}.{view.__name__}"
        for _, view, source in our_views()
        if getattr(view, "login_required", True) == ("login_not_required" in decorators(source))
    ]
    assert not broken, "the decorator does not reach the view:\n" + "\n".join(broken)


def test_there_are_no_receivers_and_no_clever_saves() -> None:
    broken = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in modules().items()
        for node in functions(tree)
        if "receiver" in decorators(node)
        or ("models" in Path(path).with_suffix("").parts and node.name == "save")
    ]
    assert not broken, "effects stand in domain functions, not in signals or save():\n" + "\n".join(broken)


def test_no_module_is_a_drawer_for_everything() -> None:
    broken = [path for path in modules() if Path(path).stem in FORBIDDEN_NAMES]
    assert not broken, f"name the subject instead: {broken}"


def too_long() -> Iterator[tuple[str, int]]:
    """What is longer than its kind may be, with its lines."""
    views = {id(source) for _, _, source in our_views()}
    for path, tree in modules().items():
        lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        if lines > LIMITS["module"]:
            yield path, lines
        for node in functions(tree):
            is_task = {"shared_task", "task"} & set(decorators(node))
            kind = "task" if is_task else "view" if id(node) in views else "function"
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > LIMITS[kind]:
                yield f"{path}:{node.name}", lines


def test_nothing_is_longer_than_its_kind_may_be() -> None:
    broken = [f"{name} has {lines} lines" for name, lines in too_long() if name not in LONGER]
    assert not broken, f"ask what second thing it has become ({LIMITS}):\n" + "\n".join(broken)


@pytest.mark.parametrize("job", BEAT_SCHEDULE)
def test_every_job_of_the_schedule_has_its_task(job: str) -> None:
    module, _, name = BEAT_SCHEDULE[job]["task"].rpartition(".")
    task = getattr(import_module(module), name)
    assert task.name == BEAT_SCHEDULE[job]["task"]
    assert BEAT_SCHEDULE[job]["options"]["expires"] >= 15 * 60


def test_foreign_keys_lead_downwards() -> None:
    broken = [
        f"{model._meta.label}.{field.name} leads up to {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and isinstance(field.related_model, type)
        if field.related_model._meta.app_label in ROOMS
        if ROOMS.index(field.related_model._meta.app_label) > ROOMS.index(model._meta.app_label)
        if field.related_model._meta.label != settings.AUTH_USER_MODEL  # mailing's rows belong to people
    ]
    assert not broken, "\n".join(broken)

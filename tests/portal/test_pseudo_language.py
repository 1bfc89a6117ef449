"""Every page speaks the language of the installation: a made-up one shows what does not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.template import engines
from django.template.loader import render_to_string
from django.test import override_settings

from portal.templatetags import admin_parts, frame, kept
from tests.portal import pseudo
from tests.security.matrix import MATRIX
from tests.security.world import World, finish, make_world


def forget_words() -> None:
    """Let go of all that is kept in the language before."""
    for module in (frame, kept, admin_parts):
        cache: Any = module._kept  # of functools.lru_cache
        cache.cache_clear()
    for name in ("versions", "boards"):
        caches[name].clear()
    templates: Any = engines["django"]
    for loader in templates.engine.template_loaders:
        loader.reset()


@contextmanager
def forgetful(folder: Path) -> Iterator[None]:
    """Let the portal speak the made-up language, written into a folder, and nothing of it stay."""
    pseudo.write(folder)
    with override_settings(LANGUAGE_CODE=pseudo.CODE, LOCALE_PATHS=[folder]):
        forget_words()
        yield
    forget_words()


@pytest.fixture
def speaking(tmp_path: Path) -> Iterator[None]:
    """Let the portal speak the made-up language."""
    with forgetful(tmp_path / "locale"):
        yield


def pages(world: World) -> Iterator[tuple[str, str]]:
    """Yield every page of the house as a visitor, a guest and a learner see it, with its name."""
    for name, (codes, _) in MATRIX.items():
        for actor, code in zip(("visitor", "guest", "owner"), codes.split(), strict=False):
            if code in ("302", "405"):
                continue
            answer = world.browsers[actor].get(world.address(name))
            finish(answer)
            if answer.get("Content-Type", "").startswith("text/html"):
                yield f"{name} as {actor}", answer.text
    for name in ("400", "403", "403_csrf", "405", "429", "500", "503"):
        yield name, render_to_string(f"{name}.html")


@pytest.mark.django_db
def test_every_page_is_in_the_language_of_the_installation(tmp_path: Path, speaking: None) -> None:
    world = make_world(tmp_path)
    found = {name: said for name, page in pages(world) if (said := list(pseudo.latin(page)))}
    assert found == {}


def test_what_is_not_marked_is_found() -> None:
    page = """
        <html lang="he"><head><title>Two jobs · Crossroads</title></head><body>
        <p>Not marked</p><p>\u05d0\u05d1 \u2068a value\u2069</p><p aria-label="Nor this">\u05d0</p>
        <h1><bdi lang="en">Two jobs</bdi></h1><div lang="en"><p>A lesson</p><p lang="he">Its page</p></div>
        <kbd>Enter</kbd><img alt="Two jobs">
    """
    assert list(pseudo.latin(page)) == ["Not marked", "aria-label: Nor this", "Its page"]


def test_the_made_up_language_keeps_values_and_tags() -> None:
    said = pseudo.translated('%(n)s of <a href="%(there)s">two</a>, 5%% {when}')
    shape = re.sub(r"[\u0590-\u05ff]+", "…", said)
    assert shape == '\u2068%(n)s\u2069 … <a href="%(there)s">…</a>, 5%% \u2068{when}\u2069'

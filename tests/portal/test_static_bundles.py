"""One stylesheet and one script, made of every source file and nothing else."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from portal.static_bundles import BUNDLES, SOURCES, bare, joined


def read(name: str) -> str:
    found = finders.find(name)
    assert found
    return Path(found).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_found_like_any_static_file(name: str) -> None:
    assert read(name) == joined(name)


def test_every_style_is_in_a_stylesheet() -> None:
    stylesheets = joined("crossroads.css") + joined("authoring.css")
    assert [path.name for path in SOURCES.glob("css/**/*.css") if bare(path) not in stylesheets] == []


def test_comments_and_indentation_stay_with_the_sources(tmp_path: Path) -> None:
    style, script = tmp_path / "one.css", tmp_path / "one.js"
    style.write_text("@layer base {\n  /* Links,\n     everywhere. */\n  a { color: red; } /* red */\n\n}\n")
    script.write_text('// What it does.\nif (a) {\n  // Why.\n  b("https://example.org"); // not here\n}\n')
    assert bare(style) == "@layer base {\na { color: red; }\n}\n"
    assert bare(script) == 'if (a) {\nb("https://example.org"); // not here\n}\n'


def test_no_script_has_text_over_several_lines_which_would_lose_its_indentation() -> None:
    for path in SOURCES.glob("js/**/*.js"):
        assert all(line.count("`") % 2 == 0 for line in path.read_text().splitlines())


def test_the_layers_are_named_first() -> None:
    first = next(line for line in joined("crossroads.css").splitlines() if line.startswith("@layer"))
    assert first == "@layer reset, tokens, base, layout, components, utilities;"


def test_every_script_but_the_blocking_one_is_in_the_bundle() -> None:
    scripts = {f"js/{path.name}" for path in SOURCES.glob("js/*.js")}
    assert scripts == {*BUNDLES["crossroads.js"], "js/theme.js"}


def test_scripts_stand_alone_since_each_becomes_a_block() -> None:
    lines = [line for path in SOURCES.glob("js/**/*.js") for line in path.read_text().splitlines()]
    assert [line for line in lines if line.startswith(("import ", "export "))] == []


def test_other_names_are_left_to_the_other_finders() -> None:
    assert read("js/theme.js") == (SOURCES / "js/theme.js").read_text()
    assert finders.find("crossroads.txt") is None


def test_what_every_page_loads_leaves_room_for_the_page_itself() -> None:
    names = ("crossroads.css", "crossroads.js", "js/theme.js", "django_htmx/htmx-2.min.js", "icons.svg")
    assert sum(len(gzip.compress(read(name).encode())) for name in names) <= 32_000  # of 60 kB for a lesson

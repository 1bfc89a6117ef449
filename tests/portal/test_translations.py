"""The catalogue has every word of the code and the templates, and nothing that is gone."""

import re
from pathlib import Path

from portal import catalogue
from portal.ui_language import SOURCE

ENGLISH = catalogue.FOLDER / SOURCE / "LC_MESSAGES" / "django.po"


def keys(path: Path) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalogue.read(path) if message.id}


def test_the_catalogue_has_the_words_that_are_marked_and_no_others() -> None:
    marked = {(message.id, message.context) for message in catalogue.collected() if message.id}
    listed = keys(ENGLISH)
    assert (marked - listed, listed - marked) == (set(), set()), (
        "run `make messages` and commit the catalogue"
    )


def test_what_is_read_is_what_was_translated() -> None:
    for path in catalogue.sources():
        assert keys(path) == keys(ENGLISH), path
        if path != ENGLISH:
            assert list(catalogue.faults(catalogue.read(path))) == []
            assert path.with_suffix(".mo").read_bytes() == catalogue.compiled(catalogue.read(path)), path


TEXTS = re.compile(r'"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`')
COMMENTS = re.compile(r"(?<!:)//[^\n]*")
VALUES = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
KEYS = {"Enter", "Escape"}
"""Names of keys, as browsers call them."""


def test_scripts_have_no_words_of_their_own() -> None:
    said = {}
    for path in (catalogue.ROOT / "static" / "js").rglob("*.js"):
        bare = COMMENTS.sub("", path.read_text(encoding="utf-8"))
        texts = {VALUES.sub("", double or back) for double, back in TEXTS.findall(bare)}
        words = {text for text in texts if re.match(r"[A-Z][a-z]+(?:\W|$)", text)} - KEYS
        if words:
            said[path.name] = words
    assert said == {}, "they belong into data- attributes of a template"

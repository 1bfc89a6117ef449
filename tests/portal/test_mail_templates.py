"""The HTML of mails is made from MJML ahead of time, and loads nothing from anywhere."""

import re
from pathlib import Path

import pytest

from portal.management.commands.compile_mails import TEMPLATES, compiled, sources

NAMESPACES = {"http://www.w3.org/1999/xhtml"}  # names, which nothing loads


@pytest.mark.parametrize("source", sources(), ids=lambda source: str(source.relative_to(TEMPLATES)))
def test_a_mail_is_as_its_source_says(source: Path) -> None:
    made = source.with_suffix(".html").read_text(encoding="utf-8")
    assert made == compiled(source), "run `make mails`"


@pytest.mark.parametrize("source", sources(), ids=lambda source: str(source.relative_to(TEMPLATES)))
def test_a_mail_names_no_other_host(source: Path) -> None:
    made = source.with_suffix(".html").read_text(encoding="utf-8")
    assert set(re.findall(r"(?:https?:)?//[\w.-]+[^\s\"'<>)]*", made)) <= NAMESPACES
    assert not re.search(r"<link|<img|@import|url\(", made)


def test_every_whole_document_among_the_mails_has_a_source() -> None:
    documents = {
        path
        for folder in ("account/email", "mfa/email", "emails")
        for path in (TEMPLATES / folder).rglob("*.html")
        if "<!doctype" in path.read_text(encoding="utf-8").lower()
    }
    assert documents == {source.with_suffix(".html") for source in sources()}

"""Words are collected from code and templates, and a language is added with them."""

import re
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal import admin_names, catalogue


def test_words_are_found_in_code_and_in_templates() -> None:
    code = b'_("One " "word.") + ngettext("%d day", "%d days", n) + pgettext("month", "May") + _(unknown)'
    assert list(catalogue.in_python(code)) == [
        (("One word.",), None),
        (("%d day", "%d days"), None),
        (("May",), "month"),
    ]
    template = (
        """{% translate "It's 5 %." %}{% translate "May" context "month" %}"""
        """{% include "x.html" with label=_("Done") %}{{ a|default:_("Nobody") }} not gettext("this")"""
        """{% blocktranslate trimmed %}\n Read <a href="{{ there }}">it</a>\n first.{% endblocktranslate %}"""
        """{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}"""
    )
    assert list(catalogue.in_template(template)) == [
        (("It's 5 %%.",), None),
        (("May",), "month"),
        (("Done",), None),
        (("Nobody",), None),
        (('Read <a href="%(there)s">it</a> first.',), None),
        (("%(n)s day", "%(n)s days"), None),
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product of one room and one template, with catalogues of its own."""
    (tmp_path / "portal").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "portal" / "words.py").write_text("gettext; _('Out of reach')")
    (tmp_path / "templates" / "page.html").write_text('{% translate "Zebra crossing" %}')
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "locale")
    monkeypatch.setattr(admin_names, "MADE", set())
    return tmp_path


@pytest.mark.parametrize("gone", [False, True])
def test_a_language_is_added_and_kept_up_to_date(folder: Path, gone: bool) -> None:
    call_command("makemessages", verbosity=0)
    german = folder / "locale" / "de" / "LC_MESSAGES" / "django.po"
    german.parent.mkdir(parents=True)
    english = (folder / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text()
    german.write_text(re.sub(r'(?<=msgid "Zebra crossing"\nmsgstr ")', "Zebrastreifen", english))
    if gone:
        (folder / "templates" / "page.html").write_text("")
    call_command("makemessages", verbosity=0)
    call_command("compilemessages", verbosity=0)
    listed = {message.id: message.string for message in catalogue.read(german) if message.id}
    assert listed == {"Out of reach": "", **({} if gone else {"Zebra crossing": "Zebrastreifen"})}
    assert (b"Zebrastreifen" in german.with_suffix(".mo").read_bytes()) is not gone
    assert not (folder / "locale" / "en" / "LC_MESSAGES" / "django.mo").exists()


@pytest.mark.parametrize("said", ["Zebra %(n)s", '"Zebra"', "<b>Zebra</b>", "a {name}", "&amp;"])
def test_a_translation_that_would_break_a_page_is_refused(folder: Path, said: str) -> None:
    call_command("makemessages", verbosity=0)
    english = (folder / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text()
    german = folder / "locale" / "de" / "LC_MESSAGES" / "django.po"
    german.parent.mkdir(parents=True)
    quoted = said.replace('"', '\\"')
    german.write_text(english.replace('"Zebra crossing"\nmsgstr ""', f'"Zebra crossing"\nmsgstr "{quoted}"'))
    with pytest.raises(CommandError, match="the English has not"):
        call_command("compilemessages")


@pytest.mark.parametrize("command", ["makemessages", "compilemessages"])
def test_without_babel_a_line_says_where_it_comes_from(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    language = folder / "locale" / "de" / "LC_MESSAGES" / "django.po"
    language.parent.mkdir(parents=True)
    language.touch()
    monkeypatch.setitem(sys.modules, "babel", None)
    with pytest.raises(CommandError, match="make setup"):
        call_command(command)

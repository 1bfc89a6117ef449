"""The words of pages and mails as catalogues for translators: locale/<language>/LC_MESSAGES/django.po.

`locale/en` has every word and no translation: the words are English. Needs Babel, and no GNU gettext.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.utils.translation.template import templatize

from portal import admin_names
from portal.ui_language import SOURCE

if TYPE_CHECKING:  # it is for development only, so not where the portal runs
    from babel.messages.catalog import Catalog

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "locale"
ROOMS = ("accounts", "careers", "courses", "learning", "mailing", "portal")
TEMPLATES = ("*.html", "*.txt", "*.xml", "*.js")
Found: TypeAlias = tuple[tuple[str, ...], str | None]
"""A message, with its plural if it has one, and what tells it from others that read alike."""

LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"(?:^|(?<=\s))(_|gettext|ngettext|pgettext|npgettext)\(({LITERAL}(?:,\s*{LITERAL})*)")
"""What templatize() leaves of a template's tags."""

PARTS = re.compile(r"%\(\w+\)\w|%[sd]|\{\w*\}|<[^>]*>|&\w+;|\"|<|>")
"""What a translation may not have unless the English has it."""

KEYWORDS = {
    f"{name}{kind}": args
    for name, args in (
        ("gettext", None),
        ("ngettext", (1, 2)),
        ("pgettext", ((1, "c"), 2)),
        ("npgettext", ((1, "c"), 2, 3)),
    )
    for kind in ("", "_lazy", "_noop")
} | {"_": None}
"""What marks words in Python, as Babel wants to know it."""

NOISE = re.compile(
    rb'^"(?:(?:POT-Creation-Date|PO-Revision-Date|Generated-By): .*|.*(?:EMAIL@ADDRESS|LL@li\.org).*)\n',
    re.MULTILINE,
)
"""Left out: a catalogue whose words are the same is the same file."""


class NoBabelError(Exception):
    """The development's dependencies are not installed."""


def collected() -> "Catalog":
    """Return every marked word of the code and the templates, each with the files that say it."""
    catalogue = _new(SOURCE)
    for path, (words, context) in sorted(_marked(), key=lambda found: (found[0], found[1][0])):
        catalogue.add(words if len(words) > 1 else words[0], locations=[(path, 0)], context=context)
    return catalogue


def read(path: Path) -> "Catalog":
    """Return what a .po file holds."""
    _needs_babel()
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def written(catalogue: "Catalog") -> bytes:
    """Return a catalogue as a .po file."""
    from babel.messages.pofile import write_po

    made = BytesIO()
    write_po(made, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return NOISE.sub(b"", made.getvalue())


def compiled(catalogue: "Catalog") -> bytes:
    """Return a catalogue as Django reads it; what is not translated, or marked as unsure, is English then."""
    from babel.messages.mofile import write_mo

    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def faults(catalogue: "Catalog") -> Iterator[str]:
    """Yield each translation that would break a page: values or tags that the English has not, or quotes.

    Words stand in attributes, too, and constant ones are not escaped: a straight quote would end them.
    """
    for message in catalogue:
        texts = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        words = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        known = {part for text in texts for part in PARTS.findall(text)}
        for said in words if message.id else ():
            strange = sorted(set(PARTS.findall(said)) - known)
            if strange:
                yield f"{said}: it has {', '.join(strange)}, and the English has not"


def sources() -> list[Path]:
    """Return the .po files, by path."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/django.po"))


def _new(locale: str) -> "Catalog":
    _needs_babel()
    from babel.messages.catalog import Catalog

    return Catalog(
        locale=locale,
        domain="django",
        header_comment="# The words of Crossroads: docs/translating.md.",
        project="Crossroads",
        version="1",
        copyright_holder="Crossroads contributors",
        fuzzy=False,
    )


def _marked() -> Iterator[tuple[str, Found]]:
    yield from (("portal/admin_names.py", ((name,), admin_names.CONTEXT)) for name in admin_names.MADE)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            source = path.read_bytes()
            if b"gettext" in source:
                yield from ((str(path.relative_to(ROOT)), found) for found in in_python(source))
    for pattern in TEMPLATES:
        for path in (ROOT / "templates").rglob(pattern):
            text = path.read_text(encoding="utf-8")
            if "translate" in text or "_(" in text:
                yield from ((str(path.relative_to(ROOT)), found) for found in in_template(text))


def in_python(source: bytes) -> Iterator[Found]:
    """Yield what a module marks."""
    from babel.messages.extract import extract

    for _, words, _, context in extract("python", BytesIO(source), KEYWORDS):
        yield (words,) if isinstance(words, str) else tuple(words), context


def in_template(text: str) -> Iterator[Found]:
    """Yield what a template marks."""
    for name, literals in CALL.findall(templatize(text)):
        words: tuple[str, ...] = ast.literal_eval(f"({literals},)")
        context = words[0] if name in ("pgettext", "npgettext") else None
        yield words[1:] if context is not None else words, context


def _needs_babel() -> None:
    try:
        import babel  # noqa: F401  only asked for
    except ImportError:
        raise NoBabelError("Catalogues are made with Babel, which `make setup` installs.") from None

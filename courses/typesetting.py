"""Documents as PDF, typeset with Typst from the templates in templates/documents. Pure, and no network.

Only the fonts that come with Typst are used: Latin, Greek, Cyrillic, Hebrew and Arabic letters, so that a
document looks alike on every machine. Typst sets a box for a letter that no font has; under PDF/UA, which is
asked for here, it refuses instead.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from typst import Fonts

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "documents"


class CannotBeSetError(Exception):
    """A text has letters that no font has; they are the message, each once."""


class _RefusedError(Exception):
    """Typst would not set a document."""


@cache
def _fonts() -> "Fonts":
    import typst  # 6 MB that a process holds only once it has something to set

    return typst.Fonts(include_system_fonts=False)


def pdf(template: str, content: Mapping[str, object], *, made_at: datetime) -> bytes:
    """Return a document as accessible PDF (PDF/UA-1): the same bytes for the same content and `made_at`.

    `template` is a file's name without ending; `content` is what JSON can hold, taken as text and never as
    markup. Raises CannotBeSetError for letters that no font has.
    """
    try:
        return _compile(template, content, made_at)
    except _RefusedError as error:
        if letters := missing_letters("".join(_texts(content))):
            raise CannotBeSetError(letters) from error
        raise


def picture(template: str, content: Mapping[str, object], *, kind: str, made_at: datetime) -> bytes:
    """Return a document of one page as a picture: `kind` "png", with 200 pixels an inch, or "svg".

    Raises CannotBeSetError as `pdf` does: it is set as one first, since only there a missing letter is told.
    """
    pdf(template, content, made_at=made_at)
    return _compile(template, content, made_at, kind="png" if kind == "png" else "svg")


def missing_letters(text: str) -> str:
    """Return the letters of a text that cannot be set, each once, in their order; empty if it can be."""
    if _can_set(text):
        return ""
    return "".join(letter for letter in dict.fromkeys(text) if not letter.isspace() and not _can_set(letter))


def _can_set(text: str) -> bool:
    try:
        _compile("probe", {"words": text}, datetime(2000, 1, 1, tzinfo=UTC))
    except _RefusedError:
        return False
    return True


def _compile(
    template: str,
    content: Mapping[str, object],
    made_at: datetime,
    *,
    kind: Literal["pdf", "png", "svg"] = "pdf",
) -> bytes:
    fonts = _fonts()
    import typst

    try:
        return typst.compile(
            str(FOLDER / f"{template}.typ"),
            root=str(FOLDER),
            font_paths=fonts,
            ignore_system_fonts=True,
            format=kind,
            ppi=200,
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=["ua-1"] if kind == "pdf" else [],
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise _RefusedError(str(error)) from error


def _texts(value: object) -> list[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []

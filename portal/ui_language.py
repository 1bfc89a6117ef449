"""The one language that this installation speaks: docs/decisions/translations.md."""

from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale

SOURCE = "en"
"""The language that every word is written in; it needs no catalogue."""


def read(code: str, *, folder: Path) -> str:
    """Return Django's code of the language for UI_LANGUAGE; `folder` is where the catalogues lie.

    Raises ValueError, which says what is wrong: a language without a catalogue would be English under a
    wrong name.
    """
    code = code.lower().replace("_", "-")
    if not {code, code.partition("-")[0]} & LANG_INFO.keys():
        raise ValueError(
            f"UI_LANGUAGE is {code!r}; it must be a language that Django knows, such as en-gb or de."
        )
    if code.partition("-")[0] == SOURCE or any(file.is_file() for file in catalogues(code, folder)):
        return code
    raise ValueError(f"UI_LANGUAGE is {code!r}, but there is no {catalogues(code, folder)[0]}.")


def catalogues(code: str, folder: Path) -> list[Path]:
    """Return the compiled catalogues that a language's words may come from: its own, its general form's."""
    names = dict.fromkeys((to_locale(code), to_locale(code.partition("-")[0])))
    return [folder / name / "LC_MESSAGES" / "django.mo" for name in names]

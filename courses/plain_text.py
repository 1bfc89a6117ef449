"""Plain text of what authors write, for searching and for showing where words were found. Pure.

`fold` makes words comparable: small letters without accents. It keeps every character's place, so what is
found in folded text can be shown in the text itself.
"""

import re
import unicodedata

from courses.markdown_parser import directive, plain_text
from courses.markdown_syntax import read, read_inline

Section = list[str]
"""Id of the heading (empty before the first), the heading, the text below it; a list, as JSON keeps it."""

UNSEEN = re.compile(r"[\ue000-\uf8ff\u200b\ufeff]+")
SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
FOLDED_RANGES = (range(0x41, 0x5B), range(0xC0, 0x530), range(0x1E00, 0x2000))
WITHOUT_ACCENT = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t"}
WORD = re.compile(r"[^\W_]+")


def _folded(character: str) -> str:
    """Return one character for one: the small letter without its accents."""
    base = unicodedata.normalize("NFD", character)[0].lower()[:1]
    return WITHOUT_ACCENT.get(base, base)


FOLD = {code: _folded(chr(code)) for codes in FOLDED_RANGES for code in codes}


def fold(text: str) -> str:
    """Return the text in small letters without accents, character for character."""
    return text.translate(FOLD)


def words(text: str) -> list[str]:
    """Return the folded words of a text in its order: runs of letters and digits."""
    return WORD.findall(fold(unicodedata.normalize("NFKC", text)))


def inline(source: str) -> str:
    """Return one line of an author's text, such as a prompt, as a reader sees it."""
    return tidy(" ".join(plain_text(token) for token in read_inline(source).tokens))


def sections(source: str, *, first: str) -> list[Section]:
    """Return a lesson's text cut at its headings; what stands above the first one goes under `first`.

    Figures are left out: they come from elsewhere and change.
    """
    found: list[Section] = [["", first, ""]]
    tokens = read(source).tokens
    for index, token in enumerate(tokens):
        if token.type == "container_directive_open" and directive(token)[0] in ("table", "compare"):
            caption = directive(token)[1].removeprefix('caption="').removesuffix('"')
            found[-1][2] += f" {caption}"
        if token.type == "figure" and (figure := token.meta["figure"]):
            found[-1][2] += f" {figure.title} {figure.note}"
        if token.type != "inline":
            continue
        token.children = [child for child in token.children or [] if child.type != "fact"]
        opening = tokens[index - 1]
        if opening.type == "heading_open":
            found.append([str(opening.attrGet("id") or ""), tidy(plain_text(token)), ""])
        else:
            found[-1][2] += f" {plain_text(token)}"
    return [[heading_id, heading, tidy(text)] for heading_id, heading, text in found]


def tidy(text: str) -> str:
    """Return the text in one line, composed, without characters that nobody sees."""
    return SPACE.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", text))).strip()

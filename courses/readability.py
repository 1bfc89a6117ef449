"""How long a lesson takes and how easily it reads. Pure.

Reading ease is Flesch's of 1948: 206.835 - 1.015 x words per sentence - 84.6 x syllables per word.
Syllables are counted from the spelling: groups of vowels, without a silent final e; that is close enough to
judge a text of some hundred words, and needs no dictionary.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from courses.markdown_parser import closing, directive, plain_text
from courses.markdown_syntax import Document, kept
from courses.wording import gettext as _
from courses.wording import ngettext

WORD = re.compile(r"[A-Za-z0-9]+(?:['\u2019.,:-][A-Za-z0-9]+)*")
SENTENCE_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)]*(?:\s|$)")
WORDS_A_MINUTE = 200


def _texts(document: Document) -> Iterator[tuple[str, bool]]:
    """Yield the text of each block, and whether it is running text (not a heading, not a table's cell)."""
    before = ""
    for index, token in enumerate(document.tokens):
        if token.type == "inline":
            yield plain_text(token), before == "paragraph_open"
        if token.type == "container_directive_open" and directive(token)[0] in ("table", "compare"):
            caption = directive(token)[1].removeprefix('caption="').removesuffix('"')
            if closing(document.tokens, index) > index:
                yield caption, False
        before = token.type


@dataclass(frozen=True, slots=True)
class Measures:
    """What a lesson's text comes to."""

    words: int
    mean_sentence: float
    """Words a sentence."""

    ease: float
    """Flesch reading ease."""


@lru_cache(maxsize=64)
def measures(source: str) -> Measures:
    """Measure a lesson's text; said again of the same text without another look."""
    document = kept(source)
    return Measures(count_words(document), mean_sentence(document), flesch(document))


def words_of(text: str) -> list[str]:
    """Return the words of a text; a figure is a word, a dash is not."""
    return WORD.findall(text)


def count_words(document: Document) -> int:
    """Return how many words a reader sees in a lesson, headings and tables included, questions not."""
    return sum(len(words_of(text)) for text, _ in _texts(document))


def in_words(minutes: int) -> str:
    """Say how long something takes: minutes below an hour, then hours to the nearest half."""
    if minutes < 60:
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    hours, half = divmod(round(minutes / 30), 2)
    if half:
        return _("about %(hours)s½ hours") % {"hours": hours}
    return ngettext("about %(hours)s hour", "about %(hours)s hours", hours) % {"hours": hours}


def minutes(words: int, checks: int) -> int:
    """Return how many minutes a lesson takes: 200 words a minute and one for each check, at least 1."""
    return max(1, int(words / WORDS_A_MINUTE + checks + 0.5))


@lru_cache(maxsize=16_384)
def syllables(word: str) -> int:
    """Return about how many syllables an English word has, from its spelling; at least 1."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", letters))
    silent_e = letters.endswith("e") and not letters.endswith(("le", "ee", "ye", "oe"))
    silent_ed = letters.endswith("ed") and not letters.endswith(("ted", "ded"))
    silent_es = letters.endswith("es") and not re.search(r"(?:[sxz]|[cs]h|[cg])es$", letters)
    if silent_e or silent_ed or silent_es:
        groups -= 1
    return max(groups, 1)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text: what ends with a mark and is followed by space, or is the last."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    cuts = [text[start:end].strip() for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [cut for cut in cuts if cut]


def _running(document: Document) -> tuple[int, list[str]]:
    """Return how many sentences the running text of a lesson has, and its words."""
    count, words = 0, []
    for text, running in _texts(document):
        if running and (found := words_of(text)):
            words += found
            count += max(1, len(SENTENCE_END.findall(text)))
    return count, words


def mean_sentence(document: Document) -> float:
    """Return how many words a sentence of a lesson's running text has in the mean; 0 without any."""
    count, words = _running(document)
    return len(words) / count if count else 0.0


def flesch(document: Document) -> float:
    """Return the Flesch reading ease of a lesson's running text: 100 very easy, 50 fairly hard."""
    count, words = _running(document)
    if not words:
        return 100.0
    spoken = sum(syllables(word) for word in words)
    return 206.835 - 1.015 * len(words) / count - 84.6 * spoken / len(words)

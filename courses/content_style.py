"""Rules for the words of a content folder: how they are spelled, how long sentences are, what was copied."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from courses import copied_runs, readability, spelling
from courses.content_files.texts import Text, texts
from courses.wording import gettext as _
from courses.yaml_records import ContentFault

LONGEST_SENTENCE = 40
"""Words. Long ones lose readers who have English as a second language."""


def word_faults(root: Path) -> Iterator[ContentFault]:
    """Yield what is wrong with the words of all files below a folder; the files were read without faults."""
    for text in texts(root):
        for message in messages(text):
            yield ContentFault(text.file, text.line, message)


def messages(text: Text) -> Iterable[str]:
    """Return what is wrong with the words of one text; said again of the same words without another look."""
    return _messages(text.words, text.quoted)


@lru_cache(maxsize=4096)
def _messages(words: str, quoted: bool) -> tuple[str, ...]:
    return tuple(_found(words, quoted))


def _found(words: str, quoted: bool) -> Iterator[str]:
    for word in spelling.not_british(words):
        yield _("%(word)r is not spelled the British way with -ise") % {"word": word}
    for sentence in readability.sentences(words):
        length = len(readability.words_of(sentence))
        if length > LONGEST_SENTENCE:
            said = _("a sentence of %(count)s words; more than %(most)s are hard to follow")
            yield said % {"count": length, "most": LONGEST_SENTENCE}
    if not quoted and (run := copied_runs.copied(words)):
        yield _(
            "stands in a source word for word: “%(run)s …”; write it anew, or quote it and say whose it is"
        ) % {"run": run}

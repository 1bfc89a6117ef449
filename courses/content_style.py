"""Rules for the words of a content folder: how they are spelled, how long sentences are, what was copied."""

from collections.abc import Iterator
from pathlib import Path

from courses import copied_runs, readability, spelling
from courses.content_files.texts import Text, texts
from courses.yaml_records import ContentFault

LONGEST_SENTENCE = 40
"""Words. Long ones lose readers who have English as a second language."""


def word_faults(root: Path) -> Iterator[ContentFault]:
    """Yield what is wrong with the words of all files below a folder; the files were read without faults."""
    for text in texts(root):
        for message in messages(text):
            yield ContentFault(text.file, text.line, message)


def messages(text: Text) -> Iterator[str]:
    """Yield what is wrong with the words of one text."""
    for word in spelling.not_british(text.words):
        yield f"{word!r} is not spelled the British way with -ise"
    for sentence in readability.sentences(text.words):
        length = len(readability.words_of(sentence))
        if length > LONGEST_SENTENCE:
            yield f"a sentence of {length} words; more than {LONGEST_SENTENCE} are hard to follow"
    if not text.quoted and (run := copied_runs.copied(text.words)):
        yield f"stands in a source word for word: “{run} …”; write it anew, or quote it and say whose it is"

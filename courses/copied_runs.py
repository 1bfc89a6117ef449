"""Find words that stand in a source just so. Pure, but for the file of what the sources hold.

The articles that facts are cited from are not part of the product. Of each run of eight words in them a short
hash is kept, made once by `hash_sources`; a text of ours that holds one of these runs was copied.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from courses.plain_text import words

RUN = 8
"""So many words in a row, case, accents and punctuation aside, no two people write by chance."""

DIGITS = 10
"""Of the SHA-256: enough that among a million runs hardly one is found by mistake."""

HASHES = Path(__file__).parent / "content_files" / "source_runs.txt"


def run_hashes(text: str) -> dict[str, str]:
    """Return each run of eight words of a text by its hash."""
    found = words(text)
    runs = (" ".join(found[start : start + RUN]) for start in range(len(found) - RUN + 1))
    return {hashlib.sha256(run.encode()).hexdigest()[:DIGITS]: run for run in runs}


def file_of(articles: Iterable[str]) -> str:
    """Return what the file of hashes holds for these articles: sorted, so that it tells no order of words."""
    hashes = sorted({each for article in articles for each in run_hashes(article)})
    lines = (" ".join(hashes[start : start + 10]) for start in range(0, len(hashes), 10))
    return "".join(f"{line}\n" for line in lines)


@cache
def _known() -> frozenset[str]:
    return frozenset(HASHES.read_text(encoding="ascii").split())


def copied(text: str) -> str:
    """Return the first eight words of a text that stand in a source just so; empty if none do."""
    return next((run for digest, run in run_hashes(text).items() if digest in _known()), "")

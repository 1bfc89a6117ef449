"""Rules of thumb: how long, how easy, how guessable; counted by stated formulas."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from courses import readability
from courses.content_advice import advice
from courses.content_files.format import Package
from courses.markdown_syntax import read
from tests.courses import small

EASY = "The cat sat on the mat. " * 100


def said(package: Package) -> str:
    """Return all advice as one text."""
    return "\n".join(map(str, advice(package)))


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1),
        ("project", 2),
        ("manager", 3),
        ("make", 1),
        ("table", 2),
        ("asked", 1),
        ("wanted", 2),
        ("x", 1),
    ],
)
def test_syllables_are_counted_from_the_spelling(word: str, count: int) -> None:
    assert readability.syllables(word) == count


def test_words_are_counted_in_text_headings_and_tables_but_not_in_questions() -> None:
    text = 'Two words.\n\n## A heading\n\n::: table caption="One"\n| a | b |\n|---|---|\n| c | d |\n:::\n'
    assert readability.count_words(read(text + "\n::: check some-key\n:::")) == 9


def test_minutes_are_words_and_checks() -> None:
    assert [readability.minutes(600, 2), readability.minutes(0, 0), readability.minutes(500, 0)] == [5, 1, 3]


def test_short_words_read_more_easily_than_long_ones() -> None:
    hard = "Organisational considerations necessitate interdisciplinary communication. " * 10
    assert readability.flesch(read(EASY)) > 100 > 0 > readability.flesch(read(hard))


def test_a_lesson_that_is_short_and_a_bank_that_is_thin_are_named() -> None:
    words = said(small.package())
    assert "lesson what-is-a-project: 37 words; between 500 and 900" in words
    assert "objective trade-limits: 0 questions; a review needs 3" in words


def test_a_key_that_is_always_longest_or_always_first_is_named() -> None:
    package = small.package()
    bank = package.courses[0].questions
    long = replace(bank[1].choices[1], text="A" * 90)
    bank += [replace(bank[1], key=f"more-{n}", choices=(long, bank[1].choices[0])) for n in range(20)]
    words = said(package)
    assert "the right choice is the longest in 2" in words
    assert "the right choice stands at place 1 in 20" in words


def test_the_command_counts_and_is_strict_when_asked(tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    out = StringIO()
    call_command("check_content", str(folder), stdout=out)
    assert "1 courses, 1 modules, 1 lessons, 2 objectives, 5 questions" in out.getvalue()
    with pytest.raises(CommandError, match="rules of thumb are broken"):
        call_command("check_content", str(folder), "--strict", stdout=out)
    (folder / "glossary.yaml").unlink()
    with pytest.raises(CommandError, match="faults"):
        call_command("check_content", str(folder), stdout=out, stderr=out)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "about 1 hour"),
        (85, "about 1½ hours"),
        (235, "about 4 hours"),
    ],
)
def test_long_times_are_told_in_hours(minutes: int, words: str) -> None:
    assert readability.in_words(minutes) == words

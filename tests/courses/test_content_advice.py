"""Rules of writing: each fault that is put into a folder is found with its file and line; none is shipped."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from careers.content_files.format import FILES
from careers.content_files.reader import read as read_careers
from courses import copied_runs, readability
from courses.content_advice import GATHERED, advice
from courses.content_coverage import counts, coverage
from courses.content_files import format as files
from courses.content_files.reader import read_folder
from courses.content_files.reading import Reading
from courses.content_style import word_faults
from courses.markdown_syntax import read
from courses.question_types import TYPES
from courses.spelling import not_british
from courses.yaml_records import ContentFault
from tests.courses import small
from tests.courses.small import BANK, COURSE, LESSON

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "content"
TODAY = date(2026, 11, 22)
COPIED = "project managers are the planners and executors who ensure that projects are delivered"
"""Thirteen words of one of the articles that facts are cited from."""

BEFORE = "## And more\n"
FIGURE = """\
::: figure bars
title: One average.
description: Colored bars.
bars:
  - {label: Project managers, side: project, fact: project-salary}
:::
"""
GONE_TERM = "gone:\n  name: Gone\n  meaning: Away.\n  used_by: both\nsponsor:"
GONE_IDEA = "gone:\n  name: Gone\n  correction: Away.\ndeadlines:"
GONE_FACT = """\
facts:
  gone:
    value: 7
    show: about 7
    unit: days
    statement: days in a week
    source: blog
    as_of: 2025
    review_by: 2027-03-15
    bears: Whole weeks.
"""


def faults_in(folder: Path) -> list[ContentFault]:
    """Return every rule that a folder breaks; it has no faults of form."""
    reading = read_folder(folder, elsewhere=FILES)
    assert not reading.faults
    return [*advice(reading, today=TODAY), *word_faults(folder)]


@pytest.fixture(scope="module")
def shipped() -> Reading:
    """The shipped content, read once."""
    reading = read_folder(SHIPPED, elsewhere=FILES)
    read_careers(reading)
    return reading


# --- what is shipped --------------------------------------------------------------------------------------


def test_what_is_shipped_breaks_no_rule() -> None:
    assert list(map(str, faults_in(SHIPPED))) == []


def test_what_is_shipped_holds_what_was_promised(shipped: Reading) -> None:
    numbers = {**counts(shipped.package), **read_careers(shipped).counts()}
    promised = {
        "courses": 3,
        "modules": 14,
        "lessons": 28 + 9 + 9,
        "questions": 220,
        "terms": 90,
        "misconceptions": 40,
        "sentences": 120,
        "adverts": 12,
        "tasks": 40,
        "statements": 24,
        "scenarios": 6,
        "plans": 3,
    }
    assert {kind: numbers[kind] for kind, least in promised.items() if numbers[kind] < least} == {}
    asked = Counter(question.type for course in shipped.package.courses for question in course.questions)
    assert set(asked) == set(TYPES), "all nine types are used"


def test_every_objective_leads_to_a_lesson_to_questions_and_to_their_passages(shipped: Reading) -> None:
    for course in shipped.package.courses:
        lessons = {lesson.key for lesson in course.lessons}
        quizzes = {
            quiz.key: {key for pool in quiz.pools for key in pool.objectives} for quiz in course.quizzes
        }
        assert set(quizzes) == {*course.course.modules, files.FINAL}
        for lesson in course.lessons:
            for objective in lesson.objectives:
                asked = [question for question in course.questions if question.objective == objective]
                assert len(asked) >= 3
                assert {question.passage_lesson for question in asked} <= lessons
                assert objective in quizzes[lesson.module], "the module's quiz asks for it"
                assert objective in quizzes[files.FINAL], "the final asks for it"


def test_every_final_draws_from_every_module_alike(shipped: Reading) -> None:
    for course in shipped.package.courses:
        (final,) = (quiz for quiz in course.quizzes if quiz.key == files.FINAL)
        module_of = {key: lesson.module for lesson in course.lessons for key in lesson.objectives}
        drawn: Counter[str] = Counter()
        for pool in final.pools:
            (module,) = {module_of[key] for key in pool.objectives}
            drawn[module] += pool.draw
        lessons = Counter(lesson.module for lesson in course.lessons)
        shares = [drawn[module] / lessons[module] for module in course.course.modules]
        assert min(shares) > 0.6 * max(shares)
        assert (final.delay_hours, final.attempts_allowed, final.time_limit_minutes) == (24, None, None)
        assert drawn.total() == (30 if course.course.key == "two-pms" else 18)


def test_the_table_of_what_is_covered_is_up_to_date(shipped: Reading) -> None:
    document = ROOT / "docs" / "curriculum.md"
    more = read_careers(shipped).counts()
    hint = "run: python manage.py check_content --write-coverage docs/curriculum.md"
    assert document.read_text(encoding="utf-8") == coverage(shipped, more, folder="../content"), hint


def test_every_link_of_the_table_leads_to_a_file() -> None:
    document = ROOT / "docs" / "curriculum.md"
    links = re.findall(r"\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
    assert len(links) > 100
    assert [link for link in links if not (document.parent / link).is_file()] == []


# --- faults that are put in -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder that breaks no rule, for a test to spoil."""
    return small.write(tmp_path / "content", small.clean())


def test_a_clean_folder_has_nothing_to_say(folder: Path) -> None:
    assert faults_in(folder) == []


TOP = "On Monday a shop"
"""Where a fault of a lesson as a whole is told: at the first line of its text."""


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "words"),
    [
        (LESSON, " ".join(small.MORE), "So it ends.", TOP, "42 words; between 500 and 900 are"),
        (LESSON, BEFORE, f"{BEFORE}\n{' '.join(small.MORE)}\n", TOP, "1047 words; between 500"),
        (LESSON, "::: check keeps-going\n:::", "The end.", TOP, "1 checks; 2 or more keep readers"),
        (LESSON, "meets on", "necessarily organises", TOP, "Flesch reading ease 41; at least 50"),
        (LESSON, "ends. The", "ends, and the", TOP, "in the mean; at most 20 are easy"),
        (LESSON, "sources: [blog]\n", "", "[[fact:project-salary]]", "'project-salary' comes from 'blog'"),
        (LESSON, BEFORE, f"{BEFORE}\nIt pays $93,000.\n", "It pays", "$93,000 stands here without"),
        (LESSON, BEFORE, f"{BEFORE}\nOne{' and one more' * 14}.\n", "One and", "a sentence of 43 words"),
        (LESSON, BEFORE, f"{BEFORE}\nThey organize.\n", "They organize", "'organize' is not spelled"),
        (LESSON, BEFORE, f"{BEFORE}\nSo {COPIED}.\n", "So project", "stands in a source word for word"),
        (LESSON, BEFORE, f"{BEFORE}\n> So {COPIED}.\n", "> So", "stands in a source word for word"),
        (LESSON, BEFORE, f"{BEFORE}\n{FIGURE}", "description:", "'Colored' is not spelled"),
        (LESSON, "title: What is", "title: What color is", "title:", "'color' is not spelled"),
        (LESSON, "  recognise-project", "  new-one: See\n  recognise-project", "new-one", "has 0 questions"),
        (BANK, "feedback: It never", "feedback: Behavior never", "feedback: Beh", "'Behavior' is not"),
        (BANK, "text: Keeping an app right", "text: All of the above", "key: keeping", "a choice about"),
        (BANK, "explanation: A", f"explanation: A {COPIED}", "explanation:", "word for word"),
        ("glossary.yaml", "meaning: Who", f"meaning: Who {COPIED}", "meaning:", "word for word"),
        ("glossary.yaml", "sponsor:", GONE_TERM, "name: Gone", "no lesson names the term 'gone'"),
        ("misconceptions.yaml", "Dates are", "The center of dates are", "center", "'center' is not"),
        (
            "misconceptions.yaml",
            "deadlines:",
            GONE_IDEA,
            "name: Gone",
            "nothing names the misconception",
        ),
        ("facts.yaml", "review_by: 2027-03-15", "review_by: 2026-11-21", "review_by:", "again since 2026-11"),
        ("facts.yaml", "facts:\n", GONE_FACT, "value: 7", "no lesson names the fact 'gone'"),
        (COURSE, "title: Two words", "title: Prioritize words", "Prioritize", "'Prioritize' is not"),
    ],
)
def test_each_fault_that_is_put_in_is_found_where_it_is(
    folder: Path, file: str, old: str, new: str, at: str, words: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    spoiled = text.replace(old, new)
    (folder / file).write_text(spoiled, encoding="utf-8")
    line = next(number for number, each in enumerate(spoiled.split("\n"), start=1) if at in each)
    found = [str(fault) for fault in faults_in(folder)]
    assert any(fault.startswith(f"{folder / file}:{line}: ") and words in fault for fault in found), found


def test_a_quotation_that_says_whose_it_is_may_be_word_for_word(folder: Path) -> None:
    lesson = folder / LESSON
    quote = f"> So {COPIED}.\n>\n> \u2014 the guide\n"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace(BEFORE, f"{BEFORE}\n{quote}"), encoding="utf-8")
    assert faults_in(folder) == []


def with_singles(*choices: files.Choice) -> files.Package:
    """Return the clean content with twenty questions more, all with these choices."""
    package = small.clean()
    bank = package.courses[0].questions
    bank += [replace(bank[1], key=f"more-{n}", order=n + 10, choices=choices) for n in range(20)]
    return package


def with_statements(right: str) -> files.Package:
    """Return the clean content with twenty statements more, all of them true, or all false."""
    package = small.clean()
    bank = package.courses[0].questions
    choices = tuple(replace(choice, correct=choice.key == right) for choice in bank[3].choices)
    bank += [replace(bank[3], key=f"more-{n}", order=n + 10, choices=choices) for n in range(20)]
    return package


SHORT, LONG = files.Choice("short", "Yes", "Why."), files.Choice("long", "Yes, and more", "Why.")


@pytest.mark.parametrize(
    ("package", "words"),
    [
        (with_singles(replace(LONG, correct=True), SHORT), "the right choice is the longest in 2"),
        (with_singles(replace(SHORT, correct=True), LONG), "right choices stand at place A; at most 35%"),
        (with_singles(LONG, replace(SHORT, correct=True)), "right choices stand at place B; at most 35%"),
        (with_statements("true"), "a statement is true in 20 of 21; chance would give about 10"),
        (with_statements("false"), "a statement is false in 21 of 21; chance would give about 10"),
    ],
)
def test_a_bank_that_tells_the_answer_by_its_form_is_named(
    tmp_path: Path, package: files.Package, words: str
) -> None:
    folder = small.write(tmp_path, package)
    found = [str(fault) for fault in faults_in(folder)]
    assert any(fault.startswith(f"{folder / COURSE}:1: ") and words in fault for fault in found), found


@pytest.mark.parametrize(
    "word",
    [
        "organization",
        "analyzed",
        "neighbor",
        "centers",
        "traveled",
        "fulfillment",
        "judgment",
        "program manager",
    ],
)
def test_other_spellings_are_known(word: str) -> None:
    assert list(not_british(f"A {word} is there.")) == [word]


@pytest.mark.parametrize(
    "word",
    ["size", "prizes", "seized", "resizing", "honorary", "citizen", "centre", "programme manager", "metre"],
)
def test_british_words_are_let_be(word: str) -> None:
    assert list(not_british(f"A {word} is there.")) == []


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ("All of the above", True),
        ("None of these.", True),
        ("Both a and b", True),
        ("All of the staff", False),
        ("Both of them sign", False),
    ],
)
def test_a_choice_about_the_other_choices_is_known(choice: str, named: bool) -> None:
    assert (GATHERED.fullmatch(choice) is not None) is named


# --- copied words -----------------------------------------------------------------------------------------


def test_eight_words_in_a_row_are_found_whatever_their_case_and_points() -> None:
    assert copied_runs.copied(COPIED.upper().replace(" ", ", ")).startswith("project managers are the")
    assert copied_runs.copied(" ".join(COPIED.split()[:7])) == ""


def test_the_file_of_hashes_is_made_by_a_command_and_holds_no_word(tmp_path: Path) -> None:
    article, output = tmp_path / "article.txt", tmp_path / "runs.txt"
    article.write_text("One two three four five six seven eight nine.", encoding="utf-8")
    call_command("hash_sources", str(article), "--output", str(output), stdout=StringIO())
    assert re.fullmatch(r"[0-9a-f]{10} [0-9a-f]{10}\n", output.read_text(encoding="ascii"))
    assert copied_runs.run_hashes("six. Seven EIGHT nine, two three four five six seven eight nine ten") != {}


# --- measures ---------------------------------------------------------------------------------------------


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
    easy = "The cat sat on the mat. " * 100
    hard = "Organisational considerations necessitate interdisciplinary communication. " * 10
    assert readability.flesch(read(easy)) > 100 > 0 > readability.flesch(read(hard))


def test_sentences_end_with_a_mark_and_their_mean_is_counted() -> None:
    assert readability.sentences("One 2.5 two. \u201cThree!\u201d Four") == [
        "One 2.5 two.",
        "\u201cThree!\u201d",
        "Four",
    ]
    assert readability.mean_sentence(read("One two. Three four five six.")) == 3


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


# --- the command ------------------------------------------------------------------------------------------


@time_machine.travel(TODAY, tick=False)
def test_the_command_counts_names_its_formulas_and_writes_the_table(folder: Path, tmp_path: Path) -> None:
    out, table = StringIO(), tmp_path / "docs" / "table.md"
    table.parent.mkdir()
    call_command("check_content", str(folder), "--write-coverage", str(table), stdout=out)
    said = out.getvalue()
    assert "1 courses, 1 modules, 1 lessons, 1 objectives, 6 questions" in said
    assert "Questions by type: 3 single, 1 multiple, 1 true false, 1 classify." in said
    assert "Right choices by place: B 100%." in said
    assert "206.835 - 1.015 x words per sentence - 84.6 x syllables per word" in said
    assert f"(../content/{LESSON})" in table.read_text(encoding="utf-8")


@time_machine.travel(TODAY, tick=False)
def test_the_command_fails_on_a_broken_rule_and_on_a_fault(folder: Path) -> None:
    out, lesson = StringIO(), folder / LESSON
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("checkout", "color"), encoding="utf-8")
    with pytest.raises(CommandError, match="1 rules of writing are broken"):
        call_command("check_content", str(folder), stdout=out, stderr=out)
    assert f"{lesson}:" in out.getvalue()
    (folder / "glossary.yaml").unlink()
    with pytest.raises(CommandError, match="faults"):
        call_command("check_content", str(folder), stdout=out, stderr=out)

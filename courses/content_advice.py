"""Rules for the objects of a content folder: what `check_content` wants beyond what an import needs. Pure.

Each is a rule of thumb with its measure beside it. Rules for words are in courses/content_style.py; what an
import refuses is in courses/content_checks.py.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from courses import readability
from courses.content_checks import Fault
from courses.content_files.format import CourseFiles, Fact, Item, Lesson, Question
from courses.content_files.reading import Reading
from courses.markdown_syntax import kept
from courses.wording import gettext as _
from courses.yaml_records import ContentFault

LEAST_WORDS, MOST_WORDS = 500, 900
LEAST_EASE = 50.0
LONGEST_MEAN = 20.0
LEAST_CHECKS = 2
LEAST_QUESTIONS = 3
MOST_AT_ONE_PLACE = 0.35
FEWEST_KEYS = 20
"""With fewer right choices, where they stand says nothing."""

TOLERATED_SIGMAS = 2.0
"""How far a share may lie from chance, in standard deviations, before it is called a pattern."""

GATHERED = re.compile(
    r".*\bof the above\b.*|(?:all|any|both|none) of (?:these|them|the (?:answers|options))\W*"
    r"|(?:both|neither) [a-e] (?:and|n?or) [a-e]\W*",
    re.IGNORECASE,
)
"""A choice about the other choices: it tests how well one guesses."""

Found = Iterator[tuple[str, Item, Fault]]
"""Key of the course or "", the object, and what is wrong where in it."""


def advice(reading: Reading, *, today: date) -> Iterator[ContentFault]:
    """Yield what breaks a rule, of a folder that was read without faults. `today` tells what is stale."""
    for course, item, fault in _found(reading, today):
        place = reading.places[type(item).__name__, course, item.key]
        yield ContentFault(place.record.file.name, place.line_of(fault), fault.message)


def _found(reading: Reading, today: date) -> Found:
    for files in reading.package.courses:
        for lesson in files.lessons:
            for fault in lesson_advice(lesson, reading.package.facts):
                yield files.course.key, lesson, fault
        yield from _bank(files)
    yield from _shared(reading, today)


def lesson_advice(lesson: Lesson, facts: list[Fact]) -> Iterator[Fault]:
    """Yield what breaks a rule in one lesson. References that lead nowhere are no matter of advice."""
    yield from _readable(lesson)
    yield from _sourced(lesson, facts)


def _readable(lesson: Lesson) -> Iterator[Fault]:
    measured = readability.measures(lesson.body)
    words, mean, ease = measured.words, measured.mean_sentence, measured.ease
    checks = sum(reference.kind == "check" for reference in kept(lesson.body).references)
    if not LEAST_WORDS <= words <= MOST_WORDS:
        message = _("%(words)s words; between %(least)s and %(most)s are easy to finish")
        message %= {"words": words, "least": LEAST_WORDS, "most": MOST_WORDS}
        yield Fault(("body",), message, 1)
    if ease < LEAST_EASE:
        message = _("Flesch reading ease %(ease).0f; at least %(least).0f is readable for most")
        message %= {"ease": ease, "least": LEAST_EASE}
        yield Fault(("body",), message, 1)
    if mean > LONGEST_MEAN:
        message = _("%(mean).0f words a sentence in the mean; at most %(most).0f are easy to follow")
        message %= {"mean": mean, "most": LONGEST_MEAN}
        yield Fault(("body",), message, 1)
    if checks < LEAST_CHECKS:
        message = _("%(checks)s checks; %(least)s or more keep readers thinking")
        message %= {"checks": checks, "least": LEAST_CHECKS}
        yield Fault(("body",), message, 1)


def _sourced(lesson: Lesson, facts: list[Fact]) -> Iterator[Fault]:
    """Yield figures without their source. A lesson that names none teaches common method and needs none.

    A figure of three digits or fewer may be another's: it counts where the lesson cites the fact's source.
    """
    sources = {fact.key: fact.source for fact in facts}
    for reference in kept(lesson.body).references:
        source = sources.get(reference.key) if reference.kind == "fact" else None
        if source and source not in lesson.sources:
            message = _("%(key)r comes from %(source)r, which `sources` does not name")
            message %= {"key": reference.key, "source": source}
            yield Fault(("body",), message, reference.line)
    for fact in facts:
        figure = fact.show.removeprefix("about ")
        if fact.source in lesson.sources or fact.value >= 1000:
            for number, line in enumerate(lesson.body.split("\n"), start=1):
                if figure in line and re.search(rf"(?<![\w.,]){re.escape(figure)}(?!\w)", line):
                    message = _("%(figure)s stands here without its source; write [[fact:%(key)s]]")
                    message %= {"figure": figure, "key": fact.key}
                    yield Fault(("body",), message, number)


def _bank(files: CourseFiles) -> Found:
    course = files.course.key
    by_objective = Counter(question.objective for question in files.questions)
    for lesson in files.lessons:
        for key in lesson.objectives:
            if by_objective[key] < LEAST_QUESTIONS:
                message = f"objective {key!r} has {by_objective[key]} questions; a review needs"
                yield course, lesson, Fault(("objectives", key), f"{message} {LEAST_QUESTIONS} to vary")
    for question in files.questions:
        for choice in question.choices:
            if GATHERED.fullmatch(choice.text):
                message = f"{choice.text!r} is a choice about the other choices"
                yield course, question, Fault(("choices", choice.key), message)
    for message in [*_places(files.questions), *_lengths(files.questions), *_truths(files.questions)]:
        yield course, files.course, Fault((), message)


def right_places(questions: list[Question]) -> Counter[str]:
    """Return how many right choices stand at each place, A being the first, as authors list them."""
    return Counter(
        chr(ord("A") + place)
        for question in questions
        if question.type in ("single", "multiple", "scenario")
        for place, choice in enumerate(question.choices)
        if choice.correct or choice.credit == 1
    )


def _places(questions: list[Question]) -> Iterator[str]:
    """Yield the places at which too many of the right choices stand."""
    at = right_places(questions)
    keys = at.total()
    for place, count in sorted(at.items()):
        if keys >= FEWEST_KEYS and count > MOST_AT_ONE_PLACE * keys:
            yield (
                f"{count} of {keys} right choices stand at place {place}; "
                f"at most {MOST_AT_ONE_PLACE:.0%} hide where to look"
            )


def _lengths(questions: list[Question]) -> Iterator[str]:
    """Yield whether the right choice of a single is the longest more often than chance explains."""
    singles = [question for question in questions if question.type == "single"]
    longest = [
        max(len(choice.text) for choice in question.choices)
        == max(len(choice.text) for choice in question.choices if choice.correct)
        for question in singles
    ]
    chances = [1 / len(question.choices) for question in singles]
    yield from _beyond_chance("the right choice is the longest", longest, chances)


def _truths(questions: list[Question]) -> Iterator[str]:
    """Yield whether statements are true, or false, more often than chance explains."""
    truths = [question.choices[0].correct for question in questions if question.type == "true_false"]
    yield from _beyond_chance("a statement is true", truths, [0.5] * len(truths))
    yield from _beyond_chance("a statement is false", [not each for each in truths], [0.5] * len(truths))


def _beyond_chance(what: str, hits: list[bool], chances: list[float]) -> Iterator[str]:
    expected = sum(chances)
    deviation = sum(chance * (1 - chance) for chance in chances) ** 0.5
    if sum(hits) > expected + TOLERATED_SIGMAS * deviation + 0.5:
        yield f"{what} in {sum(hits)} of {len(hits)}; chance would give about {expected:.0f}"


def _shared(reading: Reading, today: date) -> Found:
    """Yield facts past their review, and facts, terms and misconceptions that nothing names."""
    package, named = reading.package, _named(reading)
    for fact in package.facts:
        if fact.review_by < today:
            yield "", fact, Fault(("review_by",), f"to be checked again since {fact.review_by}")
        if ("fact", fact.key) not in named:
            yield "", fact, Fault((), f"no lesson names the fact {fact.key!r}")
    for term in package.terms:
        if ("term", term.key) not in named:
            yield "", term, Fault((), f"no lesson names the term {term.key!r}")
    for misconception in package.misconceptions:
        if ("misconception", misconception.key) not in named:
            yield "", misconception, Fault((), f"nothing names the misconception {misconception.key!r}")


def _named(reading: Reading) -> set[tuple[str, str]]:
    """Return kind and key of what lessons, questions and the drill name."""
    named: set[tuple[str, str]] = set()
    for files in reading.package.courses:
        for lesson in files.lessons:
            named |= {(reference.kind, reference.key) for reference in kept(lesson.body).references}
            named |= {("term", key) for key in lesson.terms}
        for question in files.questions:
            named |= {("misconception", choice.misconception) for choice in question.choices}
            named.add(("misconception", question.misconception))
    for sentence in reading.package.sentences:
        named |= {("misconception", key) for key in sentence.likely_wrong.values()}
    return named

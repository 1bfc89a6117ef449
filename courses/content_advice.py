"""Rules of style for content: counted and reported by `check_content`, enforced by nobody. Pure.

Every rule is a rule of thumb with its measure beside it; an editor may have a reason to break one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from courses import readability
from courses.content_files.format import CourseFiles, Lesson, Package, Question
from courses.markdown_syntax import read

LEAST_WORDS, MOST_WORDS = 500, 900
LEAST_EASE = 50.0
LEAST_QUESTIONS = 3
TOLERATED_SIGMAS = 2.0
"""How far a share may lie from chance, in standard deviations, before it is called a pattern."""


@dataclass(frozen=True)
class Advice:
    """One thing to look at."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def counts(package: Package) -> dict[str, int]:
    """Return how many of each kind there are."""
    return {
        "courses": len(package.courses),
        "modules": sum(len(files.course.modules) for files in package.courses),
        "lessons": sum(len(files.lessons) for files in package.courses),
        "objectives": sum(len(lesson.objectives) for files in package.courses for lesson in files.lessons),
        "questions": sum(len(files.questions) for files in package.courses),
        "facts": len(package.facts),
        "terms": len(package.terms),
        "misconceptions": len(package.misconceptions),
        "sentences": len(package.sentences),
        "adverts": len(package.adverts),
    }


def advice(package: Package) -> Iterator[Advice]:
    """Yield what breaks a rule of thumb."""
    for files in package.courses:
        for lesson in files.lessons:
            yield from _lesson_advice(lesson)
        yield from _bank_advice(files)
    yield from _unused(package)


def _lesson_advice(lesson: Lesson) -> Iterator[Advice]:
    document, where = read(lesson.body), f"lesson {lesson.key}"
    words, ease = readability.count_words(document), readability.flesch(document)
    checks = sum(reference.kind == "check" for reference in document.references)
    if not LEAST_WORDS <= words <= MOST_WORDS:
        yield Advice(where, f"{words} words; between {LEAST_WORDS} and {MOST_WORDS} are easy to finish")
    if ease < LEAST_EASE:
        yield Advice(where, f"Flesch reading ease {ease:.0f}; at least {LEAST_EASE:.0f} is readable for most")
    if checks < 2:
        yield Advice(where, f"{checks} checks; two or more keep readers thinking")
    if not lesson.sources:
        yield Advice(where, "no source")


def _bank_advice(files: CourseFiles) -> Iterator[Advice]:
    by_objective = Counter(question.objective for question in files.questions)
    for lesson in files.lessons:
        for key in lesson.objectives:
            if by_objective[key] < LEAST_QUESTIONS:
                message = (
                    f"{by_objective[key]} questions; a review needs {LEAST_QUESTIONS} to ask in other words"
                )
                yield Advice(f"objective {key}", message)
    singles = [question for question in files.questions if question.type == "single"]
    where = f"course {files.course.key}"
    longest = [
        max(len(choice.text) for choice in question.choices) == _key_length(question) for question in singles
    ]
    yield from _beyond_chance(where, "the right choice is the longest", longest, singles)
    for position in range(max((len(question.choices) for question in singles), default=0)):
        eligible = [question for question in singles if len(question.choices) > position]
        right = [question.choices[position].correct for question in eligible]
        yield from _beyond_chance(where, f"the right choice stands at place {position + 1}", right, eligible)
    truths = [question.choices[0].correct for question in files.questions if question.type == "true_false"]
    statements = [question for question in files.questions if question.type == "true_false"]
    yield from _beyond_chance(where, "a statement is true", truths, statements)


def _key_length(question: Question) -> int:
    return next((len(choice.text) for choice in question.choices if choice.correct), 0)


def _beyond_chance(where: str, what: str, hits: list[bool], questions: list[Question]) -> Iterator[Advice]:
    """Yield advice if something holds more often than blind chance explains: one in so many choices."""
    chances = [1 / len(question.choices) for question in questions]
    expected = sum(chances)
    deviation = sum(chance * (1 - chance) for chance in chances) ** 0.5
    if sum(hits) > expected + TOLERATED_SIGMAS * deviation + 0.5:
        yield Advice(where, f"{what} in {sum(hits)} of {len(hits)}; chance would give about {expected:.0f}")


def _unused(package: Package) -> Iterator[Advice]:
    """Yield facts, terms and misconceptions that nothing names."""
    named = _named(package)
    for fact in package.facts:
        if ("fact", fact.key) not in named:
            yield Advice(f"fact {fact.key}", "no lesson names it")
    for term in package.terms:
        if ("term", term.key) not in named:
            yield Advice(f"term {term.key}", "no lesson names it")
    for misconception in package.misconceptions:
        if ("misconception", misconception.key) not in named:
            yield Advice(f"misconception {misconception.key}", "nothing names it")


def _named(package: Package) -> set[tuple[str, str]]:
    """Return kind and key of what lessons, questions and the drill name."""
    named: set[tuple[str, str]] = set()
    for files in package.courses:
        for lesson in files.lessons:
            named |= {(reference.kind, reference.key) for reference in read(lesson.body).references}
            named |= {("term", key) for key in lesson.terms}
        for question in files.questions:
            named |= {("misconception", choice.misconception) for choice in question.choices}
            named.add(("misconception", question.misconception))
    for sentence in package.sentences:
        named |= {("misconception", key) for key in sentence.likely_wrong.values()}
    return named

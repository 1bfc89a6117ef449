"""What a content folder holds: counts, and which lessons and questions serve each objective. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from courses import readability
from courses.content_advice import right_places
from courses.content_files.format import FINAL, Choice, CourseFiles, Lesson, Package, Question
from courses.content_files.reading import Reading
from courses.markdown_syntax import read
from courses.question_types import TYPES

TITLE = """\
# What the curriculum covers

Every objective with the lesson that teaches it, the questions that ask for it, and how many of them may stand
as a check in a lesson, in quizzes (that of the module and the final), in reviews. Made by `python manage.py
check_content --write-coverage docs/curriculum.md`; a test keeps it up to date.
"""


def counts(package: Package) -> dict[str, int]:
    """Return how many of each kind there are."""
    courses = package.courses
    return {
        "courses": len(courses),
        "modules": sum(len(files.course.modules) for files in courses),
        "lessons": sum(len(files.lessons) for files in courses),
        "objectives": sum(len(lesson.objectives) for files in courses for lesson in files.lessons),
        "questions": sum(len(files.questions) for files in courses),
        "facts": len(package.facts),
        "terms": len(package.terms),
        "misconceptions": len(package.misconceptions),
        "sentences": len(package.sentences),
        "adverts": len(package.adverts),
    }


def figures(package: Package) -> Iterator[str]:
    """Yield lines about the questions and about how the lessons read, with the formulas behind them."""
    questions = [question for files in package.courses for question in files.questions]
    yield f"Questions by type: {_by_type(questions)}."
    if by_objective := _by_objective(package):
        numbers = [len(asked) for asked in by_objective.values()]
        yield f"Questions an objective: {min(numbers)} to {max(numbers)}."
    wrong = [choice for question in questions for choice in _wrong(question)]
    named = sum(bool(choice.misconception) for choice in wrong)
    yield f"Wrong choices: {len(wrong)}, {named} of them with their misconception."
    places = right_places(questions)
    shares = ", ".join(f"{place} {count / places.total():.0%}" for place, count in sorted(places.items()))
    yield f"Right choices by place: {shares or 'none'}."
    documents = [read(lesson.body) for files in package.courses for lesson in files.lessons]
    if documents:
        words = sorted(readability.count_words(document) for document in documents)
        ease = sorted(readability.flesch(document) for document in documents)
        mean = sorted(readability.mean_sentence(document) for document in documents)
        yield f"Words a lesson: {words[0]} to {words[-1]}; minutes are words / 200 and one for each check."
        yield (
            f"Flesch reading ease: {ease[0]:.0f} to {ease[-1]:.0f}, by courses/readability.py: 206.835 - "
            "1.015 x words per sentence - 84.6 x syllables per word, syllables counted from the spelling."
        )
        yield f"Words a sentence in the mean of a lesson: {mean[0]:.0f} to {mean[-1]:.0f}."


def coverage(reading: Reading, more: Mapping[str, int], *, folder: str) -> str:
    """Return the table of objectives as Markdown.

    `more`: counts of what other rooms have in the folder; `folder`: where it lies, seen from the document.
    """
    numbers = {**counts(reading.package), **more}
    held = ", ".join(f"{number} {kind}" for kind, number in numbers.items())
    questions = [question for files in reading.package.courses for question in files.questions]
    parts = [TITLE, f"It holds {held}. Questions by type: {_by_type(questions)}.\n"]
    for files in sorted(reading.package.courses, key=lambda files: (files.course.order, files.course.key)):
        parts += _course(reading, files, folder)
    return "\n".join(parts)


def _course(reading: Reading, files: CourseFiles, folder: str) -> Iterator[str]:
    yield f"## {files.course.title}\n"
    if final := next((quiz for quiz in files.quizzes if quiz.key == FINAL), None):
        yield f"The final draws {sum(pool.draw for pool in final.pools)} questions.\n"
    asked = defaultdict(list)
    for question in files.questions:
        asked[question.objective].append(question)
    for module, title in files.course.modules.items():
        yield f"### {title}\n"
        yield "| Objective | Lesson | Questions | Check | Quiz | Review |\n|---|---|---|---|---|---|"
        for lesson in files.lessons:
            if lesson.module == module:
                yield from _rows(reading, files, lesson, asked, folder)
        yield ""


def _rows(
    reading: Reading, files: CourseFiles, lesson: Lesson, asked: Mapping[str, list[Question]], folder: str
) -> Iterator[str]:
    def link(words: str, kind: str, key: str) -> str:
        path = Path(reading.places[kind, files.course.key, key].record.file.name)
        return f"[{words}]({folder}/{path.relative_to(reading.root).as_posix()})"

    for key, text in lesson.objectives.items():
        cells = [f"{text} (`{key}`)", link(lesson.title, "Lesson", lesson.key)]
        banks: dict[str, list[Question]] = defaultdict(list)
        for question in asked[key]:
            banks[question.module].append(question)
        cells.append("; ".join(link(_by_type(bank), "Question", bank[0].key) for bank in banks.values()))
        uses = Counter(use for question in asked[key] for use in question.uses)
        cells += [str(uses[use]) for use in ("check", "quiz", "review")]
        yield f"| {' | '.join(cells)} |"


def _by_objective(package: Package) -> dict[tuple[str, str], list[Question]]:
    """Return the questions of each objective, by the keys of its course and its own."""
    found: dict[tuple[str, str], list[Question]] = {
        (files.course.key, key): []
        for files in package.courses
        for lesson in files.lessons
        for key in lesson.objectives
    }
    for files in package.courses:
        for question in files.questions:
            found[files.course.key, question.objective].append(question)
    return found


def _by_type(questions: list[Question]) -> str:
    numbers = Counter(question.type for question in questions)
    return ", ".join(f"{numbers[name]} {name.replace('_', ' ')}" for name in TYPES if numbers[name]) or "none"


def _wrong(question: Question) -> list[Choice]:
    """Return the choices that can be picked wrongly."""
    if question.type == "scenario":
        return [choice for choice in question.choices if choice.credit != 1]
    picked = question.type in ("single", "multiple")
    return [choice for choice in question.choices if picked and not choice.correct]

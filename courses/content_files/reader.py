"""Read a content folder: every file, every fault with file and line. Touches the disk, not the database."""

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TypeVar

from courses.content_checks import (
    Fault,
    Known,
    advert_faults,
    lesson_faults,
    question_faults,
    quiz_faults,
    sentence_faults,
)
from courses.content_files import drill, parse, questions
from courses.content_files.format import FINAL, CourseFiles, Item, Lesson, Package, Question, Quiz
from courses.content_files.reading import Place, Reading, lesson_parts, listed, whole
from courses.markdown_syntax import read
from courses.wording import gettext as _
from courses.yaml_records import ContentFault, ContentFile, Record, compose

MOST_FILES = 5_000
NUMBERED = re.compile(r"[0-9]{2}-([a-z0-9]+(?:-[a-z0-9]+)*)")
SHARED = ("facts.yaml", "glossary.yaml", "misconceptions.yaml", "drill.yaml", "adverts.yaml")
Shared = TypeVar("Shared", bound=Item)


def read_folder(root: Path, *, elsewhere: Collection[str] = (), media: Collection[str] = ()) -> Reading:
    """Read a content folder. What is wrong is in its faults; the package is whole only without any.

    `elsewhere` names the files beside the courses that another room reads; `media` the keys of the pictures
    that lessons may show.
    """
    reading = Reading(root)
    if not root.is_dir():
        reading.open(root)[0].report(1, _("this folder does not exist"))
        return reading
    if sum(1 for _ in root.rglob("*")) > MOST_FILES:
        fault = _("the folder holds more than %(most)s files") % {"most": f"{MOST_FILES:,}"}
        reading.open(root / "course.yaml")[0].report(1, fault)
        return reading
    _read_shared(reading)
    for path in sorted(root.iterdir()):
        if path.is_dir() and not path.name.startswith("."):
            _read_course(reading, path)
        elif path.suffix in (".yaml", ".yml") and path.name not in (*SHARED, *elsewhere):
            names = ", ".join((*SHARED, *elsewhere))
            reading.open(path)[0].report(
                1, _("unknown file; known are %(names)s and folders of courses") % {"names": names}
            )
    if _every_file_was_read(reading):
        for files in reading.package.courses:
            _check(reading, files, media)
        _check_sources(reading)
        _check_drill(reading)
    return reading


def _every_file_was_read(reading: Reading) -> bool:
    """Whether each file gave its objects, if with faults; else what others name would seem to be missing."""
    read_ones = {place.record.file.name for place in reading.places.values()}
    return all(file.name in read_ones for file in reading.files if file.faults)


def _named(
    reading: Reading, record: Record | None, read_one: Callable[[str, Record], Shared], into: list[Shared]
) -> None:
    for key, entry in record.named() if record else ():
        item = read_one(key, entry)
        into.append(item)
        reading.place(item, "", Place(entry))


def _read_shared(reading: Reading) -> None:
    package, root = reading.package, reading.root
    if (root / "facts.yaml").exists() and (facts := whole(reading, root / "facts.yaml")):
        _named(reading, facts.record("sources"), parse.source, package.sources)
        _named(reading, facts.record("facts"), parse.fact, package.facts)
        facts.finish()
    if (root / "glossary.yaml").exists():
        _named(reading, whole(reading, root / "glossary.yaml"), parse.term, package.terms)
    if (root / "misconceptions.yaml").exists():
        record = whole(reading, root / "misconceptions.yaml")
        _named(reading, record, parse.misconception, package.misconceptions)
    for entry in listed(reading, root / "drill.yaml", "sentences"):
        package.sentences.append(sentence := drill.sentence(entry))
        reading.place(sentence, "", Place(entry))
    for entry in listed(reading, root / "adverts.yaml", "adverts"):
        package.adverts.append(advert := drill.advert(entry))
        reading.place(advert, "", Place(entry))


def _read_course(reading: Reading, folder: Path) -> None:
    if not (folder / "course.yaml").exists():
        reading.open(folder)[0].faults[:] = [
            ContentFault(str(folder), 1, _("a course's folder holds course.yaml"))
        ]
        return
    record = whole(reading, folder / "course.yaml")
    if record is None:
        return
    final = record.record("final") if record.has("final") else None
    files = CourseFiles(parse.course(record))
    reading.package.courses.append(files)
    reading.place(files.course, files.course.key, Place(record))
    if final:
        files.quizzes.append(quiz := parse.quiz(final, key=FINAL))
        reading.place(quiz, files.course.key, Place(final))
    if files.course.key != folder.name:
        record.report(
            "key",
            _("the key %(key)r is not the folder's name %(name)r")
            % {"key": files.course.key, "name": folder.name},
        )
    seen: set[str] = set()
    for path in sorted(folder.iterdir()):
        match = NUMBERED.fullmatch(path.name)
        if path.is_dir() and match and match[1] in files.course.modules and match[1] not in seen:
            seen.add(match[1])
            _read_module(reading, files, path, match[1])
        elif path.name != "course.yaml" and not path.name.startswith("."):
            message = _("neither course.yaml nor the folder NN-key of a module that course.yaml lists")
            reading.files.append(ContentFile(str(path), [ContentFault(str(path), 1, message)]))


def _read_module(reading: Reading, files: CourseFiles, folder: Path, module: str) -> None:
    course, order = files.course.key, 0
    for path in sorted(folder.iterdir()):
        match = NUMBERED.fullmatch(path.stem)
        if path.name == "quiz.yaml" and (record := whole(reading, path)):
            quiz = parse.quiz(record, key=module)
            files.quizzes.append(quiz)
            reading.place(quiz, course, Place(record))
        elif path.name == "questions.yaml":
            _read_bank(reading, files, path, module)
        elif path.suffix == ".md" and match:
            order += 1
            _read_lesson(reading, files, path, module=module, key=match[1], order=order)
        elif path.name != "quiz.yaml" and not path.name.startswith("."):
            message = _("neither a lesson NN-key.md nor questions.yaml nor quiz.yaml")
            reading.files.append(ContentFile(str(path), [ContentFault(str(path), 1, message)]))


def _read_bank(reading: Reading, files: CourseFiles, path: Path, module: str) -> None:
    for order, record in enumerate(listed(reading, path, "questions"), start=1):
        question = questions.read(record, module=module, order=order)
        files.questions.append(question)
        reading.place(question, files.course.key, Place(record))


def _read_lesson(
    reading: Reading, files: CourseFiles, path: Path, *, module: str, key: str, order: int
) -> None:
    file, text = reading.open(path)
    parts = lesson_parts(text)
    if file.faults or parts is None:
        file.report(1, _("a lesson begins with front matter between two lines ---"))
        return
    front_matter, body, body_line = parts
    node = compose(front_matter, file, first_line=2)
    if node is None:
        return
    record = Record(node, file)
    lesson = parse.lesson(record, key=key, module=module, order=order, body=body)
    files.lessons.append(lesson)
    reading.place(lesson, files.course.key, Place(record, body_line))


def known(package: Package, files: CourseFiles) -> Known:
    """Return what the content of a course may name."""
    return Known(
        facts={fact.key for fact in package.facts},
        terms={term.key for term in package.terms},
        sources={source.key for source in package.sources},
        misconceptions={misconception.key for misconception in package.misconceptions},
        headings={
            lesson.key: {heading.id for heading in read(lesson.body).headings} for lesson in files.lessons
        },
        objectives={key for lesson in files.lessons for key in lesson.objectives},
        uses={question.key: question.uses for question in files.questions},
        drawable=[question for question in files.questions if "quiz" in question.uses],
    )


def faults_of(item: Item, known: Known) -> Iterator[Fault]:
    """Yield what keeps an object from being imported, given what it may name."""
    if isinstance(item, Lesson):
        yield from lesson_faults(item, known)
    elif isinstance(item, Question):
        yield from question_faults(item, known)
    elif isinstance(item, Quiz):
        yield from quiz_faults(item, known)


def _check(reading: Reading, files: CourseFiles, media: Collection[str]) -> None:
    names = known(reading.package, files)
    names.media = set(media)
    seen: set[str] = set()
    items: list[Item] = [*files.lessons, *files.questions, *files.quizzes]
    for item in items:
        place = reading.places[type(item).__name__, files.course.key, item.key]
        for fault in () if place.broken else faults_of(item, names):
            place.report(fault)
        for key in item.objectives if isinstance(item, Lesson) else ():
            if key in seen:
                place.report(
                    Fault(("objectives", key), _("two objectives have the key %(key)r") % {"key": key})
                )
            seen.add(key)


def _check_sources(reading: Reading) -> None:
    sources = {source.key for source in reading.package.sources}
    for fact in reading.package.facts:
        place = reading.places["Fact", "", fact.key]
        if fact.source not in sources and not place.broken:
            place.report(Fault(("source",), _("unknown source %(source)r") % {"source": fact.source}))


def _check_drill(reading: Reading) -> None:
    misconceptions = {misconception.key for misconception in reading.package.misconceptions}
    for sentence in reading.package.sentences:
        place = reading.places["Sentence", "", sentence.key]
        for fault in () if place.broken else sentence_faults(sentence, misconceptions):
            place.report(fault)
    for advert in reading.package.adverts:
        for fault in advert_faults(advert):
            reading.places["Advert", "", advert.key].report(fault)

"""Write content as files, in the one canonical form: what was imported comes back byte for byte. Pure."""

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import yaml

from courses.content_files import drill, questions
from courses.content_files import format as files
from courses.content_files.format import CourseFiles, Package

WIDTH = 110
Record = dict[str, Any]
Shared = TypeVar("Shared", bound=files.Item)


class _Flow(list[str]):
    """A list that stands on one line, as in `terms: [project, scope]`."""


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper with indented lists and without aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their field."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """Write equal values out each time."""
        return True


def _number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    kind = "int" if value == value.to_integral_value() else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", format(value, "f"))


def _flow(dumper: yaml.SafeDumper, value: _Flow) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", list(value), flow_style=True)


_Dumper.add_representer(Decimal, _number)
_Dumper.add_representer(_Flow, _flow)


def dump(content: object, width: int = WIDTH) -> str:
    """Return content as YAML in the canonical form."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width)
    return text


def package_files(package: Package) -> dict[str, str]:
    """Return the text of every file of a content folder, by its path in it."""
    texts: dict[str, str] = {}
    if package.sources or package.facts:
        facts = {
            "sources": {source.key: _source(source) for source in _by_key(package.sources)},
            "facts": {fact.key: _fact(fact) for fact in _by_key(package.facts)},
        }
        texts["facts.yaml"] = dump(facts)
    if package.terms:
        terms = {
            t.key: {"name": t.name, "meaning": t.meaning, "used_by": t.used_by}
            for t in _by_key(package.terms)
        }
        texts["glossary.yaml"] = dump(terms)
    if package.misconceptions:
        named = {m.key: {"name": m.name, "correction": m.correction} for m in _by_key(package.misconceptions)}
        texts["misconceptions.yaml"] = dump(named)
    if package.sentences:
        records = [drill.sentence_record(item) for item in drill.in_order(package.sentences)]
        texts["drill.yaml"] = "\n".join(dump([record]) for record in records)
    if package.adverts:
        records = [drill.advert_record(item) for item in _by_key(package.adverts)]
        texts["adverts.yaml"] = "\n".join(dump([record]) for record in records)
    for course in package.courses:
        texts.update(_course_files(course))
    return texts


def _course_files(course: CourseFiles) -> dict[str, str]:
    root = course.course.key
    modules = list(course.course.modules)
    in_order = sorted(course.lessons, key=lambda lesson: (modules.index(lesson.module), *_order(lesson)))
    places = {key: place for place, key in enumerate(key for lesson in in_order for key in lesson.objectives)}
    about = _course(course.course)
    if final := next((quiz for quiz in course.quizzes if quiz.key == files.FINAL), None):
        about["final"] = _quiz(final, places)
    if course.course.certificate:
        about["certificate"] = True
    texts = {f"{root}/course.yaml": dump(about)}
    for number, module in enumerate(course.course.modules, start=1):
        folder = f"{root}/{number:02d}-{module}"
        lessons = [lesson for lesson in in_order if lesson.module == module]
        for place, lesson in enumerate(lessons, start=1):
            texts[f"{folder}/{place:02d}-{lesson.key}.md"] = lesson_text(lesson)
        bank = sorted((question for question in course.questions if question.module == module), key=_order)
        if bank:
            entries = (dump([questions.record(question)]) for question in bank)
            texts[f"{folder}/questions.yaml"] = "\n".join(entries)
        for quiz in course.quizzes:
            if quiz.key == module:
                texts[f"{folder}/quiz.yaml"] = dump(_quiz(quiz, places))
    return texts


def _by_key(items: list[Shared]) -> list[Shared]:
    return sorted(items, key=lambda item: item.key)


def _order(item: files.Lesson | files.Question) -> tuple[int, str]:
    return item.order, item.key


def lesson_text(lesson: files.Lesson) -> str:
    """Return a lesson's file: front matter, an empty line, the Markdown."""
    record: Record = {"title": lesson.title, "question": lesson.question}
    if lesson.open:
        record["open"] = True
    record["objectives"] = dict(lesson.objectives)
    if lesson.terms:
        record["terms"] = _Flow(lesson.terms)
    if lesson.sources:
        record["sources"] = _Flow(lesson.sources)
    return f"---\n{dump(record, width=10_000)}---\n\n{lesson.body}\n"


def _course(course: files.Course) -> Record:
    record: Record = {
        "format": files.FORMAT,
        "key": course.key,
        "title": course.title,
        "summary": course.summary,
        "language": course.language,
    }
    if course.order:
        record["order"] = course.order
    record["modules"] = [{"key": key, "title": title} for key, title in course.modules.items()]
    return record


def _source(source: files.Source) -> Record:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "interest": source.interest,
        "read": source.read,
    }


def _fact(fact: files.Fact) -> Record:
    record: Record = {"value": fact.value, "show": fact.show, "unit": fact.unit}
    if fact.place:
        record["place"] = fact.place
    record |= {"statement": fact.statement, "source": fact.source, "as_of": _as_of(fact.as_of)}
    if fact.as_of_note:
        record["as_of_note"] = fact.as_of_note
    return record | {"review_by": fact.review_by, "bears": fact.bears}


def _as_of(text: str) -> int | date | str:
    """Return a year as a number and a day as a day, so that neither needs quotes."""
    if len(text) == len("2025"):
        return int(text)
    return date.fromisoformat(text) if len(text) == len("2025-06-30") else text


def _quiz(quiz: files.Quiz, places: dict[str, int]) -> Record:
    record: Record = {
        "title": quiz.title,
        "pass_mark": quiz.pass_mark,
        "feedback": quiz.feedback,
        "shuffle": {"questions": quiz.shuffle_questions, "choices": quiz.shuffle_choices},
        "attempts": quiz.attempts_allowed or "unlimited",
    }
    if quiz.delay_hours:
        record["delay_hours"] = quiz.delay_hours
    if quiz.time_limit_minutes:
        record["time_limit_minutes"] = quiz.time_limit_minutes
    if not quiz.ask_sureness:
        record["sureness"] = False
    record["pools"] = [_pool(pool, places) for pool in quiz.pools]
    return record


def _pool(pool: files.Pool, places: dict[str, int]) -> Record:
    record: Record = {"draw": pool.draw}
    if pool.objectives:
        record["objectives"] = sorted(pool.objectives, key=lambda key: places.get(key, -1))
    if pool.tags:
        record["tags"] = list(pool.tags)
    if pool.difficulty:
        record["difficulty"] = pool.difficulty
    return record

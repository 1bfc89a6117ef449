"""Turn the records of files into the plain values of format.py. Pure; faults go to the record's file."""

import re

from courses.content_files import format as files
from courses.wording import gettext as _
from courses.yaml_records import Record

AS_OF = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def source(key: str, record: Record) -> files.Source:
    """Read one entry of facts.yaml's sources."""
    item = files.Source(
        key=key,
        title=record.text("title", most=200),
        publisher=record.text("publisher", most=120),
        interest=record.text("interest", most=200),
        read=record.day("read"),
    )
    record.finish()
    return item


def fact(key: str, record: Record) -> files.Fact:
    """Read one entry of facts.yaml's facts."""
    item = files.Fact(
        key=key,
        value=files.plain(record.decimal("value")),
        show=record.text("show", most=60),
        unit=record.text("unit", most=60),
        statement=record.text("statement", most=240),
        source=record.key("source"),
        as_of=record.raw("as_of"),
        review_by=record.day("review_by"),
        bears=record.text("bears"),
        place=record.text("place", "", most=160),
        as_of_note=record.text("as_of_note", "", most=240),
    )
    if not AS_OF.fullmatch(item.as_of):
        record.report("as_of", _("as_of must be a year, a month or a day: 2025, 2025-06, 2025-06-30"))
    record.finish()
    return item


def term(key: str, record: Record) -> files.Term:
    """Read one entry of glossary.yaml."""
    name, meaning = record.text("name", most=80), record.text("meaning")
    item = files.Term(key, name, meaning, record.one_of("used_by", files.USED_BY))
    record.finish()
    return item


def misconception(key: str, record: Record) -> files.Misconception:
    """Read one entry of misconceptions.yaml."""
    item = files.Misconception(key, record.text("name", most=160), record.text("correction"))
    record.finish()
    return item


def course(record: Record) -> files.Course:
    """Read course.yaml; its final, if it has one, is read by `quiz`."""
    if record.number("format", most=99) != files.FORMAT:
        record.report(
            "format",
            _("format must be %(format)s, the only one that this version reads") % {"format": files.FORMAT},
        )
    modules: dict[str, str] = {}
    for entry in record.records("modules"):
        key, title = entry.key("key"), entry.text("title", most=120)
        if key in modules:
            entry.report("key", _("two modules have the key %(key)r") % {"key": key})
        if key == files.FINAL:
            entry.report("key", _("%(key)r is the key of the quiz that ends the course") % {"key": key})
        modules[key] = title
        entry.finish()
    item = files.Course(
        key=record.key("key"),
        title=record.text("title", most=120),
        summary=record.text("summary"),
        language=record.text("language", most=10),
        modules=modules,
        order=record.number("order", 0),
        certificate=record.flag("certificate", False),
    )
    record.finish()
    return item


def lesson(record: Record, *, key: str, module: str, order: int, body: str) -> files.Lesson:
    """Read a lesson's front matter; its Markdown is `body`."""
    item = files.Lesson(
        key=key,
        module=module,
        order=order,
        title=record.text("title", most=120),
        question=record.text("question", most=200),
        open=record.flag("open", False),
        objectives=record.texts("objectives", most=200),
        terms=tuple(sorted(record.words("terms", ()))),
        sources=tuple(sorted(record.words("sources", ()))),
        body=body,
    )
    record.finish()
    return item


def quiz(record: Record, *, key: str) -> files.Quiz:
    """Read quiz.yaml, or the final of course.yaml."""
    shuffle = record.record("shuffle") if record.has("shuffle") else None
    unlimited = not record.has("attempts") or record.fields["attempts"].value == "unlimited"
    limited = record.has("time_limit_minutes")
    record.asked |= {"shuffle", "attempts", "time_limit_minutes"}
    item = files.Quiz(
        key=key,
        title=record.text("title", most=120),
        pass_mark=record.number("pass_mark", least=1, most=100),
        pools=tuple(_pool(entry) for entry in record.records("pools")),
        feedback=record.one_of("feedback", files.FEEDBACK, "at_end"),
        shuffle_questions=shuffle.flag("questions", True) if shuffle else True,
        shuffle_choices=shuffle.flag("choices", True) if shuffle else True,
        attempts_allowed=None if unlimited else record.number("attempts", least=1),
        delay_hours=record.number("delay_hours", 0),
        time_limit_minutes=record.number("time_limit_minutes", least=1) if limited else None,
        ask_sureness=record.flag("sureness", True),
    )
    if shuffle:
        shuffle.finish()
    record.finish()
    return item


def _pool(record: Record) -> files.Pool:
    pool = files.Pool(
        draw=record.number("draw", least=1),
        objectives=tuple(sorted(record.words("objectives", ()))),
        tags=record.words("tags", (), most=files.LONGEST_TAG),
        difficulty=record.one_of("difficulty", files.DIFFICULTIES) if record.has("difficulty") else "",
    )
    record.asked.add("difficulty")
    record.finish()
    return pool

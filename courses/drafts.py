"""Drafts in the database as plain values, and what keeps each from being published."""

from collections.abc import Iterable
from typing import Any

from accounts import prepared
from courses import markdown_syntax
from courses.content_checks import Fault, Known, lesson_faults, question_faults, quiz_faults
from courses.content_files import format as files
from courses.markdown_syntax import Problem
from courses.models import (
    Advert,
    Course,
    DrillSentence,
    Fact,
    GlossaryTerm,
    Lesson,
    Misconception,
    Objective,
    Question,
    Quiz,
    Source,
    Versioned,
)


def lesson(row: Lesson) -> files.Lesson:
    """Return a lesson's draft."""
    return files.Lesson(
        key=row.key,
        module=row.module.key,
        order=row.order,
        title=row.title,
        question=row.question,
        open=row.open,
        objectives={
            objective.key: objective.text
            for objective in row.objectives.all()
            if objective.archived_at is None
        },
        terms=tuple(sorted(term.key for term in row.terms.all())),
        sources=tuple(sorted(source.key for source in row.sources.all())),
        body=files.tidy(row.body),
    )


def question(row: Question) -> files.Question:
    """Return a question's draft."""
    return files.Question(
        key=row.key,
        module=row.module.key,
        order=row.order,
        type=row.type,
        objective=row.objective.key,
        passage_lesson=row.passage_lesson.key,
        passage_heading=row.passage_heading,
        difficulty=row.difficulty,
        prompt=files.tidy(row.prompt),
        choices=tuple(
            files.Choice(
                key=choice.key,
                text=files.tidy(choice.text),
                feedback=files.tidy(choice.feedback),
                correct=choice.correct,
                bucket=choice.bucket,
                misconception=choice.misconception.key if choice.misconception else "",
                credit=choice.credit,
            )
            for choice in row.choices.all()
        ),
        explanation=files.tidy(row.explanation),
        uses=tuple(row.uses),
        tags=tuple(row.tags),
        buckets=tuple(row.buckets),
        misconception=row.misconception.key if row.misconception else "",
        settings=dict(row.settings),
    )


def quiz(row: Quiz) -> files.Quiz:
    """Return a quiz's draft."""
    return files.Quiz(
        key=row.key,
        title=row.title,
        pass_mark=row.pass_mark,
        pools=tuple(
            files.Pool(
                draw=pool.draw,
                objectives=tuple(sorted(objective.key for objective in pool.objectives.all())),
                tags=tuple(pool.tags),
                difficulty=pool.difficulty,
            )
            for pool in row.pools.all()
        ),
        feedback=row.feedback,
        shuffle_questions=row.shuffle_questions,
        shuffle_choices=row.shuffle_choices,
        attempts_allowed=row.attempts_allowed,
        delay_hours=row.delay_hours,
        time_limit_minutes=row.time_limit_minutes,
        ask_sureness=row.ask_sureness,
    )


def course(row: Course) -> files.Course:
    """Return a course's draft."""
    modules = {module.key: module.title for module in row.modules.all() if module.archived_at is None}
    return files.Course(
        key=row.key,
        title=row.title,
        summary=files.tidy(row.summary),
        language=row.language,
        modules=modules,
        order=row.order,
        certificate=row.certificate,
    )


def fact(row: Fact) -> files.Fact:
    """Return a fact's draft."""
    return files.Fact(
        key=row.key,
        value=files.plain(row.value),
        show=row.show,
        unit=row.unit,
        statement=row.statement,
        source=row.source.key,
        as_of=row.as_of,
        review_by=row.review_by,
        bears=files.tidy(row.bears),
        place=row.place,
        as_of_note=row.as_of_note,
    )


def term(row: GlossaryTerm) -> files.Term:
    """Return a term's draft."""
    return files.Term(row.key, row.name, files.tidy(row.meaning), row.used_by)


def source(row: Source) -> files.Source:
    """Return a source."""
    return files.Source(row.key, row.title, row.publisher, row.interest, row.read)


def misconception(row: Misconception) -> files.Misconception:
    """Return a misconception."""
    return files.Misconception(row.key, row.name, files.tidy(row.correction))


def sentence(row: DrillSentence) -> files.Sentence:
    """Return a sentence of the drill."""
    found = {trap.label: trap.misconception.key for trap in row.traps.all()}
    traps = {label: found[label] for label in files.LABELS if label in found}
    return files.Sentence(row.key, files.tidy(row.text), row.label, files.tidy(row.reason), traps)


def advert(row: Advert) -> files.Advert:
    """Return a job advert with its duties."""
    duties = tuple(
        files.Duty(duty.key, files.tidy(duty.text), duty.side, files.tidy(duty.reason))
        for duty in row.duties.all()
    )
    return files.Advert(row.key, row.title, files.tidy(row.opening), duties)


def problems(row: Versioned, item: files.Item | None = None) -> list[Problem]:
    """Return what keeps a draft from being published, in the words that its editor sees.

    `item`: what of a lesson or a quiz is to be published instead, where that is not the draft.
    """
    faults: Iterable[Fault] = []
    if isinstance(row, Lesson):
        faults = lesson_faults(item if isinstance(item, files.Lesson) else lesson(row), _known_to_lesson(row))
    elif isinstance(row, Question) and item is None:
        faults = question_faults(question(row), _known_to_question(row))
    elif isinstance(row, Quiz):
        faults = quiz_faults(item if isinstance(item, files.Quiz) else quiz(row), _known_to_quiz(row))
    return as_problems(faults)


def as_problems(faults: Iterable[Fault]) -> list[Problem]:
    """Return faults in the words that an editor sees, each with its line of the text or its field."""
    return [Problem(fault.line, _words(fault)) for fault in faults]


def _words(fault: Fault) -> str:
    return fault.message if fault.line else f"{', '.join(fault.where)}: {fault.message}"


def _keys(rows: Any) -> set[str]:
    return set(rows.values_list("key", flat=True))


def _headings(course_id: int, keys: Iterable[str]) -> dict[str, set[str]]:
    found = Lesson.objects.filter(course_id=course_id, key__in=set(keys), archived_at__isnull=True)
    return {key: _ids_of(body) for key, body in found.values_list("key", "body")}


def _ids_of(body: str) -> set[str]:
    return {heading.id for heading in markdown_syntax.kept(body).headings}


def _known_to_lesson(row: Lesson) -> Known:
    """Return what of the lesson's references exists. Facts, terms and questions must be live already."""
    named: dict[str, set[str]] = {
        "fact": set(),
        "term": {term.key for term in row.terms.all()},
        "check": set(),
        "lesson": set(),
        "heading": set(),
        "media": set(),
    }
    for reference in markdown_syntax.kept(row.body).references:
        named[reference.kind].add(reference.key)
    asked = {kind: sorted(keys) for kind, keys in named.items()}
    found: dict[str, dict[str, Any]] = {kind: {} for kind in named}
    for kind, key, uses, body in prepared.rows(_NAMED, {**asked, "course": row.course_id}):
        found[kind][key] = tuple(uses or ()) if kind == "check" else body
    return Known(
        facts=set(found["fact"]),
        terms=set(found["term"]),
        sources={source.key for source in row.sources.all()},
        headings={key: _ids_of(body) for key, body in found["lesson"].items()},
        media=set(found["media"]),
        uses=found["check"],
    )


_NAMED = """
    SELECT 'fact', key, NULL::text[], NULL FROM courses_fact
    WHERE key = ANY(%(fact)s) AND live_version_id IS NOT NULL
    UNION ALL SELECT 'term', key, NULL, NULL FROM courses_glossaryterm
    WHERE key = ANY(%(term)s) AND live_version_id IS NOT NULL
    UNION ALL SELECT 'check', key, uses::text[], NULL FROM courses_question
    WHERE course_id = %(course)s AND key = ANY(%(check)s) AND live_version_id IS NOT NULL
    UNION ALL SELECT 'lesson', key, NULL, body FROM courses_lesson
    WHERE course_id = %(course)s AND key = ANY(%(lesson)s) AND archived_at IS NULL
    UNION ALL SELECT 'media', key, NULL, NULL FROM courses_mediaasset WHERE key = ANY(%(media)s)
"""


def _known_to_question(row: Question) -> Known:
    live = Objective.objects.filter(pk=row.objective_id, course_id=row.course_id, archived_at__isnull=True)
    return Known(
        misconceptions=_keys(Misconception.objects.all()),
        headings=_headings(row.course_id, [row.passage_lesson.key]),
        objectives=_keys(live),
    )


def _known_to_quiz(row: Quiz) -> Known:
    drawable = Question.objects.drawable().filter(course_id=row.course_id)
    parts = drawable.select_related("module", "objective", "passage_lesson", "misconception")
    return Known(
        objectives=_keys(Objective.objects.filter(course_id=row.course_id, archived_at__isnull=True)),
        drawable=[question(item) for item in parts.prefetch_related("choices__misconception")],
    )

"""What must be right before content is imported or published; one set of rules for files and forms. Pure.

Rules of style, which `check_content` reports, are in courses/content_advice.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from courses.content_files.format import Advert, Lesson, Question, Quiz, Sentence
from courses.markdown_syntax import Document, Problem, kept, read_inline
from courses.question_types import TYPES
from courses.question_types.shape import Draft, setting_faults
from courses.wording import gettext as _


@dataclass(frozen=True)
class Fault:
    """What is wrong with an object, and where: a field, a field and the key of a choice, a line of text."""

    where: tuple[str, ...]
    message: str
    line: int = 0
    """Of the field's text, from 1; 0 if the field as a whole is meant."""


@dataclass
class Known:
    """The keys that content may name."""

    facts: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    misconceptions: set[str] = field(default_factory=set)
    headings: Mapping[str, set[str]] = field(default_factory=dict)
    """Ids of the headings of each lesson of the course, by its key."""

    objectives: set[str] = field(default_factory=set)
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each question of the course, by its key."""

    media: set[str] = field(default_factory=set)
    """Keys of pictures that were uploaded."""

    drawable: list[Question] = field(default_factory=list)
    """The questions that graded quizzes may draw."""


def lesson_faults(lesson: Lesson, known: Known, *, document: Document | None = None) -> Iterator[Fault]:
    """Yield what keeps a lesson from being published. `document`: its body, where somebody has read it."""
    document = document or kept(lesson.body)
    for problem in [*document.problems, *_dead_references(document, known)]:
        yield Fault(("body",), problem.message, problem.line)
    if not lesson.objectives:
        yield Fault(("objectives",), _("a lesson has at least one objective"))
    for key in lesson.terms:
        if key not in known.terms:
            yield Fault(("terms",), _("unknown term %(key)r") % {"key": key})
    for key in lesson.sources:
        if key not in known.sources:
            yield Fault(("sources",), _("unknown source %(key)r") % {"key": key})


def sentence_faults(sentence: Sentence, misconceptions: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with a sentence of the drill."""
    for label, key in sentence.likely_wrong.items():
        if label == sentence.label:
            yield Fault(
                ("likely_wrong", label), _("%(label)s is the right label of this sentence") % {"label": label}
            )
        elif key not in misconceptions:
            yield Fault(("likely_wrong", label), _("unknown misconception %(key)r") % {"key": key})


def advert_faults(advert: Advert) -> Iterator[Fault]:
    """Yield what is wrong with a job advert."""
    seen: set[str] = set()
    for duty in advert.duties:
        if duty.key in seen:
            yield Fault(("duties", duty.key), _("two duties have the key %(key)r") % {"key": duty.key})
        seen.add(duty.key)


def _dead_references(document: Document, known: Known) -> Iterator[Problem]:
    for reference in document.references:
        key, line = reference.key, reference.line
        if reference.kind == "fact" and key not in known.facts:
            yield Problem(line, _("unknown fact %(key)r") % {"key": key})
        elif reference.kind == "term" and key not in known.terms:
            yield Problem(
                line, _("unknown term %(key)r; name its key as in [words]{.term key=…}") % {"key": key}
            )
        elif reference.kind == "media" and key not in known.media:
            yield Problem(
                line,
                _("unknown picture %(key)r; upload it first, in the admin under Pictures") % {"key": key},
            )
        elif reference.kind == "check" and key not in known.uses:
            yield Problem(line, _("unknown question %(key)r") % {"key": key})
        elif reference.kind == "check" and "check" not in known.uses[key]:
            yield Problem(
                line,
                _("question %(key)r is not for checks; its uses are %(uses)s")
                % {"key": key, "uses": ", ".join(known.uses[key])},
            )
        elif reference.kind == "lesson" and key not in known.headings:
            yield Problem(line, _("dead link: no lesson has the key %(key)r") % {"key": key})
        elif (
            reference.kind == "lesson" and reference.heading and reference.heading not in known.headings[key]
        ):
            yield Problem(
                line,
                _("dead link: lesson %(key)r has no heading %(heading)r")
                % {"key": key, "heading": reference.heading},
            )


def question_faults(question: Question, known: Known) -> Iterator[Fault]:
    """Yield what keeps a question from being published."""
    if question.objective not in known.objectives:
        yield Fault(("objective",), _("unknown objective %(objective)r") % {"objective": question.objective})
    if question.passage_lesson not in known.headings:
        yield Fault(
            ("passage",),
            _("no lesson has the key %(passage_lesson)r") % {"passage_lesson": question.passage_lesson},
        )
    elif question.passage_heading not in known.headings[question.passage_lesson]:
        yield Fault(
            ("passage",),
            _("lesson %(passage_lesson)r has no heading %(passage_heading)r")
            % {"passage_lesson": question.passage_lesson, "passage_heading": question.passage_heading},
        )
    yield from _text_faults(("prompt",), question.prompt)
    yield from _text_faults(("explanation",), question.explanation)
    for choice in question.choices:
        yield from _text_faults(("choices", choice.key), choice.text)
        if choice.feedback or question.type not in TYPES or TYPES[question.type].SHAPE.explains_choices:
            yield from _text_faults(("choices", choice.key), choice.feedback, feedback=True)
    for where, key in [
        (("misconception",), question.misconception),
        *((("choices", choice.key), choice.misconception) for choice in question.choices),
    ]:
        if key and key not in known.misconceptions:
            yield Fault(where, _("unknown misconception %(key)r") % {"key": key})
    yield from shape_faults(
        type_name=question.type, draft=Draft(question.choices, question.buckets, question.settings)
    )


def _text_faults(where: tuple[str, ...], text: str, *, feedback: bool = False) -> Iterator[Fault]:
    if not text.strip():
        yield Fault(where, _("the feedback is missing") if feedback else _("the text is missing"))
    for problem in read_inline(text).problems:
        yield Fault(where, problem.message)


def shape_faults(*, type_name: str, draft: Draft) -> Iterator[Fault]:
    """Yield what is wrong with the choices, buckets and settings for this type of question."""
    keys = [choice.key for choice in draft.choices]
    for key in {key for key in keys if keys.count(key) > 1}:
        yield Fault(("choices", key), _("two choices have the key %(key)r") % {"key": key})
    if type_name not in TYPES:
        yield Fault(
            ("type",),
            _("unknown type %(type_name)r; known are %(types)s")
            % {"type_name": type_name, "types": ", ".join(TYPES)},
        )
        return
    kind = TYPES[type_name]
    of_settings = list(setting_faults(kind.SHAPE, draft.settings))
    if draft.choices and not kind.SHAPE.listed_as:
        of_settings.append(
            (
                ("choices",),
                _("%(type_name)s has no choices: people write their answer") % {"type_name": type_name},
            )
        )
    # A type's own rules read the settings: they must be whole first.
    for where, message in of_settings or kind.faults(draft):
        yield Fault(where, message)


def quiz_faults(quiz: Quiz, known: Known) -> Iterator[Fault]:
    """Yield what keeps a quiz from being published."""
    if not 1 <= quiz.pass_mark <= 100:
        yield Fault(("pass_mark",), _("the pass mark is a percentage from 1 to 100"))
    if not quiz.pools:
        yield Fault(("pools",), _("a quiz has at least one pool"))
    taken: set[str] = set()
    for number, pool in enumerate(quiz.pools, start=1):
        for key in pool.objectives:
            if key not in known.objectives:
                yield Fault(
                    ("pools",),
                    _("pool %(number)s: unknown objective %(key)r") % {"number": number, "key": key},
                )
        matching = [
            question.key
            for question in known.drawable
            if question.key not in taken
            and (not pool.objectives or question.objective in pool.objectives)
            and (not pool.tags or set(question.tags) & set(pool.tags))
            and (not pool.difficulty or question.difficulty == pool.difficulty)
        ]
        taken.update(matching[: pool.draw])
        if len(matching) < pool.draw:
            yield Fault(
                ("pools",),
                _("pool %(number)s draws %(draw)s, but only %(count)s questions match")
                % {"number": number, "draw": pool.draw, "count": len(matching)},
            )

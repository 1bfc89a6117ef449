"""What a draft would publish: its snapshot, its hash, how far it is from what learners see."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import markdown_syntax, question_snapshots, readability
from courses.content_files.format import tidy
from courses.models import Choice, Course, Fact, GlossaryTerm, Lesson, Question, Quiz, Version, Versioned

Row = TypeVar("Row", bound=Versioned)
_Read = tuple[int, int, Sequence[tuple[str, str]]]

KINDS: dict[str, type[Versioned]] = {
    Version.Kind.OUTLINE: Course,
    Version.Kind.LESSON: Lesson,
    Version.Kind.QUESTION: Question,
    Version.Kind.QUIZ: Quiz,
    Version.Kind.FACT: Fact,
    Version.Kind.TERM: GlossaryTerm,
}
"""The table whose rows have versions of a kind."""


def kind_of(row: Versioned) -> Version.Kind:
    """Return of which kind a row's versions are."""
    return next(Version.Kind(kind) for kind, table in KINDS.items() if isinstance(row, table))


class State(models.TextChoices):
    """How a row stands to what learners see."""

    DRAFT = "draft", gettext_lazy("Draft")
    CHANGED = "changed", gettext_lazy("Changed")
    LIVE = "live", gettext_lazy("Live")
    ARCHIVED = "archived", gettext_lazy("Archived")


@dataclass(frozen=True)
class Snapshot:
    """What a Version of a draft holds."""

    kind: Version.Kind
    course_id: int | None
    body: dict[str, Any]
    answer_key: dict[str, Any] | None = None

    @property
    def content_hash(self) -> str:
        """SHA-256 of the content in one canonical spelling: equal content, equal hash."""
        return digest([self.body, self.answer_key])


def digest(content: object) -> str:
    """Return the SHA-256 (64 hex digits) of JSON-like content, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fact(fact: Fact) -> Snapshot:
    source = fact.source
    return Snapshot(
        Version.Kind.FACT,
        None,
        {
            "value": format(fact.value.normalize(), "f"),
            "show": fact.show,
            "unit": fact.unit,
            "place": fact.place,
            "statement": fact.statement,
            "source": {"title": source.title, "publisher": source.publisher, "interest": source.interest},
            "as_of": fact.as_of,
            "as_of_note": fact.as_of_note,
            "review_by": fact.review_by.isoformat(),
            "bears": fact.bears,
        },
    )


def _term(term: GlossaryTerm) -> Snapshot:
    body = {"name": term.name, "meaning": term.meaning, "used_by": term.used_by}
    return Snapshot(Version.Kind.TERM, None, body)


def _read(text: str) -> _Read:
    """Return words, minutes and headings of a text. Kept while the process lives: lists ask for every row."""
    name = f"read:{hashlib.sha256(text.encode()).hexdigest()}"
    found: _Read | None = caches["versions"].get(name)
    if found is None:
        document = markdown_syntax.read(text)
        words = readability.count_words(document)
        checks = sum(reference.kind == "check" for reference in document.references)
        headings = [(each.id, each.text) for each in document.headings]
        found = (words, readability.minutes(words, checks), headings)
        caches["versions"].set(name, found)
    return found


def _lesson(lesson: Lesson) -> Snapshot:
    words, minutes, headings = _read(lesson.body)
    return Snapshot(
        Version.Kind.LESSON,
        lesson.course_id,
        {
            "title": lesson.title,
            "question": lesson.question,
            "open": lesson.open,
            "minutes": minutes,
            "words": words,
            "markdown": tidy(lesson.body),
            "objectives": [
                {"key": objective.key, "text": objective.text}
                for objective in lesson.objectives.all()
                if objective.archived_at is None
            ],
            "terms": sorted(term.key for term in lesson.terms.all()),
            "sources": [
                {
                    "key": source.key,
                    "title": source.title,
                    "publisher": source.publisher,
                    "interest": source.interest,
                    "read": source.read.isoformat(),
                }
                for source in sorted(lesson.sources.all(), key=lambda source: source.key)
            ],
            "headings": [{"id": key, "text": text} for key, text in headings],
        },
    )


def _question(question: Question) -> Snapshot:
    body, answer_key = question_snapshots.parts(question)
    return Snapshot(Version.Kind.QUESTION, question.course_id, body, answer_key)


def _quiz(quiz: Quiz) -> Snapshot:
    return Snapshot(
        Version.Kind.QUIZ,
        quiz.course_id,
        {
            "title": quiz.title,
            "module": quiz.module.key if quiz.module else None,
            "pass_mark": quiz.pass_mark,
            "feedback": quiz.feedback,
            "shuffle_questions": quiz.shuffle_questions,
            "shuffle_choices": quiz.shuffle_choices,
            "attempts_allowed": quiz.attempts_allowed,
            "delay_hours": quiz.delay_hours,
            "time_limit_minutes": quiz.time_limit_minutes,
            "ask_sureness": quiz.ask_sureness,
            "pools": [
                {
                    "draw": pool.draw,
                    "objectives": sorted(objective.key for objective in pool.objectives.all()),
                    "tags": list(pool.tags),
                    "difficulty": pool.difficulty,
                }
                for pool in quiz.pools.all()
            ],
        },
    )


def _outline(course: Course) -> Snapshot:
    """What is live of each module, in the draft's order; modules with nothing live are left out."""
    lessons: dict[int, list[dict[str, Any]]] = {}
    for lesson in course.lessons.filter(live_version__isnull=False).select_related("live_version"):
        body = lesson.live_version.body if lesson.live_version else {}
        shown = {name: body[name] for name in ("title", "question", "minutes", "open")}
        lessons.setdefault(lesson.module_id, []).append({"id": lesson.pk, "key": lesson.key, **shown})
    quizzes: dict[int | None, dict[str, Any]] = {}
    for quiz in course.quizzes.filter(live_version__isnull=False).select_related("live_version"):
        body = quiz.live_version.body if quiz.live_version else {}
        count = sum(pool["draw"] for pool in body["pools"])
        quizzes[quiz.module_id] = {
            "id": quiz.pk,
            "key": quiz.key,
            "title": body["title"],
            "questions": count,
            "minutes": max(count, 1),
        }
    modules = [
        {
            "key": module.key,
            "title": module.title,
            "lessons": lessons.get(module.pk, []),
            "quiz": quizzes.get(module.pk),
        }
        for module in course.modules.filter(archived_at__isnull=True)
        if module.pk in lessons
    ]
    body = {
        "title": course.title,
        "summary": course.summary,
        "language": course.language,
        "modules": modules,
        "final": quizzes.get(None),
        "certificate": course.certificate,
    }
    return Snapshot(Version.Kind.OUTLINE, course.pk, body)


SNAPSHOTS: dict[type[Versioned], Callable[[Any], Snapshot]] = {
    Course: _outline,
    Fact: _fact,
    GlossaryTerm: _term,
    Lesson: _lesson,
    Question: _question,
    Quiz: _quiz,
}

PARTS: dict[type[Versioned], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Course: ((), ()),
    Fact: (("source",), ()),
    GlossaryTerm: ((), ()),
    Lesson: ((), ("objectives", "terms", "sources")),
    Question: (("objective", "passage_lesson", "misconception"), ("choices__misconception",)),
    Quiz: (("module",), ("pools__objectives",)),
}
"""Per table: what a snapshot reads besides the row (to join, to prefetch)."""


def with_draft(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """Fetch with the rows what `state` reads, in a fixed number of queries (courses: three more each)."""
    joined, prefetched = PARTS[rows.model]
    choices = models.Prefetch("choices", Choice.objects.select_related("misconception"))
    parts = [choices if path == "choices__misconception" else path for path in prefetched]
    return rows.select_related("live_version", *joined).prefetch_related(None).prefetch_related(*parts)


def with_state(rows: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """The same for those who ask for no more than `state`: the live version without what it holds."""
    return with_draft(rows).defer("live_version__body", "live_version__answer_key")


def snapshot(row: Versioned) -> Snapshot:
    """Return what a Version of this draft would hold."""
    return SNAPSHOTS[type(row)](row)


def state(row: Versioned) -> State:
    """Say how the draft stands to what learners see."""
    if row.archived_at is not None:
        return State.ARCHIVED
    if row.live_version is None:
        return State.DRAFT
    same = row.live_version.content_hash == snapshot(row).content_hash
    return State.LIVE if same else State.CHANGED


def is_major(before: Version | None, after: Snapshot) -> bool:
    """Say whether learners should be told of the change, where nobody says else.

    Major is: the first version; a lesson's headings, objectives or facts; anything in a question but its
    words; any change of a quiz's rules, of a figure, of which lessons a course has. A typo is minor.
    """
    return before is None or bool(reasons(before, after))


def reasons(before: Version | None, after: Snapshot) -> list[str]:
    """Name what makes a change major, such as "a heading"; nothing for a minor one or the first version."""
    if before is None:
        return []
    old = _weight(before.kind, before.body, before.answer_key)
    new = _weight(after.kind, after.body, after.answer_key)
    return [name for name in new if old[name] != new[name]]


def _weight(kind: str, body: dict[str, Any], answer_key: dict[str, Any] | None) -> dict[str, object]:
    """Return the parts of the content whose change is major, by what an editor calls them."""
    match kind:
        case Version.Kind.LESSON:
            references = markdown_syntax.read(body["markdown"]).references
            return {
                _("a heading"): body["headings"],
                _("an objective"): [objective["key"] for objective in body["objectives"]],
                _("a fact"): sorted({reference.key for reference in references if reference.kind == "fact"}),
            }
        case Version.Kind.QUESTION:
            return question_snapshots.weight(body, answer_key or {})
        case Version.Kind.OUTLINE:
            modules = [
                [module["key"], [lesson["key"] for lesson in module["lessons"]], module["quiz"] is not None]
                for module in body["modules"]
            ]
            return {_("which lessons and quizzes there are"): [modules, body["final"] is not None]}
        case Version.Kind.FACT:
            return {_("the figure"): [body["value"], body["show"], body["unit"]]}
        case Version.Kind.TERM:
            return {}
        case _:
            return {_("a rule of the quiz"): {name: value for name, value in body.items() if name != "title"}}

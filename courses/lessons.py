"""Live lessons: found in one query, rendered once a version, facts and checks filled in at each showing."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.cache import caches
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import prepared
from courses import illustrations, kept, languages, markdown, marks, media
from courses.markdown import Segment
from courses.models import Lesson, Version


@dataclass(frozen=True)
class Check:
    """A question inside a lesson."""

    question_id: int
    version: Version
    """Without its answer key."""


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson: either HTML, safe and shut to htmx, or a check."""

    html: SafeString = field(default_factory=SafeString)
    check: Check | None = None


@dataclass(frozen=True)
class Term:
    """A word of the glossary that the lesson uses."""

    key: str
    name: str
    meaning_html: SafeString
    used_by: str


@dataclass(frozen=True)
class LessonParts:
    """A lesson ready to be shown."""

    parts: list[Part]
    terms: list[Term]
    """By name."""

    sources: list[dict[str, Any]]
    """As in the version's body: key, title, publisher, interest, read."""

    stamp: str = ""
    """Names what is shown, if it may be kept: the same stamp, the same words."""

    @property
    def checks(self) -> list[Check]:
        """The checks in the order of the text."""
        return [part.check for part in self.parts if part.check]


def get_live(course_key: str, lesson_key: str, **carried: RawSQL) -> Lesson:
    """Return a live lesson of a live course, with both versions. One query. Raises Lesson.DoesNotExist.

    The query carries along what else its page needs to know.
    """
    return kept.part(Lesson, course_key, lesson_key, **carried)


def segments(version: Version) -> list[Segment]:
    """Return the text of a lesson's version as segments, rendered once and kept while the process lives."""
    if version._state.adding:  # a text that somebody is writing: there will be another in a moment
        return _rendered(version)
    name = f"lesson:{version.pk}:{version.content_hash}"
    cached: list[Segment] | None = caches["versions"].get(name)
    if cached is None:
        cached = _rendered(version)
        caches["versions"].set(name, cached)
    return cached


def _rendered(version: Version) -> list[Segment]:
    course_key = version.course.key if version.course else ""
    with override(languages.of_version(version)):  # its own words are the lesson's, not the pages'
        return markdown.render(
            version.body["markdown"],
            lesson_url=lambda key: reverse("learning:lesson", args=[course_key, key]),
        )


def term_keys(version: Version) -> set[str]:
    """Return the glossary's keys of the terms that a lesson names, in its text or beside it."""
    return {segment.key for segment in segments(version) if segment.kind == "term"} | {*version.body["terms"]}


def fill(version: Version, *, today: date) -> LessonParts:
    """Return a lesson's version with facts, checks and terms as they are live now. One query.

    `today` (the learner's date) decides whether a figure's review is overdue. What is no longer live leaves
    its words in the text, and no more.
    """
    text = segments(version)
    language = languages.of_version(version)
    live = _live(version, text)
    pictures = media.shown() if any(segment.kind == "picture" for segment in text) else {}
    parts: list[Part] = []
    html: list[str] = []
    for segment in text:
        found = live.get((_KINDS.get(segment.kind, ""), segment.key))
        if segment.kind == "check":
            parts.extend(_closed(html))
            html = []
            if found:
                parts.append(Part(check=Check(found.question_id, found)))
        elif segment.figure:
            facts = {key: row for (kind, key), row in live.items() if kind == "fact"}
            drawn = illustrations.shown(
                segment.figure, number=segment.key, live=facts, today=today, language=language
            )
            html.append(drawn)
        elif segment.kind == "picture":
            html.append(illustrations.picture(segment, pictures.get(segment.key)))
        else:
            html.append(_filled(segment, found, today, language))
    parts.extend(_closed(html))
    terms = sorted(
        (_term(found) for (kind, _), found in live.items() if kind == "term"), key=lambda t: t.name
    )
    return LessonParts(parts, terms, version.body["sources"])


def shown(version: Version, *, today: date) -> LessonParts:
    """Return the same as `fill` for a live version, put together once a day for what is live. One query."""
    text = segments(version)
    if any(segment.kind == "picture" for segment in text):  # what pictures show may change at any time
        return fill(version, today=today)
    keys = _keys(version, text)
    named = [sorted(keys["fact"]), sorted(keys["term"]), sorted(keys["question"]), version.course_id]
    live = ",".join(str(row[0]) for row in prepared.rows(_NAMED, named))
    stamp = f"{version.pk}:{version.content_hash}:{today}:{live}"
    filled: LessonParts | None = caches["versions"].get(f"filled:{version.pk}")
    if filled is None or filled.stamp != stamp:
        filled = replace(fill(version, today=today), stamp=stamp)
        caches["versions"].set(f"filled:{version.pk}", filled)
    return filled


_NAMED = """
    SELECT live_version_id FROM courses_fact WHERE key = ANY(%s) AND live_version_id IS NOT NULL
    UNION ALL
    SELECT live_version_id FROM courses_glossaryterm WHERE key = ANY(%s) AND live_version_id IS NOT NULL
    UNION ALL
    SELECT live_version_id FROM courses_question
    WHERE key = ANY(%s) AND course_id = %s AND live_version_id IS NOT NULL
    ORDER BY live_version_id
"""
"""The ids of what is live of facts, terms and questions."""
_KINDS = {"fact": "fact", "note": "fact", "check": "question", "term": "term"}


def _keys(version: Version, text: list[Segment]) -> dict[str, set[str]]:
    keys: dict[str, set[str]] = {"fact": set(), "question": set(), "term": set(version.body["terms"])}
    for segment in text:
        if segment.figure is not None:
            keys["fact"].update(segment.figure.facts)
        elif segment.kind in _KINDS:
            keys[_KINDS[segment.kind]].add(segment.key)
    return keys


def _live(version: Version, text: list[Segment]) -> dict[tuple[str, str], Any]:
    """Return the live versions that the text names, and those of the lesson's terms, by kind and key."""
    keys = _keys(version, text)
    found = (
        Version.objects.for_pages()
        .filter(
            Q(kind="fact", key__in=keys["fact"], live_fact__isnull=False)
            | Q(kind="term", key__in=keys["term"], live_glossaryterm__isnull=False)
            | Q(
                kind="question",
                key__in=keys["question"],
                course_id=version.course_id,
                live_question__isnull=False,
            )
        )
        .annotate(question_id=F("live_question"))
    )
    return {(row.kind, row.key): row for row in found}


def _closed(html: list[str]) -> list[Part]:
    """Return the pieces as one part in which htmx does nothing, whatever an author wrote."""
    text = "".join(html)
    # Segments are cleaned by markdown.LESSON; facts and terms are escaped by their templates.
    return [Part(html=format_html('<div class="prose" hx-disable>{}</div>', mark_safe(text)))] if text else []  # noqa: S308


def _filled(segment: Segment, found: Version | None, today: date, language: str) -> str:
    if segment.kind == "html":
        return segment.html
    if segment.kind == "term":
        words = mark_safe(segment.html)  # noqa: S308 - escaped when the segment was made
        if found is None:
            return words
        # Its meaning lies below the text, once however often it occurs: learning/words_and_sources.html.
        # A button may be torn from the full stop behind it; the word joiner keeps them on one line.
        button = '<button type="button" class="term" popovertarget="term:{}">{}</button>&#8288;'
        return format_html(button, segment.key, words)
    if found is None:
        return _("(figure withdrawn)") if segment.kind == "fact" else ""
    if segment.kind == "fact":
        return format_html('<a class="fact" href="#fact-{}">{}</a>', segment.key, found.body["show"])
    review_by = date.fromisoformat(found.body["review_by"])
    context = {
        "key": segment.key,
        "fact": found.body,
        "review_by": review_by,
        "stale": review_by < today,
        "language": language,
        "mark": marks.of_version(found.pk),
    }
    return render_to_string("courses/fact_note.html", context)


def _term(version: Version) -> Term:
    meaning = mark_safe(markdown.inline(version.body["meaning"]))  # noqa: S308 - cleaned by an allow-list
    return Term(version.key, version.body["name"], meaning, version.body["used_by"])

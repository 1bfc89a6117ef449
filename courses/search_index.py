"""Keep the search in step with what is live. Publishing calls `follow` in its own transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Q, Value

from courses import plain_text
from courses.models import Course, GlossaryTerm, Lesson, Question, SearchEntry, SearchWord, Version, Versioned

CONFIGS = {
    # language of a course: the configuration that knows its word stems; any other language: `simple`
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "sv": "swedish",
}
SIMPLE = "simple"
SHORTEST_WORD, LONGEST_WORD = 3, 40
FOUND = (Lesson, GlossaryTerm, Question)


def config_of(language: str) -> str:
    """Return the text search configuration for a language tag such as `en` or `pt-BR`."""
    return CONFIGS.get(language.partition("-")[0].lower(), SIMPLE)


def follow(rows: Sequence[Versioned], *, was_live: Iterable[int | None] = ()) -> None:
    """Make the search find the live versions of these rows, and no longer the versions that were live before.

    `was_live` holds ids of versions. The number of queries does not grow with the rows. Rows of other tables
    (courses, quizzes, facts) are not searched and are passed over.
    """
    found = [row for row in rows if isinstance(row, FOUND)]
    if not found:
        return
    live = [row.live_version for row in found if row.live_version is not None]
    gone = Q(version__in=[pk for pk in was_live if pk] + [version.pk for version in live])
    SearchEntry.objects.filter(gone).delete()
    _add(live)


@transaction.atomic
def rebuild() -> int:
    """Write the whole index again from what is live, and return the number of its entries."""
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    live = Q(live_lesson__isnull=False) | Q(live_glossaryterm__isnull=False) | Q(live_question__isnull=False)
    versions = list(Version.objects.for_pages().filter(live).order_by("pk"))
    _add(versions)
    return len(versions)


def _add(versions: list[Version]) -> None:
    """Write entries and words. A text is in the language of its course, a term in English."""
    of_courses = {version.course_id for version in versions if version.course_id}
    languages = dict(Course.objects.filter(pk__in=of_courses).values_list("pk", "language"))
    entries = [_entry(version, languages.get(version.course_id or 0, "en")) for version in versions]
    SearchEntry.objects.bulk_create(entries, batch_size=500)
    words: set[str] = set()
    for version, entry in zip(versions, entries, strict=True):
        if version.kind != Version.Kind.QUESTION:
            words.update(plain_text.words(" ".join([entry.title, *_texts(entry, 1), *_texts(entry, 2)])))
    kept = sorted(word for word in words if SHORTEST_WORD <= len(word) <= LONGEST_WORD)
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in kept], ignore_conflicts=True, batch_size=5000
    )


def _entry(version: Version, language: str) -> SearchEntry:
    title, sections = _content(version.kind, version.body)
    entry = SearchEntry(
        version=version,
        config=config_of(language),
        title=title,
        sections=sections,
        open=version.body.get("open", True),
        passage=version.body.get("passage", ""),
    )
    headings, texts = " ".join(_texts(entry, 1)), " ".join(_texts(entry, 2))
    entry.document = (
        _vector(title, entry.config, "A")
        + _vector(headings, entry.config, "B")
        + _vector(texts, entry.config, "C")
    )
    return entry


def _content(kind: str, body: dict[str, Any]) -> tuple[str, list[plain_text.Section]]:
    """Return title and sections of what is searched: a lesson, a term or a question."""
    match kind:
        case Version.Kind.LESSON:
            first = plain_text.tidy(body["question"])
            return plain_text.tidy(body["title"]), plain_text.sections(body["markdown"], first=first)
        case Version.Kind.TERM:
            return plain_text.tidy(body["name"]), [["", "", plain_text.inline(body["meaning"])]]
        case _:
            choices = " · ".join(plain_text.inline(choice["text"]) for choice in body["choices"])
            return plain_text.inline(body["prompt"]), [["", "", choices]]


def _texts(entry: SearchEntry, part: int) -> list[str]:
    return [section[part] for section in entry.sections]


def _vector(text: str, config: str, weight: str) -> SearchVector:
    return SearchVector(Value(plain_text.fold(text)), config=config, weight=weight)

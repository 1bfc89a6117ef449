"""Find lessons, terms and questions by words, also by misspelt ones, in one query."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

from accounts import prepared
from courses import plain_text
from courses.search_index import CONFIGS

MOST_FOUND = 20
MOST_WORDS = 12
SHORTEST_BEGINNING = 3
SNIPPET = 180


@dataclass(frozen=True)
class Found:
    """One thing that was found. What is marked up is escaped; only our own <mark> is in it."""

    kind: str
    """lesson, term or question."""

    key: str
    course_key: str
    course_title: str
    language: str
    title_html: SafeString
    snippet_html: SafeString
    heading: str
    """Of a lesson: the heading under which most of the words stand; empty for its beginning."""

    heading_id: str
    open: bool
    passage: str
    """Of a question: `lesson#heading` where it is taught."""

    attempt_id: UUID | None = None
    """Of a question: the quiz attempt in which it was answered last; none if that was a lesson's check."""


@dataclass(frozen=True)
class Findings:
    """What was found, best first, and which words were read instead of those that no text has."""

    found: list[Found] = field(default_factory=list)
    instead: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Met:
    """Which questions somebody has answered: SQL that finds (true, attempt) or nothing for a `question`."""

    sql: str = "SELECT true AS found, NULL::uuid AS attempt_id WHERE false"
    values: Sequence[Any] = ()


def find(text: str, *, met: Met, guest: bool) -> Findings:
    """Find what has all words of `text`, the last of which may be a beginning; at most 20, best first.

    Of the questions only those are found that the person has met. With `guest` no text of a lesson that needs
    an account is shown. One query, none if the text has no word. Only the first twelve words count.
    """
    words = [word[:60] for word in plain_text.words(text)[:MOST_WORDS]]
    if not words:
        return Findings()
    endings = [""] * (len(words) - 1) + [":*" if len(words[-1]) >= SHORTEST_BEGINNING else ""]
    found = prepared.rows(
        FIND.replace("MET", met.sql), [words, endings, len(CONFIGS) + 1, *met.values, MOST_FOUND]
    )
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    slips = {slip: near for row in rows for slip, near in json.loads(row["slips"] or "{}").items()}
    return Findings([_found(row, guest) for row in rows], slips)


COLUMNS = (
    *("kind", "key", "course_key", "course_title", "language", "title", "sections", "open", "passage"),
    *("attempt_id", "query", "slips"),
)
FIND = """
WITH RECURSIVE asked AS (
    SELECT word, ending FROM unnest(%s::text[], %s::text[]) AS asked (word, ending)
),
-- A word with which no word of the texts begins is taken for a slip: the words most like it are read too.
spelt AS MATERIALIZED (
    SELECT word, ending, CASE
        WHEN length(word) >= 4 AND NOT EXISTS (
            SELECT FROM courses_searchword known
            WHERE known.word >= asked.word AND known.word < asked.word || U&'\\+10FFFF'
        ) THEN (
            SELECT array_agg(nearest.word) FROM (
                SELECT near.word FROM courses_searchword near WHERE near.word %% asked.word
                ORDER BY similarity(near.word, asked.word) DESC FETCH FIRST 1 ROW WITH TIES
            ) nearest
        )
    END AS near
    FROM asked
),
-- The configurations that there are entries of: one look at the index for each.
used (config) AS (
    (SELECT config FROM courses_searchentry ORDER BY config LIMIT 1)
    UNION ALL
    SELECT (
        SELECT entry.config FROM courses_searchentry entry
        WHERE entry.config > used.config ORDER BY entry.config LIMIT 1
    )
    FROM used WHERE used.config IS NOT NULL
),
-- Each language has its own stems, and its own words that are too common to be looked for.
wanted AS MATERIALIZED (
    SELECT config, string_agg('(' || piece::text || ')', ' & ')::tsquery AS query
    FROM (
        SELECT config, CASE
            WHEN near IS NULL OR numnode(to_tsquery(config::regconfig, word)) = 0
            THEN to_tsquery(config::regconfig, word || ending)
            ELSE to_tsquery(config::regconfig, word || ' | ' || array_to_string(near, ' | '))
        END AS piece
        FROM spelt CROSS JOIN (SELECT config FROM used WHERE config IS NOT NULL LIMIT %s) few
    ) pieces
    WHERE numnode(piece) > 0 GROUP BY config
)
SELECT version.kind, version.key, COALESCE(course.key, '') AS course_key,
    COALESCE(course.title, '') AS course_title, COALESCE(course.language, 'en') AS language,
    entry.title, entry.sections, entry.open, entry.passage, met.attempt_id, wanted.query::text AS query,
    (SELECT jsonb_object_agg(word, near) FROM spelt WHERE near IS NOT NULL AND NOT EXISTS (
        SELECT FROM unnest(near) AS other
        WHERE to_tsquery(wanted.config::regconfig, other) = to_tsquery(wanted.config::regconfig, word)
    )) AS slips
FROM wanted
JOIN courses_searchentry entry ON entry.config = wanted.config AND entry.document @@ wanted.query
JOIN courses_version version ON version.id = entry.version_id
LEFT JOIN courses_course course ON course.id = version.course_id
LEFT JOIN courses_question question ON question.live_version_id = version.id
LEFT JOIN LATERAL (MET) AS met ON true
WHERE (course.id IS NULL OR course.live_version_id IS NOT NULL)
    AND (version.kind <> 'question' OR met.found)
ORDER BY ts_rank(entry.document, wanted.query, 1) DESC, entry.title, version.id
LIMIT %s
"""


def _found(row: dict[str, Any], guest: bool) -> Found:
    """Return a row as pages show it."""
    stems = {stem.replace("''", "'") for stem in re.findall(r"'((?:[^']|'')+)'", row["query"])}
    pattern = re.compile(r"(?<![^\W_])(?:" + "|".join(map(_beginning, sorted(stems))) + r")[^\W_]*")
    sections: list[plain_text.Section] = json.loads(row["sections"])
    shut = guest and not row["open"]
    best = sections[0] if shut else max(sections, key=lambda section: _hits(pattern, section))
    heading_id, heading, text = best
    return Found(
        kind=row["kind"],
        key=row["key"],
        course_key=row["course_key"],
        course_title=row["course_title"],
        language=row["language"],
        title_html=_marked(row["title"], pattern),
        snippet_html=_marked(heading if shut else _cut(text, pattern), pattern),
        heading="" if shut or best is sections[0] else heading,
        heading_id="" if shut else heading_id,
        open=row["open"],
        passage=row["passage"],
        attempt_id=row["attempt_id"],
    )


def _beginning(stem: str) -> str:
    """Return what words of this stem begin with: stemming turns some endings into an i."""
    return re.escape(stem[:-1] if len(stem) > 3 and stem.endswith("i") else stem)


def _hits(pattern: re.Pattern[str], section: plain_text.Section) -> tuple[int, int]:
    """Return how many different words of a section were asked for, headings twice, and how often."""
    in_heading = pattern.findall(plain_text.fold(section[1]))
    in_text = pattern.findall(plain_text.fold(section[2]))
    return len(set(in_text)) + 2 * len(set(in_heading)), len(in_text)


def _cut(text: str, pattern: re.Pattern[str]) -> str:
    """Return a stretch of the text around the first word that was asked for, cut between words."""
    match = pattern.search(plain_text.fold(text))
    start = max(0, (match.start() if match else 0) - SNIPPET // 3)
    start = text.find(" ", start) + 1 if start else 0
    end = start + SNIPPET
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + SNIPPET // 2)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def _marked(text: str, pattern: re.Pattern[str]) -> SafeString:
    """Return the text escaped, with the words that were asked for in <mark>."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for match in pattern.finditer(plain_text.fold(text)):
        pieces.append((text[at : match.start()], text[slice(*match.span())]))
        at = match.end()
    return format_html_join("", "{}<mark>{}</mark>", pieces) + conditional_escape(text[at:])

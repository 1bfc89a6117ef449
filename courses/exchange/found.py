"""What a file has of a question, and what a question gets that no file of its kind carries. Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from courses.content_checks import shape_faults
from courses.content_files import format as files
from courses.markdown_syntax import slug
from courses.question_types import TYPES
from courses.question_types.shape import Draft
from courses.wording import gettext as _

MOST_CHARACTERS = 8_000
MOST_CHOICES = 40
LONGEST_KEY, LONGEST_LABEL, LONGEST_TAG, LONGEST_HEADING = 60, 120, 40, 80


@dataclass(frozen=True)
class Found:
    """One question of a file: read, with what was lost on the way, or refused for its problems."""

    place: str
    """Where in the file, as people count: “line 12”, “item 3 (single-1.xml)”."""

    question: files.Question | None = None
    """Empty are the fields that the file says nothing of; `objective` and `module` may be anybody's words."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    by_content: bool = False
    """Whether the key stands for the content, since the file names none."""


@dataclass(frozen=True)
class Reading:
    """What was found in a file, and what of it is no question and was left out."""

    found: tuple[Found, ...]
    notes: tuple[str, ...] = ()


def draft(**known: object) -> files.Question:
    """Return a question with the fields that a file gave; the others are empty."""
    empty = dict.fromkeys(TEXTS, "")
    return files.Question(**{**empty, "order": 0, "choices": (), "uses": (), **known})  # type: ignore[arg-type]  # the readers give each field its type


def taken(place: str, question: files.Question, notes: Iterable[str] = ()) -> Found:
    """Return a question that was read, with its keys, and with what keeps it out of the bank."""
    whole = named(question)
    by_content = not slug(question.key)
    problems = tuple(dict.fromkeys(faults(whole)))
    return Found(place, whole, problems, tuple(dict.fromkeys(notes)), by_content)


TEXTS = (
    "key",
    "module",
    "type",
    "objective",
    "passage_lesson",
    "passage_heading",
    "difficulty",
    "prompt",
    "explanation",
)


def named(question: files.Question) -> files.Question:
    """Give a question and its choices the keys that the file does not; equal content gets equal keys."""
    taken: set[str] = set()
    choices: list[files.Choice] = []
    for number, choice in enumerate(question.choices, start=1):
        key = _cut(slug(choice.key or choice.text)) or f"choice-{number}"
        while key in taken:
            key = f"{_cut(key, LONGEST_KEY - 5)}-{number}"
        taken.add(key)
        choices.append(replace(choice, key=key))
    named_one = replace(question, choices=tuple(choices))
    return replace(named_one, key=_cut(slug(question.key)) or _key_by_content(named_one))


def _key_by_content(question: files.Question) -> str:
    said = (question.type, question.prompt, question.choices, question.buckets, sorted(question.settings))
    digest = hashlib.sha256(repr(said).encode()).hexdigest()[:8]
    return f"{_cut(slug(question.prompt), 40) or question.type.replace('_', '-')}-{digest}"


def _cut(key: str, most: int = LONGEST_KEY) -> str:
    return key[:most].strip("-")


def faults(question: files.Question) -> Iterator[str]:
    """Yield what keeps a question out of the bank: its build, and what does not fit into its row.

    What only keeps it from being published (a feedback that is missing, a passage) is no fault here.
    """
    texts = [question.prompt, question.explanation, *(choice.text for choice in question.choices)]
    texts += [choice.feedback for choice in question.choices] + [str(question.settings)]
    labels = [*question.buckets, *(choice.bucket for choice in question.choices)]
    if not question.prompt.strip():
        yield _("the question has no words")
    if max(map(len, texts)) > MOST_CHARACTERS:
        yield _("a text is longer than %(most)s characters") % {"most": f"{MOST_CHARACTERS:,}"}
    if len(question.choices) > MOST_CHOICES or len(question.buckets) > MOST_CHOICES:
        yield _("it has more than %(most)s choices") % {"most": MOST_CHOICES}
        return
    if any(not choice.text.strip() for choice in question.choices):
        yield _("a choice has no words")
    if any(len(label) > LONGEST_LABEL for label in labels):
        yield _("a bucket or right side is longer than %(most)s characters") % {"most": LONGEST_LABEL}
    if any(len(tag) > LONGEST_TAG for tag in question.tags) or len(question.tags) > MOST_CHOICES:
        yield _("a tag is longer than %(most)s characters, or there are more than %(tags)s") % {
            "most": LONGEST_TAG,
            "tags": MOST_CHOICES,
        }
    if len(question.passage_heading) > LONGEST_HEADING:
        yield _("the heading of the passage is longer than %(most)s characters") % {"most": LONGEST_HEADING}
    if question.difficulty and question.difficulty not in files.DIFFICULTIES:
        yield _("the difficulty is one of %(difficulties)s") % {"difficulties": ", ".join(files.DIFFICULTIES)}
    if not set(question.uses) <= set(files.USES):
        yield _("the uses are some of %(uses)s") % {"uses": ", ".join(files.USES)}
    settings = {name: "-" if value == "" else value for name, value in question.settings.items()}
    drafted = Draft(question.choices, question.buckets, settings)
    yield from (fault.message for fault in shape_faults(type_name=question.type, draft=drafted))


def unfinished(question: files.Question) -> bool:
    """Say whether a question lacks words that it needs before it can be published."""
    shape = TYPES[question.type].SHAPE
    silent = shape.explains_choices and any(not choice.feedback.strip() for choice in question.choices)
    silent = silent or (shape.truth == "place" and not question.settings.get("feedback"))
    return silent or not question.explanation.strip() or not question.passage_heading


def tag(words: str) -> str:
    """Return words as a tag: small letters, digits and hyphens."""
    return _cut(slug(words), LONGEST_TAG)


def number(words: str) -> int | float:
    """Return a number as settings keep it: whole where it is whole. Raises ValueError, for the person."""
    if not re.fullmatch(r"\s*[+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})\s*", words):
        raise ValueError(_("“%(words)s” is no number such as 12 or 0.5") % {"words": words.strip()[:30]})
    value = float(words)
    return int(value) if value == int(value) else value

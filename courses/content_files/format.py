"""What the curriculum's files hold, as plain values. Pure.

docs/authoring.md describes the files. An object's `digest` tells whether two are equal; keys are identity.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import Field, asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Protocol

FORMAT = 1
USES = ("check", "quiz", "review")
DEFAULT_USES = ("quiz", "review")
DIFFICULTIES = ("easy", "medium", "hard")
LONGEST_TAG = 40
FEEDBACK = ("immediate", "at_end", "after_passing")
USED_BY = ("product", "project", "both")
LABELS = ("product", "project", "both", "neither")
SIDES = ("product", "project", "other")
FINAL = "final"
"""The key of the quiz that ends a course; no module has it."""

TRUE_FALSE = (("true", "True"), ("false", "False"))
"""Keys and texts of the two options of every true_false question."""


@dataclass(frozen=True)
class Source:
    """Where facts come from."""

    key: str
    title: str
    publisher: str
    interest: str
    read: date


@dataclass(frozen=True)
class Fact:
    """A figure with its source and expiry."""

    key: str
    value: Decimal
    show: str
    unit: str
    statement: str
    source: str
    as_of: str
    review_by: date
    bears: str
    place: str = ""
    as_of_note: str = ""


@dataclass(frozen=True)
class Term:
    """A word of the glossary."""

    key: str
    name: str
    meaning: str
    used_by: str


@dataclass(frozen=True)
class Misconception:
    """A named wrong idea."""

    key: str
    name: str
    correction: str


@dataclass(frozen=True)
class Lesson:
    """A lesson's draft: front matter and Markdown."""

    key: str
    module: str
    order: int
    """Its place in the module, from 1."""

    title: str
    question: str
    open: bool
    objectives: dict[str, str]
    """Text by key, in the author's order."""

    terms: tuple[str, ...]
    sources: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Choice:
    """An option, an item to sort, a left side with its right one as bucket, or a step."""

    key: str
    text: str
    feedback: str
    correct: bool = False
    bucket: str = ""
    misconception: str = ""
    credit: float | None = None


@dataclass(frozen=True)
class Question:
    """One question of a module's bank."""

    key: str
    module: str
    order: int
    type: str
    objective: str
    passage_lesson: str
    passage_heading: str
    difficulty: str
    prompt: str
    choices: tuple[Choice, ...]
    explanation: str
    uses: tuple[str, ...] = DEFAULT_USES
    tags: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    misconception: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """What the shape of the type names, as JSON."""


@dataclass(frozen=True)
class Pool:
    """A part of a quiz."""

    draw: int
    objectives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    difficulty: str = ""


@dataclass(frozen=True)
class Quiz:
    """A graded quiz: of a module, with the module's key, or of the whole course, with the key `final`."""

    key: str
    title: str
    pass_mark: int
    pools: tuple[Pool, ...]
    feedback: str = "at_end"
    shuffle_questions: bool = True
    shuffle_choices: bool = True
    attempts_allowed: int | None = None
    delay_hours: int = 0
    time_limit_minutes: int | None = None
    ask_sureness: bool = True


@dataclass(frozen=True)
class Course:
    """A course without its contents: what course.yaml says, but for the final."""

    key: str
    title: str
    summary: str
    language: str
    modules: dict[str, str]
    """Title by key, in order."""

    order: int = 0
    certificate: bool = False
    """Whether finishing the course earns a certificate."""


@dataclass(frozen=True)
class Sentence:
    """An everyday sentence of the drill."""

    key: str
    text: str
    label: str
    reason: str
    likely_wrong: dict[str, str] = field(default_factory=dict)
    """Misconception by wrong label."""


@dataclass(frozen=True)
class Duty:
    """One duty of an advert."""

    key: str
    text: str
    side: str
    reason: str


@dataclass(frozen=True)
class Advert:
    """An invented job advert."""

    key: str
    title: str
    opening: str
    duties: tuple[Duty, ...]


Item = Source | Fact | Term | Misconception | Lesson | Question | Quiz | Course | Sentence | Advert


@dataclass
class CourseFiles:
    """A course with what its folder holds."""

    course: Course
    lessons: list[Lesson] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    quizzes: list[Quiz] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Put a lesson, question or quiz in its place; anything else is not the course's own."""
        if isinstance(item, Lesson):
            self.lessons.append(item)
        elif isinstance(item, Question):
            self.questions.append(item)
        elif isinstance(item, Quiz):
            self.quizzes.append(item)


@dataclass
class Package:
    """All of a content folder."""

    sources: list[Source] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    misconceptions: list[Misconception] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    adverts: list[Advert] = field(default_factory=list)
    courses: list[CourseFiles] = field(default_factory=list)

    def items(self) -> Iterator[tuple[str, Item]]:
        """Yield every object with the key of its course, or "" where it belongs to none."""
        shared: list[Item] = [*self.sources, *self.facts, *self.terms, *self.misconceptions]
        shared += [*self.sentences, *self.adverts]
        for item in shared:
            yield "", item
        for files in self.courses:
            owned: list[Item] = [files.course, *files.lessons, *files.questions, *files.quizzes]
            for item in owned:
                yield files.course.key, item


def plain(value: Decimal) -> Decimal:
    """Return the number in its one spelling: no zeros after the point, no exponent."""
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


def tidy(text: str) -> str:
    """Return a text in its one spelling: lines end alike whatever form it came from, no space around it."""
    return text.replace("\r\n", "\n").strip()


class Keyed(Protocol):
    """An object of any room's content files: a dataclass with a key that never changes."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def key(self) -> str:
        """What it is called in files and addresses."""


def digest(item: Keyed) -> str:
    """Return the SHA-256 (64 hex digits) of an object's content; equal content, equal digest."""
    values = asdict(item)
    if "settings" in values:
        # What came from the database has its keys in PostgreSQL's order.
        values["settings"] = json.dumps(values["settings"], sort_keys=True)
    text = json.dumps([type(item).__name__, values], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

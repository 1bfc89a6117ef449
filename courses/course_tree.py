"""A course as its editors see it: modules, lessons and quizzes in order, and what is wrong with each.

Whatever the size of the course, reading it takes the same number of queries. The tree is kept while the
process lives, and stands until one of the rows is written that it was made of; what a lesson's text says is
worked out for new wordings only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.core.cache import caches
from django.forms.models import model_to_dict

from courses import drafts, row_stamps, versions
from courses.content_advice import lesson_advice
from courses.content_checks import Fault, Known, lesson_faults, quiz_faults
from courses.content_files import format as files
from courses.markdown_syntax import Document, read
from courses.models import Choice, Course, Fact, GlossaryTerm, Lesson, MediaAsset, PublishJob, Quiz, Version
from courses.models.questions import Use
from courses.versions import State

NEVER_SHOWN = (Choice,)
SEEN = (State.LIVE, State.CHANGED)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A lesson or a quiz in its place."""

    id: int
    key: str
    title: str
    state: State
    minutes: int
    problems: list[str]
    """What keeps it from being published."""

    advice: list[str] = field(default_factory=list)
    """What breaks a rule of writing; it may be published all the same."""

    open: bool = False
    """Of a lesson: readable without an account."""

    planned: list[PublishJob] = field(default_factory=list)
    """When it goes live, or away."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A module with its lessons in order and the quiz that closes it."""

    id: int
    key: str
    title: str
    archived: bool
    lessons: list[Leaf]
    quiz: Leaf | None

    @property
    def minutes(self) -> int:
        """Of all that is not archived."""
        leaves = [*self.lessons, *([self.quiz] if self.quiz else [])]
        return sum(leaf.minutes for leaf in leaves if leaf.state != State.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Tree:
    """The draft of a course."""

    modules: list[Branch]
    final: Leaf | None
    order: str
    """Digest of the order. A move says which one it was made from."""

    published_at: datetime | None
    """When the order that learners see was published; None: it is this one, or they see none."""

    @property
    def lessons(self) -> list[Leaf]:
        """All lessons in order."""
        return [lesson for module in self.modules for lesson in module.lessons]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a wording of a lesson comes to, whatever else there is."""

    state: State
    minutes: int
    document: Document
    """Without its tokens."""

    advice: list[str]


def digest_of(order: Mapping[int, Sequence[int]]) -> str:
    """Return the digest of an order: the ids of modules and of the lessons in each."""
    return versions.digest([[module, list(lessons)] for module, lessons in order.items()])[:16]


def of(course: Course) -> Tree:
    """Return the tree of a course that was read with its live version. One query; thirteen after a change."""
    return stamped(course)[1]


def stamped(course: Course) -> tuple[str, Tree]:
    """Return the same with a stamp: another one, another tree."""
    stamp, name = versions.digest(row_stamps.of_content(without=NEVER_SHOWN)), f"tree:{course.pk}"
    kept: tuple[str, Tree] = caches["versions"].get(name, ("", None))
    if kept[0] != stamp:
        kept = (stamp, _read(course))
        caches["versions"].set(name, kept)
    return kept


def _read(course: Course) -> Tree:
    modules = list(course.modules.all())
    lessons = list(versions.with_draft(course.lessons.all()))
    by_id = {module.pk: module for module in modules}
    for lesson in lessons:
        lesson.module = by_id[lesson.module_id]
    around = _around(course, lessons)
    shown = _shown_lessons(lessons, around)
    leaves: dict[int, list[Leaf]] = {module.pk: [] for module in modules}
    for lesson in lessons:
        leaves[lesson.module_id].append(shown[lesson.pk])
    quizzes = _quizzes(course, around)
    branches = [
        Branch(
            module.pk,
            module.key,
            module.title,
            module.archived_at is not None,
            leaves[module.pk],
            quizzes.get(module.pk),
        )
        for module in modules
    ]
    order = {branch.id: [leaf.id for leaf in branch.lessons] for branch in branches}
    return Tree(branches, quizzes.get(None), digest_of(order), _other_order(course, branches))


@dataclass(frozen=True, slots=True)
class _Around:
    """What lessons and quizzes may name, read once for all of them."""

    facts: list[files.Fact]
    digest: str
    """Of the facts: advice on a lesson changes with them."""

    known: Known
    planned: Mapping[tuple[str, int], list[PublishJob]]


def _planned() -> dict[tuple[str, int], list[PublishJob]]:
    """Return the jobs that wait, by kind and id of their row."""
    found: dict[tuple[str, int], list[PublishJob]] = {}
    for job in PublishJob.objects.filter(state=PublishJob.State.WAITING).order_by("at"):
        found.setdefault((job.kind, job.row_id), []).append(job)
    return found


def _around(course: Course, lessons: Iterable[Lesson]) -> _Around:
    rows = list(Fact.objects.select_related("source"))
    facts = [drafts.fact(row) for row in rows]
    terms = GlossaryTerm.objects.filter(live_version__isnull=False)
    bank = course.questions.filter(live_version__isnull=False).values_list(
        "key", "uses", "tags", "difficulty", "objective__key"
    )
    known = Known(
        facts={row.key for row in rows if row.live_version_id},
        terms=set(terms.values_list("key", flat=True)),
        media=set(MediaAsset.objects.values_list("key", flat=True)),
    )
    uses: dict[str, tuple[str, ...]] = {}
    for key, places, tags, difficulty, objective in bank:
        uses[key] = tuple(places)
        if Use.QUIZ in places:
            known.drawable.append(_drawable(key, tuple(tags), difficulty, objective))
    known.uses = uses
    for lesson in lessons:
        known.sources |= {source.key for source in lesson.sources.all()}
        known.objectives |= {each.key for each in lesson.objectives.all() if each.archived_at is None}
    return _Around(facts, versions.digest([str(fact) for fact in facts]), known, _planned())


def _drawable(key: str, tags: tuple[str, ...], difficulty: str, objective: str) -> files.Question:
    """Return as much of a question as decides which pools draw it."""
    return files.Question(
        key=key,
        module="",
        order=0,
        type="",
        objective=objective,
        passage_lesson="",
        passage_heading="",
        difficulty=difficulty,
        prompt="",
        choices=(),
        explanation="",
        uses=(Use.QUIZ.value,),
        tags=tags,
    )


def _shown_lessons(lessons: list[Lesson], around: _Around) -> dict[int, Leaf]:
    judged = {lesson.pk: _judged(lesson, around) for lesson in lessons}
    around.known.headings = {
        lesson.key: {heading.id for heading in judged[lesson.pk].document.headings}
        for lesson in lessons
        if lesson.archived_at is None
    }
    shown = {}
    for lesson in lessons:
        found = judged[lesson.pk]
        faults = lesson_faults(drafts.lesson(lesson), around.known, document=found.document)
        archived = lesson.archived_at is not None
        shown[lesson.pk] = Leaf(
            lesson.pk,
            lesson.key,
            lesson.title,
            found.state,
            found.minutes,
            [] if archived else _words(faults),
            [] if archived else found.advice,
            lesson.open,
            around.planned.get((Version.Kind.LESSON, lesson.pk), []),
        )
    return shown


def _words(faults: Iterable[Fault]) -> list[str]:
    return [str(problem) for problem in drafts.as_problems(faults)]


def _judged(lesson: Lesson, around: _Around) -> _Judged:
    """Return what follows from a lesson's wording, from the cache where it was seen before."""
    draft = drafts.lesson(lesson)
    live = lesson.live_version.content_hash if lesson.live_version else ""
    sources = [str(model_to_dict(source)) for source in lesson.sources.all()]
    words = [asdict(draft), sources, live, str(lesson.archived_at), around.digest]
    name = f"judged:{versions.digest(words)}"
    cached: _Judged | None = caches["versions"].get(name)
    if cached is None:
        document = read(draft.body)
        cached = _Judged(
            versions.state(lesson),
            versions.snapshot(lesson).body["minutes"],
            Document([], document.problems, document.references, document.headings),
            _words(lesson_advice(draft, around.facts)),
        )
        caches["versions"].set(name, cached)
    return cached


def _quizzes(course: Course, around: _Around) -> dict[int | None, Leaf]:
    """Return the quizzes by module; the final under None."""
    rows = versions.with_draft(course.quizzes.all())
    return {row.module_id: _quiz(row, around) for row in rows}


def _quiz(row: Quiz, around: _Around) -> Leaf:
    state = versions.state(row)
    questions = sum(pool.draw for pool in row.pools.all())
    faults = [] if state == State.ARCHIVED else _words(quiz_faults(drafts.quiz(row), around.known))
    planned = around.planned.get((Version.Kind.QUIZ, row.pk), [])
    return Leaf(row.pk, row.key, row.title, state, max(questions, 1), faults, planned=planned)


def _other_order(course: Course, branches: Iterable[Branch]) -> datetime | None:
    """Return when the outline was published that learners see, where it has another order than the draft."""
    if course.live_version is None:
        return None
    live = [
        [branch.key, lessons]
        for branch in branches
        if not branch.archived
        and (lessons := [lesson.key for lesson in branch.lessons if lesson.state in SEEN])
    ]
    shown = [
        [module["key"], [lesson["key"] for lesson in module["lessons"]]]
        for module in course.live_version.body["modules"]
    ]
    return None if live == shown else course.live_version.created_at

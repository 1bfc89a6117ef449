"""What an import of questions would do with each, and doing just that. Everything stays a draft."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses import drafts, versions
from courses.content_files import format as files
from courses.content_files import rows
from courses.exchange.found import Found, Reading, unfinished
from courses.exchange.limits import ChangedSince
from courses.exchange.merging import merged
from courses.models import Course, Lesson, Misconception, Module, Objective, Question

IMPORTED = {"by": "import"}
Action = Literal["add", "change", "same", "keep", "refuse"]


@dataclass(frozen=True)
class Line:
    """What an import does with one question of the file, and why."""

    found: Found
    action: Action
    question: files.Question | None = None
    """As it would stand in the bank."""

    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an import does, in the order of the file."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def of(self, *actions: Action) -> list[Line]:
        """Return the lines with one of these actions."""
        return [line for line in self.lines if line.action in actions]

    @property
    def digest(self) -> str:
        """Name what the plan would write: another plan has another name."""
        said = [(line.action, line.question and files.digest(line.question)) for line in self.lines]
        return hashlib.sha256(repr(said).encode()).hexdigest()

    @property
    def unfinished(self) -> int:
        """How many of the questions lack words that publishing asks for."""
        return sum(bool(line.question and unfinished(line.question)) for line in self.of("add", "change"))


@dataclass(frozen=True)
class _Course:
    """What questions of a course may name."""

    default: Objective
    places: Mapping[str, tuple[str, str]]
    """Lesson and module of each objective, by their keys."""

    lessons: frozenset[str]
    modules: frozenset[str]
    misconceptions: frozenset[str]


def plan(reading: Reading, *, objective: Objective, change: bool) -> Plan:
    """Say what an import would do. Reads only, in 7 queries.

    Questions go to the objective that the file names for them, else to this one, and into its course.
    `change`: whether drafts of questions that are there already follow the file.
    """
    known = _known(objective)
    keys = {each.question.key for each in reading.found if each.question and not each.problems}
    held_rows = versions.with_draft(objective.course.questions.filter(key__in=keys))
    held = {row.key: (drafts.question(row), row.archived_at is not None) for row in held_rows}
    orders = dict(objective.course.questions.values_list("module__key").annotate(Max("order")))
    lines: list[Line] = []
    seen: dict[str, str] = {}
    for each in reading.found:
        line = _line(each, held, known, seen, change=change)
        if line.action == "add" and line.question:
            orders[line.question.module] = place = min((orders.get(line.question.module) or 0) + 1, 32_767)
            line = replace(line, question=replace(line.question, order=place))
        lines.append(line)
    return Plan(tuple(lines), reading.notes)


def _known(objective: Objective) -> _Course:
    course = objective.course
    placed = course.objectives.filter(archived_at__isnull=True)
    return _Course(
        objective,
        {
            key: (lesson, module)
            for key, lesson, module in placed.values_list("key", "lesson__key", "lesson__module__key")
        },
        frozenset(
            Lesson.objects.filter(course=course, archived_at__isnull=True).values_list("key", flat=True)
        ),
        frozenset(
            Module.objects.filter(course=course, archived_at__isnull=True).values_list("key", flat=True)
        ),
        frozenset(Misconception.objects.values_list("key", flat=True)),
    )


def _line(
    each: Found,
    held: Mapping[str, tuple[files.Question, bool]],
    known: _Course,
    seen: dict[str, str],
    *,
    change: bool,
) -> Line:
    if each.question is None or each.problems:
        return Line(each, "refuse", None, each.problems)
    key = each.question.key
    if key in seen:
        same = _("%(place)s has the same content") if each.by_content else _("%(place)s has the same id")
        return Line(each, "refuse", None, (same % {"place": seen[key]},))
    seen[key] = each.place
    question, remarks = _placed(each.question, known)
    if key not in held:
        return Line(each, "add", _filled(question, known), (*each.notes, *remarks))
    before, archived = held[key]
    after = merged(before, question)
    if after == before:
        return Line(each, "same", before)
    if archived:
        return Line(each, "keep", before, (_("it is archived here"),))
    if each.by_content or not change:
        return Line(
            each, "keep", before, (_("it was edited here since it was imported"),) if each.by_content else ()
        )
    return Line(each, "change", after, (*each.notes, *remarks))


def _placed(question: files.Question, known: _Course) -> tuple[files.Question, list[str]]:
    """Take away what a question names and the course does not have, and say so."""
    remarks: list[str] = []
    objective = question.objective if question.objective in known.places else ""
    lesson = question.passage_lesson if question.passage_lesson in known.lessons else ""
    if question.passage_lesson and not lesson:
        remarks.append(
            _("the course has no lesson “%(lesson)s”: the passage is left out")
            % {"lesson": question.passage_lesson[:60]}
        )
    named = {question.misconception, *(choice.misconception for choice in question.choices)} - {""}
    strange = named - known.misconceptions
    remarks += [
        _("there is no misconception “%(key)s”: left out") % {"key": key[:60]} for key in sorted(strange)
    ]
    choices = tuple(
        replace(choice, misconception="") if choice.misconception in strange else choice
        for choice in question.choices
    )
    placed = replace(
        question,
        objective=objective,
        module=question.module if question.module in known.modules else "",
        passage_lesson=lesson,
        passage_heading=question.passage_heading if lesson else "",
        misconception="" if question.misconception in strange else question.misconception,
        choices=choices,
    )
    return placed, remarks


def _filled(question: files.Question, known: _Course) -> files.Question:
    """Give a new question what the file says nothing of."""
    objective = question.objective or known.default.key
    lesson, module = known.places.get(objective) or (
        known.default.lesson.key,
        known.default.lesson.module.key,
    )
    return replace(
        question,
        objective=objective,
        module=question.module or module,
        passage_lesson=question.passage_lesson or lesson,
        difficulty=question.difficulty or "medium",
        uses=question.uses or files.DEFAULT_USES,
    )


@transaction.atomic
def carry_out(
    reading: Reading, *, objective: Objective, change: bool, seen: str, author: User | None, now: datetime
) -> Plan:
    """Do what `plan` said, all of it or nothing, and return it. The same import again changes nothing.

    `seen`: the digest of the plan that somebody looked at. Raises ChangedSince where it is another by now.
    """
    course = Course.objects.select_for_update().get(pk=objective.course_id)
    found = plan(reading, objective=objective, change=change)
    if found.digest != seen:
        raise ChangedSince
    new = [each.question for each in found.of("add") if each.question]
    changed = {each.question.key: each.question for each in found.of("change") if each.question}
    held = list(Question.objects.select_for_update(of=("self",)).filter(course=course, key__in=changed))
    for row in held:
        rows.rewrite(row, course.key, changed[row.key], now=now)
    made = rows.add_questions(course.key, new, now=now)
    audit.record_each(made, actor=author, action="add", after=IMPORTED, now=now)
    audit.record_each(held, actor=author, action="change", after=IMPORTED, now=now)
    counts = {action: len(found.of(action)) for action in ("add", "change", "same", "keep", "refuse")}
    audit.record(actor=author, action="questions.import", obj=course, after=counts, now=now)
    return found

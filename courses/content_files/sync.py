"""Bring a content folder into the database and out of it. Editors' work is left alone, and said so."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses import drafts, publishing, versions
from courses.content_files import offers, rows
from courses.content_files.format import CourseFiles, Item, Lesson, Package, Question, Quiz
from courses.content_files.steps import Name, Plan, Shipped, Step, step_for
from courses.models import (
    Advert,
    Course,
    DrillSentence,
    Fact,
    GlossaryTerm,
    Misconception,
    Source,
    Versioned,
)
from courses.models.versions import Shipped as ShippedRow


def plan_import(package: Package) -> Plan[Item]:
    """Compare the files with the database and say what an import would do. Reads only."""
    held_ones = dict(held())
    plan: Plan[Item] = Plan()
    for course, item in package.items():
        name = (type(item).__name__, course, item.key)
        plan.steps.append(step_for(course, item, held_ones.pop(name, None)))
    block_orphans(plan)
    plan.gone = [
        f"{kind.lower()} {key}" for (kind, _, key), shipped in held_ones.items() if shipped.shipped_hash
    ]
    return plan


def block_orphans(plan: Plan[Item]) -> None:
    """Keep out what needs an objective that comes with a lesson that an editor changed."""
    missing: set[tuple[str, str]] = set()
    for step in plan.of("keep"):
        if isinstance(step.item, Lesson):
            known = rows.objective_keys(step.course)
            missing |= {(step.course, key) for key in step.item.objectives if key not in known}
    for number, step in enumerate(plan.steps):
        needed: set[str] = set()
        if isinstance(step.item, Question):
            needed = {step.item.objective}
        elif isinstance(step.item, Quiz):
            needed = {key for pool in step.item.pools for key in pool.objectives}
        for key in sorted(needed):
            if (step.course, key) in missing and step.action in ("add", "update"):
                reason = _("its objective %(key)s comes with a lesson that an editor changed") % {"key": key}
                plan.steps[number] = Step("keep", step.course, step.item, reason, offers="later")


@transaction.atomic
def apply(plan: Plan[Item], *, now: datetime, shipped_version: str) -> None:
    """Write what the plan adds and updates, and publish it; all of it or nothing."""
    desk = rows.Desk(now, shipped_version)
    steps = plan.of("add", "update")
    done = [rows.write(step.course, step.item, desk, new=step.action == "add") for step in steps]
    written = [row for row in done if isinstance(row, Versioned)]
    publishing.publish_checked(written, now=now, note=f"As shipped, {shipped_version}".rstrip(", "))
    offers.remember(plan, release=shipped_version)


def from_database() -> Package:
    """Return all drafts that are not archived, as an export writes them."""
    found = [(course, shipped.item) for (_, course, _), shipped in held() if not shipped.archived]
    package = Package()
    courses: dict[str, CourseFiles] = {}
    for row in Course.objects.filter(archived_at__isnull=True).prefetch_related("modules"):
        courses[row.key] = CourseFiles(drafts.course(row))
    package.courses = list(courses.values())
    for course, item in found:
        if course in courses:
            courses[course].add(item)
    package.sources = [drafts.source(row) for row in Source.objects.all()]
    package.misconceptions = [drafts.misconception(row) for row in Misconception.objects.all()]
    package.sentences = [drafts.sentence(row) for row in _sentences() if not row.archived_at]
    package.adverts = [drafts.advert(row) for row in _adverts() if not row.archived_at]
    facts = Fact.objects.filter(archived_at__isnull=True).select_related("source")
    package.facts = [drafts.fact(row) for row in facts.order_by("key")]
    terms = GlossaryTerm.objects.filter(archived_at__isnull=True).order_by("key")
    package.terms = [drafts.term(row) for row in terms]
    return package


def held() -> Iterator[tuple[Name, Shipped[Item]]]:
    """Yield everything that the database holds, by name."""
    for name, row, item in named_rows():
        archived = getattr(row, "archived_at", None) is not None
        yield name, Shipped(item, row.shipped_hash, archived)


def named_rows() -> Iterator[tuple[Name, ShippedRow, Item]]:
    """Yield every row of the content with its name and what it holds."""
    for source in Source.objects.all():
        yield ("Source", "", source.key), source, drafts.source(source)
    for wrong in Misconception.objects.all():
        yield ("Misconception", "", wrong.key), wrong, drafts.misconception(wrong)
    for sentence in _sentences():
        yield ("Sentence", "", sentence.key), sentence, drafts.sentence(sentence)
    for advert in _adverts():
        yield ("Advert", "", advert.key), advert, drafts.advert(advert)
    for kind, row, item in _versioned():
        course = row.key if isinstance(row, Course) else row.course.key if hasattr(row, "course") else ""
        yield (kind, course, row.key), row, item


def _sentences() -> QuerySet[DrillSentence]:
    return DrillSentence.objects.prefetch_related("traps__misconception")


def _adverts() -> QuerySet[Advert]:
    return Advert.objects.prefetch_related("duties")


def _versioned() -> Iterator[tuple[str, Versioned, Item]]:
    for fact in Fact.objects.select_related("source"):
        yield "Fact", fact, drafts.fact(fact)
    for term in GlossaryTerm.objects.all():
        yield "Term", term, drafts.term(term)
    for course in Course.objects.prefetch_related("modules"):
        yield "Course", course, drafts.course(course)
        for lesson in versions.with_draft(course.lessons.select_related("module")):
            yield "Lesson", lesson, drafts.lesson(lesson)
        for question in versions.with_draft(course.questions.select_related("module")):
            yield "Question", question, drafts.question(question)
        for quiz in versions.with_draft(course.quizzes.all()):
            yield "Quiz", quiz, drafts.quiz(quiz)

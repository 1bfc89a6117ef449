"""Questions and courses that go out, and what a format has no place for, told before the file is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from courses import drafts, questions, versions
from courses.content_files import format as files
from courses.exchange import csv_questions, gift_writer, package, qti_writer
from courses.exchange.written import Written
from courses.models import Course, Question, Quiz, Upload

ENDINGS = {
    Upload.Kind.GIFT: "gift.txt",
    Upload.Kind.QTI: "qti.zip",
    Upload.Kind.CSV: "csv",
    Upload.Kind.PACKAGE: "zip",
}


@dataclass(frozen=True)
class Offer:
    """What a format would carry of some questions."""

    kind: str
    label: str
    many: int
    notes: tuple[str, ...]


def bank_of(course: Course, *, quiz: Quiz | None = None) -> QuerySet[Question]:
    """Return a course's questions that are not archived, or those that a quiz's pools can draw, as drafts."""
    found = course.questions.filter(archived_at__isnull=True)
    if quiz is not None:
        drawable = found.drawable().select_related("live_version")
        pools = quiz.pools.prefetch_related("objectives")
        drawn = [
            {
                "objectives": [each.key for each in pool.objectives.all()],
                "tags": pool.tags,
                "difficulty": pool.difficulty,
            }
            for pool in pools
        ]
        keys = [
            one.pk
            for one in drawable
            if one.live_version and any(questions.matches(one.live_version.body, p) for p in drawn)
        ]
        found = found.filter(pk__in=keys)
    return found.order_by("module__order", "objective__order", "order", "pk")


def plain(rows: QuerySet[Question]) -> list[files.Question]:
    """Return the drafts of questions as plain values, in their order."""
    return [drafts.question(row) for row in versions.with_draft(rows.select_related("module"))]


def offers(found: Sequence[files.Question]) -> list[Offer]:
    """Say of each format how many of the questions it carries, and what it has no place for."""
    left = gift_writer.losses(found)
    return [
        Offer(Upload.Kind.CSV, "CSV", len(found), ()),
        Offer(Upload.Kind.QTI, "QTI 3.0", len(found), ()),
        Offer(Upload.Kind.GIFT, "GIFT", len(found) - sum(left.whole.values()), left.words()),
    ]


@transaction.atomic
def export(
    course: Course, kind: str, found: Sequence[files.Question], *, author: User | None, now: datetime
) -> tuple[str, bytes]:
    """Return name and bytes of a file, and leave it in the audit log. A package has the whole course."""
    match kind:
        case Upload.Kind.PACKAGE:
            written = Written(package.write(course))
        case Upload.Kind.CSV:
            written = csv_questions.write(found)
        case Upload.Kind.QTI:
            written = qti_writer.write(found)
        case _:
            written = gift_writer.write(found, course=course.key)
    after = {"format": str(kind), "questions": len(found)}
    audit.record(actor=author, action="content.export", obj=course, after=after, now=now)
    return f"{course.key}-{now:%Y-%m-%d}.{ENDINGS[Upload.Kind(kind)]}", written.content

"""Publish, archive and roll back. Only here are versions made, and only here does the live pointer move."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import User
from courses import drafts, search_index, versions
from courses.following import follow
from courses.markdown_syntax import Problem
from courses.models import Course, Fact, GlossaryTerm, Lesson, PublishJob, Question, Quiz, Version, Versioned

NEVER_SHOWN = (PublishJob.State.CANCELLED, PublishJob.State.FAILED)
Row = TypeVar("Row", bound=Versioned)


class NotPublishable(ValueError):
    """The draft has problems that its editor must mend first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = list(problems)


@transaction.atomic
def publish(
    row: Row, *, author: User | None, now: datetime, note: str = "", major: bool | None = None
) -> Version:
    """Show the draft to learners, and the course's outline with it where that changes.

    Returns the live version; a draft that equals it publishes nothing new. An archived row comes back.
    `major` None lets the kind of change decide (`versions.is_major`). Raises NotPublishable.
    """
    locked = lock(row)
    if problems := drafts.problems(locked):
        raise NotPublishable(problems)
    version = put_live(locked, author=author, now=now, note=note, major=major)
    republish_outlines([locked], author=author, now=now)
    row.live_version, row.archived_at = version, None
    return version


@transaction.atomic
def publish_checked(rows: Sequence[Versioned], *, now: datetime, note: str) -> list[Version]:
    """Publish drafts that were checked together, such as those of an import; outlines last, and each once.

    Returns the versions made. The number of queries grows with the kinds of rows and the courses alone.
    """
    made: list[Version] = []
    by_table: dict[type[Versioned], list[int]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row.pk)
    asked = set(by_table.pop(Course, []))
    for table, keys in by_table.items():
        made += _make_all_live(table, keys, now=now, note=note)
    touched = {row.course_id for row in rows if isinstance(row, Lesson | Quiz)}
    for course in Course.objects.filter(pk__in=asked | touched).order_by("pk"):
        if course.pk in asked or course.live_version_id is not None:
            locked = lock(course)
            draft = None if course.pk in asked else _followed(locked)
            made.append(put_live(locked, author=None, now=now, note=note, major=None, draft=draft))
    return made


@transaction.atomic
def archive(row: Versioned, *, now: datetime) -> None:
    """Take a row away from learners. Its versions and everybody's history stay."""
    locked = lock(row)
    _point(locked, None, archived_at=locked.archived_at or now)
    republish_outlines([locked], author=None, now=now)
    row.live_version, row.archived_at = None, locked.archived_at


@transaction.atomic
def roll_back(row: Row, *, version: Version, author: User | None, now: datetime) -> None:
    """Make another version of the row live; the draft stays as it is.

    One whose scheduled publishing was cancelled or failed has been shown from now on, so its job is done.
    Raises ValueError if the version is not one of this row's.
    """
    locked = lock(row)
    draft = versions.snapshot(locked)
    if (version.kind, version.course_id, version.key) != (draft.kind, draft.course_id, locked.key):
        raise ValueError(f"{version} is not a version of this {draft.kind}.")
    _point(locked, version, archived_at=None)
    never_shown = version.publish_jobs.filter(state__in=NEVER_SHOWN)
    never_shown.update(state=PublishJob.State.DONE, ended_at=now, reason="Shown by hand, later than planned.")
    republish_outlines([locked], author=author, now=now)
    row.live_version, row.archived_at = version, None


def in_order(rows: Iterable[Versioned]) -> list[Versioned]:
    """Sort rows so that each goes live after what it names: facts before lessons, the course last."""
    return sorted(rows, key=lambda row: (_ORDER.index(type(row)), row.pk))


_ORDER = [Fact, GlossaryTerm, Question, Lesson, Quiz, Course]


def lock(row: Row) -> Row:
    """Read the row again and hold it, so that two people who publish at once do so one after the other."""
    rows = type(row)._default_manager.select_for_update(of=("self",))
    return versions.with_draft(rows).get(pk=row.pk)


def put_live(
    row: Versioned,
    *,
    author: User | None,
    now: datetime,
    note: str,
    major: bool | None,
    draft: versions.Snapshot | None = None,
) -> Version:
    """Make the draft of a locked row live and return its version. Nothing is checked, no outline follows.

    `draft`: what goes live in its place.
    """
    version = keep(row, author=author, now=now, note=note, major=major, draft=draft)
    if version != row.live_version:
        _point(row, version, archived_at=None)
    return version


def keep(
    row: Versioned,
    *,
    author: User | None,
    now: datetime,
    note: str,
    major: bool | None,
    draft: versions.Snapshot | None = None,
) -> Version:
    """Make a version of a locked row's draft without showing it; the live one, where the draft equals it."""
    version = _next(row, draft or versions.snapshot(row), now=now)
    if version is None:
        assert row.live_version is not None  # noqa: S101 - what equals the live version has one
        return row.live_version
    of_course = Q(course__isnull=True) if version.course_id is None else Q(course_id=version.course_id)
    same = Version.objects.filter(of_course, kind=version.kind, key=row.key)
    version.number = (same.aggregate(highest=Max("number"))["highest"] or 0) + 1
    version.note, version.author = note, author
    version.major = version.major if major is None else major
    version.save(force_insert=True)
    return version


def _make_all_live(table: type[Versioned], keys: list[int], *, now: datetime, note: str) -> list[Version]:
    """Publish many rows of one table in a fixed number of queries; return the versions made."""
    rows = versions.with_draft(table._default_manager.select_for_update(of=("self",))).filter(pk__in=keys)
    changed: list[Versioned] = []
    made: list[Version] = []
    for row in rows.order_by("pk"):
        version = _next(row, versions.snapshot(row), now=now)
        if version is not None:
            changed.append(row)
            made.append(version)
    kinds = {version.kind for version in made}
    highest = {
        (course_id, key): number
        for course_id, key, number in Version.objects.filter(kind__in=kinds, key__in={v.key for v in made})
        .values_list("course_id", "key")
        .annotate(Max("number"))
    }
    for row, version in zip(changed, made, strict=True):
        version.number = highest.get((version.course_id, version.key), 0) + 1
        version.note = note
        row.archived_at = None
    Version.objects.bulk_create(made)
    was_live = [row.live_version_id for row in changed]
    for row, version in zip(changed, made, strict=True):
        # The row was written a moment after `now`; nobody has touched it since it is live.
        row.live_version, row.updated_at = version, now
    table._default_manager.bulk_update(changed, ["live_version", "archived_at", "updated_at"])
    search_index.follow(changed, was_live=was_live)
    return made


def _next(row: Versioned, draft: versions.Snapshot, *, now: datetime) -> Version | None:
    """Return the version that the draft would be, without number; None if it equals the live version."""
    before, content_hash = row.live_version, draft.content_hash
    if before is not None and before.content_hash == content_hash:
        return None
    return Version(
        kind=draft.kind,
        course_id=draft.course_id,
        key=row.key,
        major=versions.is_major(before, draft),
        body=draft.body,
        answer_key=draft.answer_key,
        content_hash=content_hash,
        created_at=now,
    )


def _point(row: Versioned, version: Version | None, *, archived_at: datetime | None) -> None:
    was_live = row.live_version_id
    row.live_version, row.archived_at = version, archived_at
    row.save(update_fields=["live_version", "archived_at"])
    search_index.follow([row], was_live=[was_live])


def republish_outlines(rows: Iterable[Versioned], *, author: User | None, now: datetime) -> None:
    """Publish the outlines again that learners see and in which one of the rows stands, for these rows alone.

    An outline that is among the rows has gone live as drafted, and with it what it holds of the others.
    """
    rows = list(rows)
    touched = {row.course_id for row in rows if isinstance(row, Lesson | Quiz)}
    touched -= {row.pk for row in rows if isinstance(row, Course)}
    for course in Course.objects.filter(pk__in=touched, live_version__isnull=False).order_by("pk"):
        locked = lock(course)
        put_live(locked, author=author, now=now, note="", major=None, draft=_followed(locked))


def _followed(course: Course) -> versions.Snapshot | None:
    """Return a live course's outline with what is live of it now; its draft, if learners see none of it."""
    if course.live_version is None:
        return None
    draft = versions.snapshot(course)
    return replace(draft, body=follow(course.live_version.body, draft.body))

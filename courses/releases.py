"""Releases: rows that an editor is about to show to learners, looked at first and then shown as looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from courses import differences, drafts, publishing, readable, reviewing, versions
from courses.differences import Difference
from courses.impact import Step
from courses.markdown_syntax import Problem
from courses.models import PublishJob, Version, Versioned
from courses.versions import kind_of

DIGITS = 12
"""Hex digits that a field is remembered by: what changed since is named by it, and nothing hangs on it."""


class Seen(TypedDict):
    """What a page showed of a row: the live version then, the hash of the draft, and one of each field."""

    live: int | None
    hash: str
    fields: NotRequired[dict[str, str]]


class ChangedSince(ValueError):
    """What would be published is not what was looked at. `changes`: what is different, row by row."""

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__(" ".join(changes))
        self.changes = list(changes)


@dataclass(frozen=True, slots=True)
class Release:
    """A row with what learners would see of it, before they do."""

    step: Step
    problems: Sequence[Problem]
    differences: Sequence[Difference]
    reasons: Sequence[str]
    """What makes the change major."""

    major: bool

    @property
    def row(self) -> Versioned:
        """The row."""
        return self.step.row

    @property
    def kind(self) -> str:
        """What the row is, as the admin calls it."""
        return str(self.step.row._meta.verbose_name)

    @property
    def unchanged(self) -> bool:
        """Whether learners see it just so already."""
        return self.step.before is not None and self.step.before.content_hash == self.step.after.content_hash

    @property
    def seen(self) -> Seen:
        """What a page that shows this release remembers."""
        return _seen(self.step.row.live_version_id, self.step.after)


def name(row: Versioned) -> str:
    """Return what pages call a row by, such as `lesson-5`."""
    return f"{row._meta.model_name}-{row.pk}"


def preview(rows: Iterable[Versioned], *, now: datetime) -> list[Release]:
    """Say what publishing these drafts together would show, in the order in which they go live.

    Each is judged as if those before it were live; that is tried out and taken back, so nothing stays.
    """
    found: list[Release] = []
    with transaction.atomic():
        ordered = publishing.in_order(rows)
        for row in ordered:
            release = of_draft(_fresh(row))
            found.append(release)
            if len(ordered) > 1 and not release.problems:
                publishing.put_live(publishing.lock(row), author=None, now=now, note="", major=None)
        transaction.set_rollback(True)
    return found


def of_draft(row: Versioned) -> Release:
    """Return the release of one draft; the row was read with `versions.with_draft`."""
    return _release(row, versions.snapshot(row), drafts.problems(row))


def of_version(row: Versioned, version: Version) -> Release:
    """Return what showing an older version of the row again would show."""
    return _release(row, as_snapshot(version), [])


def as_snapshot(version: Version) -> versions.Snapshot:
    """Return what a version holds in the form in which drafts are compared."""
    kind = Version.Kind(version.kind)
    return versions.Snapshot(kind, version.course_id, version.body, version.answer_key)


def compare(before: Version | None, after: versions.Snapshot) -> list[Difference]:
    """Return what differs between two states of a row, in its editor's words."""
    old = before and readable.read(before.kind, before.body, before.answer_key)
    return differences.between(old or None, readable.read(after.kind, after.body, after.answer_key))


def insist(row: Versioned, seen: Seen | None, draft: versions.Snapshot) -> None:
    """Raise ChangedSince unless a locked row, with this draft, stands as it was seen."""
    if seen is None:
        raise ChangedSince([_("“%(row)s” was not on the page.") % {"row": row}])
    if seen["live"] != row.live_version_id:
        raise ChangedSince([_moved_on(row)])
    if seen["hash"] != draft.content_hash:
        now, then = _seen(None, draft).get("fields", {}), seen.get("fields", {})
        labels = [label for label in {**now, **then} if now.get(label) != then.get(label)]
        raise ChangedSince(
            [
                _("The draft of “%(row)s” has changed since you looked: %(labels)s.")
                % {"row": row, "labels": ", ".join(labels)}
            ]
        )


@transaction.atomic
def publish(
    rows: Iterable[Versioned],
    *,
    seen: Mapping[str, Seen],
    author: User | None,
    now: datetime,
    note: str = "",
    major: bool | None = None,
) -> list[Version]:
    """Show drafts to learners as they were looked at, all or none, and write it to the audit log.

    Returns the live versions in the order in which they went live. `seen`: by `name`. Raises ChangedSince,
    NotPublishable, NotApproved.
    """
    made: list[Version] = []
    rows = publishing.in_order(rows)
    for row in rows:
        locked = publishing.lock(row)
        draft = versions.snapshot(locked)
        insist(locked, seen.get(name(row)), draft)
        reviewing.insist(locked, draft.kind, draft.content_hash)
        if problems := drafts.problems(locked):
            raise publishing.NotPublishable([Problem(one.line, f"{row}: {one.message}") for one in problems])
        was = locked.live_version_id
        version = publishing.put_live(locked, author=author, now=now, note=note, major=major)
        if version.pk != was:
            _log("publish", author, locked, was, version, now)
        _overtake(locked, now)
        row.live_version, row.archived_at = version, None
        made.append(version)
    publishing.republish_outlines(rows, author=author, now=now)
    return made


@transaction.atomic
def roll_back(
    row: Versioned, version: Version, *, seen: Seen | None, author: User | None, now: datetime
) -> None:
    """Show an older version again, if learners still see what they saw when it was decided; log it.

    Raises ChangedSince; ValueError if the version is not one of this row's.
    """
    locked = publishing.lock(row)
    was = locked.live_version_id
    if seen is not None and seen["live"] != was:
        raise ChangedSince([_moved_on(locked)])
    publishing.roll_back(locked, version=version, author=author, now=now)
    row.live_version, row.archived_at = version, None
    _log("roll_back", author, locked, was, version, now)


def _overtake(row: Versioned, now: datetime) -> None:
    """Cancel what was to go live later: the draft at hand is newer."""
    jobs = PublishJob.objects.filter(kind=kind_of(row), row_id=row.pk, action=PublishJob.Action.PUBLISH)
    late = jobs.filter(state=PublishJob.State.WAITING)
    late.update(
        state=PublishJob.State.CANCELLED, ended_at=now, reason=_("Something newer was published before.")
    )


def _log(
    action: str, author: User | None, row: Versioned, was: int | None, version: Version, now: datetime
) -> None:
    after = {"version": version.pk, "number": version.number, "major": version.major, "note": version.note}
    audit.record(actor=author, action=action, obj=row, before={"version": was}, after=after, now=now)


def _release(row: Versioned, after: versions.Snapshot, problems: Sequence[Problem]) -> Release:
    before = row.live_version
    return Release(
        step=Step(row, before, after),
        problems=problems,
        differences=compare(before, after),
        reasons=versions.reasons(before, after),
        major=versions.is_major(before, after),
    )


def _fresh(row: Versioned) -> Versioned:
    rows: Any = type(row)._default_manager.all()
    found: Versioned = versions.with_draft(rows).get(pk=row.pk)
    return found


def _seen(live: int | None, draft: versions.Snapshot) -> Seen:
    parts = readable.read(draft.kind, draft.body, draft.answer_key)
    fields = {label: versions.digest(list(texts))[:DIGITS] for label, texts in parts.items()}
    return {"live": live, "hash": draft.content_hash, "fields": fields}


def _moved_on(row: Versioned) -> str:
    live = row.live_version
    if live is None:
        return _("“%(row)s” was archived since you looked.") % {"row": row}
    author = live.author.name or live.author.email if live.author else ""
    facts = {"number": live.number, "row": row, "author": author}
    if author:
        said = _(
            "Learners see version %(number)s of “%(row)s” by now, published by %(author)s since you looked."
        )
    else:
        said = _("Learners see version %(number)s of “%(row)s” by now, published since you looked.")
    return said % facts

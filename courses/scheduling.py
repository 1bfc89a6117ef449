"""What goes live, or away from learners, at a time. A row says so; beat's tick does what is due."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, mails
from accounts.models import User
from courses import drafts, publishing, releases, restoring, reviewing, versions
from courses.models import Course, Lesson, PublishJob, Versioned
from courses.releases import Seen
from courses.versions import KINDS, kind_of
from mailing import outbox
from mailing.kinds import Example, Message
from mailing.models import OutboxMail

FAILED_MAIL = "courses/email/publish_failed"
AT_ONCE = 200
"""Jobs that one run does at most; the next tick does the others."""

Action, State = PublishJob.Action, PublishJob.State


class Refused(ValueError):
    """Why a job cannot be scheduled or done, in its editor's words."""


@transaction.atomic
def publish_at(
    rows: Iterable[Versioned],
    at: datetime,
    *,
    seen: Mapping[str, Seen],
    author: User | None,
    now: datetime,
    note: str = "",
    major: bool | None = None,
) -> list[PublishJob]:
    """Freeze drafts as they were looked at, to go live at `at`; return their jobs in that order.

    A row has one such job at a time: a new one takes the place of the old. What learners see just so already
    gets none. Raises ChangedSince, NotPublishable, NotApproved, Refused.
    """
    _insist_on_later(at, now)
    found: list[PublishJob] = []
    for release in releases.preview(rows, now=now):
        locked = publishing.lock(release.row)
        draft = release.step.after
        releases.insist(locked, seen.get(releases.name(locked)), draft)
        reviewing.insist(locked, draft.kind, draft.content_hash)
        if release.problems:
            raise publishing.NotPublishable(release.problems)
        if release.unchanged:
            continue
        _end_waiting(locked, Action.PUBLISH, author=author, now=now)
        job = PublishJob(kind=kind_of(locked), row_id=locked.pk, action=Action.PUBLISH, at=at)
        if isinstance(locked, Course):
            job.draft_hash = _own_hash(locked)
        else:
            job.version = publishing.keep(locked, author=author, now=now, note=note, major=major)
        found.append(_written(job, locked, author=author, now=now))
    if not found:
        raise Refused(_("Learners see all of it just so already."))
    return found


@transaction.atomic
def archive_at(row: Versioned, at: datetime, *, author: User | None, now: datetime) -> PublishJob:
    """Take a row away from learners at `at`; one that is to go already gets the new time. Raises Refused."""
    _insist_on_later(at, now)
    locked = publishing.lock(row)
    _end_waiting(locked, Action.ARCHIVE, author=author, now=now)
    job = PublishJob(kind=kind_of(locked), row_id=locked.pk, action=Action.ARCHIVE, at=at)
    return _written(job, locked, author=author, now=now)


@transaction.atomic
def cancel(job: PublishJob, *, author: User | None, now: datetime) -> bool:
    """Cancel a job; False if it is not waiting any more."""
    held = PublishJob.objects.select_for_update().get(pk=job.pk)
    if held.state != State.WAITING:
        return False
    held.state, held.ended_at = State.CANCELLED, now
    held.save(update_fields=["state", "ended_at"])
    _log("schedule_cancel", held, author, now)
    return True


def waiting(rows: Iterable[Versioned]) -> list[PublishJob]:
    """Return the jobs that wait for these rows, the earliest first (1 query)."""
    ours = Q(pk__in=[])
    for row in rows:
        ours |= Q(kind=kind_of(row), row_id=row.pk)
    jobs = PublishJob.objects.filter(ours, state=State.WAITING).select_related("version", "author")
    return list(jobs.defer("version__body", "version__answer_key").order_by("at", "pk"))


def row_of(job: PublishJob) -> Versioned | None:
    """Return the row that a job is about; None if it was deleted."""
    return KINDS[job.kind]._default_manager.filter(pk=job.row_id).first()


def run_due(*, now: datetime) -> int:
    """Do what is due at `now`, each job in a transaction of its own; return how many there were.

    Twice or in parallel changes nothing more: a second run waits for the job at hand and finds it done. Jobs
    of one instant are done in the order in which they need each other.
    """
    done = 0
    while done < AT_ONCE and _run_next(now):
        done += 1
    return done


@transaction.atomic
def _run_next(now: datetime) -> bool:
    due = PublishJob.objects.select_for_update(of=("self",)).filter(state=State.WAITING, at__lte=now)
    job = due.select_related("version", "author").order_by("at", "pk").first()
    if job is None:
        return False
    job.state, job.ended_at = State.DONE, now
    try:
        with transaction.atomic():
            _do(job, now)
    except (Refused, publishing.NotPublishable, ValueError, ObjectDoesNotExist) as refusal:
        job.state, job.reason = State.FAILED, str(refusal)[:500]
        _tell(job, now)
    job.save(update_fields=["state", "ended_at", "reason"])
    _log(f"schedule_{job.state}", job, job.author, now)
    return True


def _do(job: PublishJob, now: datetime) -> None:
    row = row_of(job)
    if row is None:
        raise Refused(_("It is not there any more."))
    if job.action == Action.ARCHIVE:
        publishing.archive(row, now=now)
        return
    locked = publishing.lock(row)
    if job.version is None:
        if isinstance(locked, Course) and _own_hash(locked) != job.draft_hash:
            raise Refused(_("The course was edited after this was scheduled, so nothing was published."))
        publishing.publish(locked, author=job.author, now=now)
        return
    live, version = locked.live_version, job.version
    if live is not None and live.number > version.number:
        words = _("Version %(live)s was published after this was scheduled, so version %(version)s was not.")
        raise Refused(words % {"live": live.number, "version": version.number})
    if isinstance(locked, Lesson):
        locked.body = version.body["markdown"]  # what it names is looked up by it
    if problems := drafts.problems(locked, restoring.item(locked, version)):  # by what there is now
        raise publishing.NotPublishable(problems)
    publishing.roll_back(row, version=version, author=job.author, now=now)


def _insist_on_later(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Refused(_("Choose a time to come."))


def _own_hash(course: Course) -> str:
    """Hash what editors write of a course itself: its words, and its modules in their order."""
    modules = course.modules.filter(archived_at__isnull=True).values_list("key", "title")
    own: dict[str, Any] = {**versions.snapshot(course).body, "modules": [list(each) for each in modules]}
    return versions.digest({**own, "final": None})


def _end_waiting(row: Versioned, action: str, *, author: User | None, now: datetime) -> None:
    for job in PublishJob.objects.filter(
        kind=kind_of(row), row_id=row.pk, action=action, state=State.WAITING
    ):
        cancel(job, author=author, now=now)


def _written(job: PublishJob, row: Versioned, *, author: User | None, now: datetime) -> PublishJob:
    job.author, job.created_at = author, now
    job.save()
    _log("schedule", job, author, now, row)
    return job


def _log(
    action: str, job: PublishJob, author: User | None, now: datetime, row: Versioned | None = None
) -> None:
    after: dict[str, Any] = {"job": job.pk, "action": job.action, "at": job.at.isoformat()}
    after |= {"version": job.version_id, "reason": job.reason}
    audit.record(actor=author, action=action, obj=row or row_of(job), after=after, now=now)


def _tell(job: PublishJob, now: datetime) -> None:
    """Write to the editor who scheduled it; the list of jobs shows it as well."""
    editor = job.author
    if editor is None or editor.email is None:
        return
    context = _failure(job, str(row_of(job) or job), editor)
    outbox.put(
        user=editor,
        kind="account",
        slot=f"publish_failed:{job.pk}",
        priority=OutboxMail.Priority.TRANSACTIONAL,
        due_at=now,
        now=now,
        to_address=editor.email,
        locale=editor.locale,
        payload={"template_prefix": FAILED_MAIL, "context": context, "to": editor.email},
    )


def _failure(job: PublishJob, title: str, editor: User) -> dict[str, Any]:
    return {
        "title": title,
        "at": f"{date_format(job.at.astimezone(editor.zone), 'j F Y, H:i')} ({editor.zone.key})",
        "archive": job.action == Action.ARCHIVE,
        "reason": job.reason,
        "path": reverse("admin:courses_publishjob_changelist"),
    }


def example(*, user: User, now: datetime) -> list[Message]:
    """Return the mail about a lesson, made up, that did not go live, and about one that did not go away."""
    title, reason = _("A lesson"), _("“%(row)s” was archived since you looked.") % {"row": _("A lesson")}
    jobs = [PublishJob(action=each, at=now - timedelta(minutes=5), reason=reason) for each in Action]
    to, locale = user.email or "", user.locale
    return [mails.written(FAILED_MAIL, _failure(job, title, user), to=to, locale=locale) for job in jobs]


EXAMPLES = (
    Example(
        gettext_lazy("Staff"),
        "account",
        "publish_failed",
        gettext_lazy("What you scheduled could not be published"),
        example,
    ),
)

"""The review before publishing, where the organisation wants one: somebody else approves what is to go live.

What is approved is a content, by its hash: a draft that is edited afterwards has to be approved again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import audit, organisation
from accounts.models import User
from courses.models import ReviewRequest, Version, Versioned
from courses.versions import KINDS

PERMISSION = "courses.approve_release"
State = ReviewRequest.State


class NotApproved(ValueError):
    """Nobody else has approved this content; the message says so to the editor."""


def wanted() -> bool:
    """Say whether the organisation wants a review before publishing."""
    return organisation.current().review_publishing


def insist(row: Versioned, kind: Version.Kind, content_hash: str) -> None:
    """Raise NotApproved if a review is wanted and this content of the row has not passed one."""
    if wanted() and not _of(kind, row).filter(state=State.APPROVED, content_hash=content_hash).exists():
        raise NotApproved(_("“%(row)s” waits until somebody else has approved it.") % {"row": row})


@transaction.atomic
def ask(
    contents: Mapping[Versioned, tuple[Version.Kind, str]], *, author: User, now: datetime, note: str = ""
) -> list[ReviewRequest]:
    """Ask for the review of rows as they stand: kind and hash of each. A new request replaces the old one."""
    asked: list[ReviewRequest] = []
    for row, (kind, content_hash) in contents.items():
        _of(kind, row).filter(state=State.WAITING).update(state=State.WITHDRAWN, decided_at=now)
        request = ReviewRequest(kind=kind, row_id=row.pk, content_hash=content_hash, note=note)
        request.asked_by, request.asked_at = author, now
        request.save()
        audit.record(
            actor=author, action="review_ask", obj=row, after={"hash": content_hash, "note": note}, now=now
        )
        asked.append(request)
    return asked


def waiting(rows: Iterable[tuple[Version.Kind, Versioned]]) -> list[ReviewRequest]:
    """Return the requests that wait for somebody's decision about these rows (1 query)."""
    ours = Q(pk__in=[])
    for kind, row in rows:
        ours |= Q(kind=kind, row_id=row.pk)
    return list(ReviewRequest.objects.filter(ours, state=State.WAITING).select_related("asked_by"))


def sent_back(kind: Version.Kind, row: Versioned, content_hash: str) -> ReviewRequest | None:
    """Return the last request about a row, if just this content was sent back (1 query)."""
    last = _of(kind, row).select_related("decided_by").order_by("-asked_at", "-pk").first()
    declined = last is not None and last.state == State.DECLINED and last.content_hash == content_hash
    return last if declined else None


def sent_back_to(user: User) -> QuerySet[ReviewRequest]:
    """Return somebody's requests that were sent back, and about whose rows nobody has asked again since."""
    newer = ReviewRequest.objects.filter(
        kind=OuterRef("kind"), row_id=OuterRef("row_id"), asked_at__gt=OuterRef("asked_at")
    )
    return ReviewRequest.objects.filter(~Exists(newer), asked_by=user, state=State.DECLINED)


def may_decide(asked: ReviewRequest, user: User) -> bool:
    """Say whether somebody may approve a request: with the right to, neither who asked nor who wrote last."""
    if asked.asked_by_id == user.pk or not user.has_perm(PERMISSION):
        return False
    return audit.last_author(KINDS[asked.kind], asked.row_id) != user.pk


@transaction.atomic
def approve(requests: Iterable[ReviewRequest], *, by: User, now: datetime) -> None:
    """Approve requests that still wait. Raises NotApproved for one's own, and without the right to."""
    for request in _held(requests, by):
        request.state = State.APPROVED
        _decide(request, by, now)


@transaction.atomic
def decline(requests: Iterable[ReviewRequest], *, by: User, answer: str, now: datetime) -> None:
    """Send drafts back to their editors with a reason. Raises NotApproved as `approve` does."""
    for request in _held(requests, by):
        request.state, request.answer = State.DECLINED, answer
        _decide(request, by, now)


@transaction.atomic
def withdraw(requests: Iterable[ReviewRequest], *, by: User, now: datetime) -> None:
    """Take back requests of one's own that still wait; others are left alone."""
    own = ReviewRequest.objects.select_for_update(of=("self",)).filter(asked_by=by, state=State.WAITING)
    for request in own.filter(pk__in=[each.pk for each in requests]):
        request.state = State.WITHDRAWN
        _decide(request, by, now)


def _held(requests: Iterable[ReviewRequest], by: User) -> list[ReviewRequest]:
    """Lock requests for a decision."""
    keys = [request.pk for request in requests]
    rows = ReviewRequest.objects.select_for_update(of=("self",)).filter(pk__in=keys, state=State.WAITING)
    held = list(rows.order_by("pk"))
    if len(held) < len(keys):
        raise NotApproved(_("This was decided, or asked anew, a moment ago."))
    if not all(may_decide(request, by) for request in held):
        raise NotApproved(
            _("Somebody else has to approve what you asked for or wrote, and needs the right to.")
        )
    return held


def _decide(asked: ReviewRequest, by: User, now: datetime) -> None:
    asked.decided_by, asked.decided_at = by, now
    asked.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    after = {"kind": asked.kind, "row": asked.row_id, "asked_by": asked.asked_by_id}
    audit.record(actor=by, action=f"review_{asked.state}", obj=asked, after=after, now=now)


def _of(kind: Version.Kind, row: Versioned) -> QuerySet[ReviewRequest]:
    return ReviewRequest.objects.filter(kind=kind, row_id=row.pk)

"""The admin's start page: what waits for an editor today. Unfold calls it (portal/admin_look.py)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Count, DateTimeField, F, Max, Model, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import AuditLog, Organisation
from accounts.organisation import current
from courses import reviewing, shipped_updates, versions
from courses.models import (
    Fact,
    GlossaryTerm,
    Lesson,
    PublishJob,
    Question,
    Quiz,
    ReviewRequest,
    ShippedContent,
    Versioned,
)
from learning.models import ContentReport, ItemSummary
from mailing.clock import now
from mailing.models import Heartbeat, OutboxMail
from portal.checks import gaps
from portal.doctor import OLDEST_HEARTBEAT

SHOWN = 12
"""Drafts that are listed, the newest first. What is further back is in the lists, under the filter state."""

MAIL_DAYS = 7
LAST = 10
"""Rows of the audit log that are shown."""
CONTENT: tuple[type[Versioned], ...] = (Lesson, Question, Quiz, GlossaryTerm, Fact)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for somebody: what it is, how it stands, where it is edited."""

    title: str
    kind: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody of the staff did."""

    who: str
    action: str
    what: str
    url: str
    at: datetime


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what is not live, the facts to check, what waits or was lost, what was done last, and health.

    Each only for those who may look at it.
    """
    content = [model for model in CONTENT if _may_see(request, model)]
    return {
        **context,
        "title": _("Today"),
        "drafts": _drafts(content) if content else None,
        "facts": _facts_to_check() if Fact in content else None,
        **_standing(request, now(), editor=bool(content)),
        "odd_url": f"{reverse('admin:courses_question_changelist')}?finding=any",
        "activity": _activity() if _may_see(request, AuditLog) else None,
        "mails_url": f"{reverse('admin:mailing_outboxmail_changelist')}?state__in=failed,unknown",
        "mail_days": MAIL_DAYS,
        "facts_url": f"{reverse('admin:courses_fact_changelist')}?review=due",
        "missing": [_(text) for __, text in gaps(current())] if _may_see(request, Organisation) else [],
        "organisation_url": reverse("admin:accounts_organisation_changelist"),
        "reports_url": reverse("admin:learning_contentreport_changelist"),
        "reviews_url": reverse("admin:courses_reviewrequest_changelist"),
        "offered_url": reverse("admin:courses_shippedcontent_changelist"),
        "jobs_url": reverse("admin:courses_publishjob_changelist"),
    }


def _may_see(request: HttpRequest, model: type[Model]) -> bool:
    options = model._meta
    names = (get_permission_codename(action, options) for action in ("view", "change"))
    return any(request.user.has_perm(f"{options.app_label}.{name}") for name in names)


def _drafts(models: Iterable[type[Versioned]]) -> list[Waiting]:
    """Return what learners do not see as it stands: never published, or changed since."""
    found: list[Versioned] = []
    for model in models:
        touched = Q(live_version=None) | Q(updated_at__gt=F("live_version__created_at"))
        rows = versions.with_state(model._default_manager.filter(touched, archived_at=None))
        # A draft saved without a change is touched, and no draft.
        found += [
            row for row in rows.order_by("-updated_at")[:SHOWN] if versions.state(row) != versions.State.LIVE
        ]
    found.sort(key=lambda row: row.updated_at, reverse=True)
    return [_waiting(row, str(_STATES[versions.state(row)])) for row in found[:SHOWN]]


_STATES = {
    versions.State.DRAFT: gettext_lazy("never published"),
    versions.State.CHANGED: gettext_lazy("changed since it was published"),
}


def _facts_to_check() -> list[Waiting]:
    """Return the live figures whose day of review is here or near, the most overdue first."""
    soon = localdate() + timedelta(days=14)
    rows = Fact.objects.filter(live_version__isnull=False, review_by__lte=soon).order_by("review_by")
    said = _("check again by %(day)s")
    return [_waiting(row, said % {"day": date_format(row.review_by, "j F Y")}) for row in rows[:SHOWN]]


def _standing(request: HttpRequest, at: datetime, *, editor: bool) -> dict[str, Any]:
    """Return lost mails (or perhaps lost), reviews that wait, odd questions, and health. One query."""
    since = at - timedelta(days=MAIL_DAYS)
    states = [OutboxMail.State.FAILED, OutboxMail.State.UNKNOWN]
    lost = OutboxMail.objects.filter(state__in=states, created_at__gte=since)
    reviews = ReviewRequest.objects.filter(state=ReviewRequest.State.WAITING)
    returned = reviewing.sent_back_to(request.user).filter(decided_at__gte=since)  # type: ignore[arg-type]  # staff alone come here
    said = ContentReport.objects.filter(state=ContentReport.State.WAITING)
    failed = PublishJob.objects.filter(state=PublishJob.State.FAILED, ended_at__gte=since)
    odd = ItemSummary.objects.exclude(finding="").filter(question__archived_at=None)
    counted = _counted(lost, "lost", "created_at").union(
        _counted(odd, "odd", "counted_at"),
        _counted(reviews, "reviews", "asked_at"),
        _counted(returned, "returned", "decided_at"),
        _counted(said, "reports", "created_at"),
        _counted(failed, "failed", "ended_at"),
        _counted(Heartbeat.objects.all(), "beat", "at"),
        _counted(shipped_updates.waiting(), "offered", Cast(Value(None), DateTimeField())),
        all=True,
    )
    found = {row["what"]: row for row in counted}
    beat = found["beat"]["newest"]
    return {
        "mails": found["lost"]["many"] if _may_see(request, OutboxMail) else None,
        "reviews": found["reviews"]["many"] if editor else None,
        "returned": found["returned"]["many"] if editor else None,
        "reports": found["reports"]["many"] if _may_see(request, ContentReport) else None,
        "failed_jobs": found["failed"]["many"] if editor else None,
        "odd": found["odd"]["many"] if _may_see(request, Question) else None,
        "offered": found["offered"]["many"] if _may_see(request, ShippedContent) else None,
        "beat": beat,
        "resting": beat is None or at - beat > OLDEST_HEARTBEAT,
    }


def _counted(rows: QuerySet[Any], what: str, moment: str | Cast) -> QuerySet[Any, dict[str, Any]]:
    """Return how many rows there are and the newest moment among them, under a name."""
    named = rows.order_by().annotate(what=Value(what)).values("what")
    counted: QuerySet[Any, dict[str, Any]] = named.annotate(many=Count("pk"), newest=Max(moment))
    return counted


def _activity() -> list[Done]:
    """Return what staff did last, the newest first."""
    rows = list(AuditLog.objects.select_related("actor").order_by("-at")[:LAST])
    about = audit.about(rows)
    return [
        Done(
            row.actor.name or row.actor.email or "" if row.actor else _("Nobody"),
            row.action.replace(".", ": ").replace("_", " "),
            about[row.pk],
            _address_of(row),
            row.at,
        )
        for row in rows
    ]


def _address_of(row: AuditLog) -> str:
    """Return where the object of a row is looked at in the admin; empty where it has no page."""
    try:
        name = f"admin:{row.object_type.lower().replace('.', '_')}_change"
        return reverse(name, args=[row.object_id]) if row.object_id else ""
    except NoReverseMatch:
        return ""


def _waiting(row: Versioned, state: str) -> Waiting:
    options = row._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    return Waiting(str(row), str(options.verbose_name), state, address)

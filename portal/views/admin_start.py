"""The admin's start page: what waits for an editor today. Unfold calls it (portal/admin_look.py)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import F, Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate

from courses import versions
from courses.models import Fact, GlossaryTerm, Lesson, Question, Quiz, Versioned
from mailing.clock import now
from mailing.models import OutboxMail

SHOWN = 12
"""Drafts that are listed, the newest first. What is further back is in the lists, under the filter state."""

MAIL_DAYS = 7
CONTENT: tuple[type[Versioned], ...] = (Lesson, Question, Quiz, GlossaryTerm, Fact)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for somebody: what it is, how it stands, where it is edited."""

    title: str
    kind: str
    state: str
    url: str


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what is not live, the facts to check again and the mails that did not arrive.

    Each only for those who may look at it.
    """
    content = [model for model in CONTENT if _may_see(request, model)]
    return {
        **context,
        "title": "Today",
        "drafts": _drafts(content) if content else None,
        "facts": _facts_to_check() if Fact in content else None,
        "mails": _mails(now()) if _may_see(request, OutboxMail) else None,
        "mails_url": f"{reverse('admin:mailing_outboxmail_changelist')}?state__in=failed,unknown",
        "mail_days": MAIL_DAYS,
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
        rows = versions.with_draft(model._default_manager.filter(touched, archived_at=None))
        # A draft saved without a change is touched, and no draft.
        found += [
            row for row in rows.order_by("-updated_at")[:SHOWN] if versions.state(row) != versions.State.LIVE
        ]
    found.sort(key=lambda row: row.updated_at, reverse=True)
    return [_waiting(row, _STATES[versions.state(row)]) for row in found[:SHOWN]]


_STATES = {
    versions.State.DRAFT: "never published",
    versions.State.CHANGED: "changed since it was published",
}


def _facts_to_check() -> list[Waiting]:
    """Return the live figures whose day of review is here or near, the most overdue first."""
    soon = localdate() + timedelta(days=14)
    rows = Fact.objects.filter(live_version__isnull=False, review_by__lte=soon).order_by("review_by")
    return [_waiting(row, f"check again by {row.review_by:%-d %B %Y}") for row in rows[:SHOWN]]


def _mails(at: datetime) -> int:
    """Return how many mails of the last days can never arrive, or may not have."""
    states = [OutboxMail.State.FAILED, OutboxMail.State.UNKNOWN]
    since = at - timedelta(days=MAIL_DAYS)
    return OutboxMail.objects.filter(state__in=states, created_at__gte=since).count()


def _waiting(row: Versioned, state: str) -> Waiting:
    options = row._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
    return Waiting(str(row), str(options.verbose_name), state, address)

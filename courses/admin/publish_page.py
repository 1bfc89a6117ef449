"""The page behind "Publish…": what would change, whom it touches, and the buttons that do it."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from courses import impact, publishing, releases, reviewing, scheduling
from courses.admin.publish_forms import CHANGES, PublishForm
from courses.models import ReviewRequest, Version, Versioned
from courses.releases import Release
from courses.versions import KINDS, kind_of
from mailing.clock import now

TABLES = {str(table._meta.model_name): table for table in KINDS.values()}
MOST_ROWS = 200
"""Rows that one page publishes together; beyond, the page would be longer than anybody reads."""

Review = Literal["", "ask", "own", "decide", "others"]
"""Where the review of what is on the page stands, for who looks at it; empty: nothing is in the way."""


def address(*rows: Versioned) -> str:
    """Return the address of the page that publishes these rows."""
    query = urlencode([("row", releases.name(row)) for row in rows])
    return f"{reverse('admin:courses_version_publish')}?{query}"


def change_address(row: Versioned) -> str:
    """Return the address of a row's page in the admin."""
    return reverse(f"admin:courses_{row._meta.model_name}_change", args=[row.pk])


def author_of(request: HttpRequest) -> User:
    """Return who is publishing: the admin lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - see above
    return request.user


def publish(request: HttpRequest) -> HttpResponse:
    """Show what publishing the rows named in the query would do, and on POST do just that."""
    rows = _rows(request)
    at = now()
    form = PublishForm(request.POST if request.method == "POST" else None)
    may_change = all(_may_change(request, type(row)) for row in rows)
    if request.POST.get("when") in ("ask", "away") and not may_change:
        raise PermissionDenied
    if request.method == "POST" and form.is_valid() and _done(request, rows, form, at):
        return HttpResponseRedirect(_back(rows))
    found = releases.preview(rows, now=at)
    changed = [one for one in found if not one.unchanged]
    if not form.is_bound:
        form = PublishForm(initial={"change": _preselected(found)})
    review, requests = _review(request, changed)
    context = {
        **admin.site.each_context(request),
        "title": _("Publish “%(row)s”") % {"row": found[0].row} if len(found) == 1 else _("Publish"),
        "opts": Version._meta,
        "releases": found,
        "single": found[0] if len(found) == 1 else None,
        "changes": CHANGES[:2] if len(found) == 1 else CHANGES,
        "form": form,
        "seen": json.dumps({releases.name(one.row): one.seen for one in found}),
        "impact": impact.of([one.step for one in changed]),
        "ready": bool(changed) and not any(one.problems for one in found),
        "majors": sum(one.major for one in changed),
        "back": _back(rows),
        "review": review,
        "may_change": may_change,
        "requests": requests,
        "sent_back": _sent_back(changed) if review == "ask" else [],
        "jobs": scheduling.waiting(rows),
        "zone": timezone.get_current_timezone_name(),
    }
    return TemplateResponse(request, "admin/courses/publish.html", context)


def _done(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> bool:
    """Do what a button says, and tell; tell why where it did not happen."""
    try:
        with transaction.atomic():
            said = list(_DOES[form.cleaned_data["when"]](request, rows, form, at))
    except releases.ChangedSince as refusal:
        for change in refusal.changes:
            messages.warning(
                request,
                _("Nothing was published: %(why)s This is how it stands now.") % {"why": change},
            )
        return False
    except publishing.NotPublishable:
        messages.error(request, _("Nothing was published. What is in the way stands below."))
        return False
    except (scheduling.Refused, reviewing.NotApproved) as refusal:
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": refusal})
        return False
    for words in said:
        messages.success(request, words)
    return True


def _now(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> Iterable[str]:
    _approve(request, rows, at)
    data = form.cleaned_data
    author = author_of(request)
    made = releases.publish(
        rows, seen=data["seen"], author=author, now=at, note=data["note"], major=form.major
    )
    tell(request, rows, made)
    return []


def _later(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> Iterable[str]:
    _approve(request, rows, at)
    data = form.cleaned_data
    jobs = scheduling.publish_at(
        rows,
        data["at"],
        seen=data["seen"],
        author=author_of(request),
        now=at,
        note=data["note"],
        major=form.major,
    )
    when = date_format(timezone.localtime(data["at"]), "j F Y, H:i")
    for job in jobs:
        facts = {"title": scheduling.row_of(job), "when": when}
        if job.version:
            said = _("Version %(number)s of “%(title)s” goes live on %(when)s. Later edits are not in it.")
            yield said % {**facts, "number": job.version.number}
        else:
            said = _(
                "The course as it stands of “%(title)s” goes live on %(when)s. Later edits are not in it."
            )
            yield said % facts


def _away(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> Iterable[str]:
    when = form.cleaned_data["at"]
    for row in rows:
        scheduling.archive_at(row, when, author=author_of(request), now=at)
    day = date_format(timezone.localtime(when), "j F Y, H:i")
    return [_("Goes away from learners on %(day)s.") % {"day": day}]


def _ask(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> Iterable[str]:
    found = releases.preview(rows, now=at)
    for one in found:
        releases.insist(one.row, form.cleaned_data["seen"].get(releases.name(one.row)), one.step.after)
        if one.problems:
            raise publishing.NotPublishable(one.problems)
    contents = {
        one.row: (one.step.after.kind, one.step.after.content_hash) for one in found if not one.unchanged
    }
    reviewing.ask(contents, author=author_of(request), now=at, note=form.cleaned_data["note"])
    return [_("Somebody else can approve it now. It stands on their start page.")]


def _withdraw(
    request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime
) -> Iterable[str]:
    reviewing.withdraw(_waiting(rows), by=author_of(request), now=at)
    return [_("The request was taken back. The draft stays.")]


def _decline(
    request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime
) -> Iterable[str]:
    answer = form.cleaned_data["note"]
    reviewing.decline(_waiting(rows), by=author_of(request), answer=answer, now=at)
    return [_("Sent back. The draft stays, and its editor reads your words beside it.")]


_DOES = {
    "now": _now,
    "later": _later,
    "away": _away,
    "ask": _ask,
    "withdraw": _withdraw,
    "decline": _decline,
}


def _approve(request: HttpRequest, rows: Sequence[Versioned], at: datetime) -> None:
    """Approve what others have asked for, where a review is wanted: publishing it says so."""
    if reviewing.wanted() and (waiting := _waiting(rows)):
        reviewing.approve(waiting, by=author_of(request), now=at)


def _waiting(rows: Iterable[Versioned]) -> list[ReviewRequest]:
    return reviewing.waiting((kind_of(row), row) for row in rows)


def _review(request: HttpRequest, changed: Sequence[Release]) -> tuple[Review, list[ReviewRequest]]:
    """Say where the review of these changes stands, with the requests that wait."""
    if not reviewing.wanted() or not changed:
        return "", []
    hashes = {(one.step.after.kind, one.row.pk): one.step.after.content_hash for one in changed}
    requests = _waiting(one.row for one in changed)
    if {(each.kind, each.row_id): each.content_hash for each in requests} != hashes:
        return "ask", requests
    user = author_of(request)
    if any(each.asked_by_id == user.pk for each in requests):
        return "own", requests
    return ("decide" if all(reviewing.may_decide(each, user) for each in requests) else "others"), requests


def _sent_back(changed: Sequence[Release]) -> list[ReviewRequest]:
    """Return the answers of those who sent these very drafts back."""
    found = [
        reviewing.sent_back(one.step.after.kind, one.row, one.step.after.content_hash) for one in changed
    ]
    return [each for each in found if each]


def tell(request: HttpRequest, rows: Iterable[Versioned], made: Iterable[Version]) -> None:
    """Say what went live."""
    for row, version in zip(publishing.in_order(rows), made, strict=True):
        said = _("“%(row)s” is live: version %(number)s, minor.")
        if version.major:
            said = _("“%(row)s” is live: version %(number)s, major.")
        messages.success(request, said % {"row": row, "number": version.number})


def _rows(request: HttpRequest) -> list[Versioned]:
    """Return the rows named in the query. Raises Http404, PermissionDenied."""
    keys: dict[type[Versioned], set[int]] = {}
    names = request.GET.getlist("row")
    if not 1 <= len(names) <= MOST_ROWS:
        raise Http404
    for each in names:
        kind, __, key = each.partition("-")
        if kind not in TABLES or not (key.isascii() and key.isdigit() and len(key) < 19):
            raise Http404
        keys.setdefault(TABLES[kind], set()).add(int(key))
    rows: list[Versioned] = []
    for table, wanted in keys.items():
        if not _may_open(request, table):
            raise PermissionDenied
        found = list(table._default_manager.filter(pk__in=wanted))
        if len(found) != len(wanted):
            raise Http404
        rows += found
    return rows


def _may_change(request: HttpRequest, table: type[Versioned]) -> bool:
    allowed: bool = admin.site._registry[table].has_change_permission(request)
    return allowed


def _may_open(request: HttpRequest, table: type[Versioned]) -> bool:
    """Let in who may change the rows, and who only reviews, where that is wanted: approving publishes."""
    reviews = reviewing.wanted() and request.user.has_perm(reviewing.PERMISSION)
    may_read = reviews and admin.site._registry[table].has_view_permission(request)
    return bool(may_read) or _may_change(request, table)


def _preselected(found: Sequence[Release]) -> str:
    if len(found) > 1:
        return "each"
    return "major" if found[0].major else "minor"


def _back(rows: Sequence[Versioned]) -> str:
    """Return where to go from the page: the row, the list of rows of one kind, or the start page."""
    if len(rows) == 1:
        return change_address(rows[0])
    kinds = {type(row) for row in rows}
    if len(kinds) == 1:
        return reverse(f"admin:courses_{kinds.pop()._meta.model_name}_changelist")
    return reverse("admin:index")

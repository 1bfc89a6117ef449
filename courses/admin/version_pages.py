"""Pages about versions: one alone, two side by side, an older one taken back or shown again."""

import json
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from courses import impact, releases, restoring, versions
from courses.admin.publish_page import author_of, change_address
from courses.models import Course, Version, Versioned
from courses.versions import KINDS, kind_of
from mailing.clock import now

LISTED = 100
"""Versions that a page offers for a comparison, the newest first; older ones are in the list."""


def history_address(row: Versioned) -> str:
    """Return the address of the list of a row's versions."""
    query: dict[str, Any] = {"kind__exact": kind_of(row).value, "key__exact": row.key}
    if course := row.pk if isinstance(row, Course) else getattr(row, "course_id", None):
        query["course__id__exact"] = course
    return f"{reverse('admin:courses_version_changelist')}?{urlencode(query)}"


def row_of(version: Version) -> Versioned:
    """Return the row that a version is one of, with its draft. Raises Http404 if it is not there any more."""
    rows: Any = KINDS[version.kind]._default_manager.filter(key=version.key)
    if version.course_id is not None and version.kind != Version.Kind.OUTLINE:
        rows = rows.filter(course_id=version.course_id)
    found: Versioned | None = versions.with_draft(rows).first()
    if found is None:
        raise Http404
    return found


def version(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a version: who made it and why, what it changed, and what can be done with it."""
    shown = _version(request, object_id)
    row = row_of(shown)
    of_course = Q(course__isnull=True) if shown.course_id is None else Q(course_id=shown.course_id)
    others = Version.objects.filter(of_course, kind=shown.kind, key=shown.key)
    before = others.filter(number__lt=shown.number).order_by("-number").first()
    context = {
        **_context(request, _("Version %(number)s of “%(row)s”") % {"number": shown.number, "row": row}),
        "version": shown,
        "row": row,
        "row_url": change_address(row),
        "history_url": history_address(row),
        "before": before,
        "differences": releases.compare(before, releases.as_snapshot(shown)),
        "others": others.exclude(pk=shown.pk).defer("body", "answer_key").order_by("-number")[:LISTED],
        "is_live": row.live_version_id == shown.pk,
        "may_change": admin.site._registry[type(row)].has_change_permission(request, row),
        "is_outline": shown.kind == Version.Kind.OUTLINE,
    }
    return TemplateResponse(request, "admin/courses/version.html", context)


def compare(request: HttpRequest) -> HttpResponse:
    """Show what changed from the older to the newer of `from` and `to`; `to` may be `live` or `draft`."""
    before = _version(request, request.GET.get("from", ""))
    row = row_of(before)
    wanted = request.GET.get("to", "draft")
    if wanted == "draft":
        name, after = _("the draft"), versions.snapshot(row)
    else:
        other = row.live_version if wanted == "live" else _version(request, wanted)
        if other is None or (other.kind, other.course_id, other.key) != (
            before.kind,
            before.course_id,
            before.key,
        ):
            raise Http404
        before, other = sorted((before, other), key=attrgetter("number"))
        name, after = _("version %(number)s") % {"number": other.number}, releases.as_snapshot(other)
    context = {
        **_context(
            request,
            _("From version %(number)s of “%(row)s” to %(name)s")
            % {"number": before.number, "row": row, "name": name},
        ),
        "row": row,
        "row_url": change_address(row),
        "history_url": history_address(row),
        "differences": releases.compare(before, after),
    }
    return TemplateResponse(request, "admin/courses/compare.html", context)


def show_again(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show what going back to a version would do, and on POST go back to it."""
    chosen = _version(request, object_id)
    row = _changeable(request, chosen)
    if chosen.kind == Version.Kind.OUTLINE:
        messages.error(request, _("The order of a course follows its lessons. Roll back those."))
        return HttpResponseRedirect(change_address(row))
    if request.method == "POST" and _went_back(request, row, chosen):
        return HttpResponseRedirect(change_address(row))
    release = releases.of_version(row_of(chosen), chosen)
    context = {
        **_context(
            request, _("Show version %(number)s of “%(row)s” again") % {"number": chosen.number, "row": row}
        ),
        "version": chosen,
        "release": release,
        "seen": json.dumps({"live": release.seen["live"], "hash": ""}),
        "impact": impact.of([release.step]),
        "back": reverse("admin:courses_version_change", args=[chosen.pk]),
    }
    return TemplateResponse(request, "admin/courses/show_again.html", context)


def _went_back(request: HttpRequest, row: Versioned, chosen: Version) -> bool:
    try:
        live = json.loads(request.POST.get("seen", ""))["live"]
    except (ValueError, TypeError, KeyError):
        messages.error(request, _("Nothing was changed: look at what it does first."))
        return False
    seen: releases.Seen = {"live": live, "hash": ""}
    try:
        releases.roll_back(row, chosen, seen=seen, author=author_of(request), now=now())
    except releases.ChangedSince as refusal:
        messages.warning(
            request, _("Nothing was changed: %(why)s This is how it stands now.") % {"why": refusal}
        )
        return False
    messages.success(
        request,
        _("Learners see version %(number)s of “%(row)s” again. Its draft stays.")
        % {"number": chosen.number, "row": row},
    )
    return True


def restore(request: HttpRequest, object_id: str) -> HttpResponse:
    """Take a version back into the draft (POST)."""
    chosen = _version(request, object_id)
    row = _changeable(request, chosen)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:courses_version_change", args=[chosen.pk]))
    try:
        restoring.restore(row, chosen, author=author_of(request), now=now())
    except restoring.NotRestorable as refusal:
        messages.error(request, _("The draft stays as it was: %(why)s") % {"why": refusal})
    else:
        words = _("The draft of “%(row)s” is version %(number)s again. Learners see no change yet.") % {
            "row": row,
            "number": chosen.number,
        }
        messages.success(request, words)
    return HttpResponseRedirect(change_address(row))


def _version(request: HttpRequest, key: str) -> Version:
    """Return a version for those who may look at versions. Raises Http404, PermissionDenied."""
    if not admin.site._registry[Version].has_view_permission(request):
        raise PermissionDenied
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    return get_object_or_404(Version.objects.select_related("author", "course"), pk=int(key))


def _changeable(request: HttpRequest, chosen: Version) -> Versioned:
    """Return the row of a version for those who may change it. Raises PermissionDenied."""
    row = row_of(chosen)
    if not admin.site._registry[type(row)].has_change_permission(request, row):
        raise PermissionDenied
    return row


def _context(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "opts": Version._meta}

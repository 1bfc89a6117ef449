"""The page behind "Publish…": what would change, whom it touches, and the button that does it."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from courses import impact, publishing, releases
from courses.models import Course, Fact, GlossaryTerm, Lesson, Question, Quiz, Version, Versioned
from courses.releases import Release, Seen
from mailing.clock import now

TABLES: dict[str, type[Versioned]] = {
    str(table._meta.model_name): table for table in (Course, Fact, GlossaryTerm, Lesson, Question, Quiz)
}
MOST_ROWS = 200
"""Rows that one page publishes together; beyond, the page would be longer than anybody reads."""

CHANGES = [("minor", "Minor"), ("major", "Major"), ("each", "Each as it is")]


class PublishForm(forms.Form):
    """How drafts are published: as a minor or a major change, with a note."""

    change = forms.ChoiceField(choices=CHANGES)
    note = forms.CharField(
        max_length=200,
        required=False,
        label="Note",
        help_text="What changed and why, for other editors. It stands in the list of versions.",
        widget=UnfoldAdminTextInputWidget,
    )
    seen = forms.JSONField(widget=forms.HiddenInput)

    def clean_seen(self) -> dict[str, Seen]:
        """Refuse what no page of ours has sent."""
        seen = self.cleaned_data["seen"]
        if not isinstance(seen, dict) or not all(isinstance(each, dict) for each in seen.values()):
            raise forms.ValidationError("Look at the changes again.")
        return {
            str(name): {"live": each.get("live"), "hash": str(each.get("hash")), "fields": _texts(each)}
            for name, each in seen.items()
        }

    @property
    def major(self) -> bool | None:
        """What was chosen; None leaves it to each change."""
        return {"minor": False, "major": True}.get(self.cleaned_data["change"])


def _texts(seen: dict[str, Any]) -> dict[str, str]:
    fields = seen.get("fields")
    return {str(label): str(each) for label, each in fields.items()} if isinstance(fields, dict) else {}


def address(*rows: Versioned) -> str:
    """Return the address of the page that publishes these rows."""
    query = urlencode([("row", releases.name(row)) for row in rows])
    return f"{reverse('admin:courses_version_publish')}?{query}"


def change_address(row: Versioned) -> str:
    """Return the address of a row's page in the admin."""
    return reverse(f"admin:courses_{row._meta.model_name}_change", args=[row.pk])


def author_of(request: HttpRequest) -> User | None:
    """Return who is publishing."""
    return request.user if isinstance(request.user, User) else None


def publish(request: HttpRequest) -> HttpResponse:
    """Show what publishing the rows named in the query would do, and on POST do just that."""
    rows = _rows(request)
    at = now()
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _done(request, rows, form, at):
        return HttpResponseRedirect(_back(rows))
    found = releases.preview(rows, now=at)
    if not form.is_bound:
        form = PublishForm(initial={"change": _preselected(found)})
    context = {
        **admin.site.each_context(request),
        "title": "Publish",
        "opts": Version._meta,
        "releases": found,
        "single": found[0] if len(found) == 1 else None,
        "changes": CHANGES[:2] if len(found) == 1 else CHANGES,
        "form": form,
        "seen": json.dumps({releases.name(one.row): one.seen for one in found}),
        "impact": impact.of([one.step for one in found if not one.unchanged]),
        "ready": all(not one.problems for one in found) and not all(one.unchanged for one in found),
        "majors": sum(one.major for one in found if not one.unchanged),
        "back": _back(rows),
    }
    return TemplateResponse(request, "admin/courses/publish.html", context)


def _done(request: HttpRequest, rows: Sequence[Versioned], form: PublishForm, at: datetime) -> bool:
    """Publish, and say so; say why where it did not happen."""
    try:
        made = releases.publish(
            rows,
            seen=form.cleaned_data["seen"],
            author=author_of(request),
            now=at,
            note=form.cleaned_data["note"],
            major=form.major,
        )
    except releases.ChangedSince as refusal:
        for change in refusal.changes:
            messages.warning(request, f"Nothing was published: {change} This is how it stands now.")
        return False
    except publishing.NotPublishable:
        messages.error(request, "Nothing was published. What is in the way stands below.")
        return False
    tell(request, rows, made)
    return True


def tell(request: HttpRequest, rows: Iterable[Versioned], made: Iterable[Version]) -> None:
    """Say what went live, and write it into the rows' histories."""
    for row, version in zip(publishing.in_order(rows), made, strict=True):
        change = "major" if version.major else "minor"
        messages.success(request, f"“{row}” is live: version {version.number}, {change}.")
        model_admin = admin.site._registry[type(row)]
        model_admin.log_change(request, row, f"Published version {version.number} ({change}).")


def _rows(request: HttpRequest) -> list[Versioned]:
    """Return the rows named in the query. Raises Http404, PermissionDenied."""
    keys: dict[type[Versioned], set[int]] = {}
    names = request.GET.getlist("row")
    if not 1 <= len(names) <= MOST_ROWS:
        raise Http404
    for each in names:
        kind, _, key = each.partition("-")
        if kind not in TABLES or not (key.isascii() and key.isdigit()):
            raise Http404
        keys.setdefault(TABLES[kind], set()).add(int(key))
    rows: list[Versioned] = []
    for table, wanted in keys.items():
        if not admin.site._registry[table].has_change_permission(request):
            raise PermissionDenied
        found = list(table._default_manager.filter(pk__in=wanted))
        if len(found) != len(wanted):
            raise Http404
        rows += found
    return rows


def _preselected(found: Sequence[Release]) -> str:
    if len(found) > 1:
        return "each"
    return "major" if found[0].major else "minor"


def _back(rows: Sequence[Versioned]) -> str:
    """Return where to go from the page: the row, the list of rows of one kind, or the course."""
    if len(rows) == 1:
        return change_address(rows[0])
    kinds = {type(row) for row in rows}
    if len(kinds) == 1:
        return reverse(f"admin:courses_{kinds.pop()._meta.model_name}_changelist")
    return reverse("admin:index")

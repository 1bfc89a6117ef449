"""What a lesson's editor asks for while somebody writes: keep the draft, look it through, list what to name.

Only `autosave` writes, and the draft alone.
"""

from typing import Any

from django import forms
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses import lesson_drafts, lesson_findings
from courses.admin import lesson_editor_tools as tools
from courses.admin import publish_page
from courses.lesson_drafts import NewerDraft, Text
from courses.models import Lesson
from mailing.clock import now


class DraftForm(forms.Form):
    """What the editor sends while somebody writes."""

    title = forms.CharField(max_length=120)
    question = forms.CharField(max_length=200, required=False)
    body = forms.CharField(required=False)
    revision = forms.IntegerField(min_value=0)


def _lesson(model_admin: Any, request: HttpRequest, object_id: int) -> Lesson:
    """Return a lesson for those who may change it. Raises PermissionDenied, Http404."""
    lesson = get_object_or_404(Lesson, pk=object_id)
    if not model_admin.has_change_permission(request, lesson):
        raise PermissionDenied
    return lesson


@require_POST
def autosave(request: HttpRequest, *, model_admin: Any, object_id: int) -> HttpResponse:
    """Keep the draft as it was sent; where a newer one is there, answer with both texts and keep neither."""
    lesson = _lesson(model_admin, request, object_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(f"{name}: {found.as_text()}" for name, found in form.errors.items())
        return JsonResponse({"refused": _("Not saved yet. %(why)s") % {"why": wrong}})
    text = Text(*(form.cleaned_data[name] for name in ("title", "question", "body")))
    try:
        kept = lesson_drafts.keep(
            lesson_id=lesson.pk,
            revision=form.cleaned_data["revision"],
            text=text,
            author=publish_page.author_of(request),
            now=now(),
        )
    except NewerDraft as newer:
        context = {"conflict": tools.conflict(newer.lesson, text)}
        html = render_to_string("admin/courses/lesson_conflict.html", context)
        return JsonResponse({"conflict": html, "revision": newer.lesson.revision})
    return JsonResponse({"revision": kept.revision, "saved_at": kept.updated_at.isoformat()})


@require_POST
def look(request: HttpRequest, *, model_admin: Any, object_id: int) -> HttpResponse:
    """Say what is wrong with a text that may not be saved yet. Writes nothing."""
    lesson = _lesson(model_admin, request, object_id)
    lesson.body = request.POST.get("body", "").replace("\0", "\ufffd")
    findings = lesson_findings.of(lesson, today=localdate())
    return render(request, "admin/courses/lesson_findings.html", {"findings": findings})


@require_GET
def pick(request: HttpRequest, *, model_admin: Any, object_id: int, kind: str) -> HttpResponse:
    """List what the text may name, narrowed by `q`, to those who may look at it."""
    lesson = _lesson(model_admin, request, object_id)
    picker = tools.PICKERS.get(kind)
    if picker is None:
        raise Http404
    options = picker.model._meta
    names = (get_permission_codename(action, options) for action in ("view", "change"))
    if not any(request.user.has_perm(f"{options.app_label}.{name}") for name in names):
        raise PermissionDenied
    query = request.GET.get("q", "").replace("\0", "").strip()[:80]
    context = {"entries": picker.find(lesson, query), "query": query}
    return render(request, "admin/courses/lesson_pick.html", context)

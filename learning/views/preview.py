"""What editors look at before they publish: a draft as learners would see it, on a page of its own."""

from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import LearnerRequest
from courses import lessons, presentation, versions
from courses.models import Lesson, Version


@require_safe
@never_cache
def preview_lesson(request: LearnerRequest, lesson_id: int) -> HttpResponse:
    """Show a lesson's saved draft, with the live facts, terms and checks, to those who may edit it."""
    return render(request, "learning/preview.html", _context(_draft(request, lesson_id)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@xframe_options_sameorigin
@csp(settings.PREVIEW_POLICY)  # type: ignore[arg-type]  # its types know no view with arguments
def preview_frame(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Show a lesson beside its editor: the saved draft, or the text that was sent. Writes nothing."""
    row = _draft(request, lesson_id)
    for name in ("title", "question", "body"):
        if name in request.POST:
            setattr(row, name, request.POST[name].replace("\0", "\ufffd"))
    return render(request, "learning/preview_frame.html", _context(row))


def _draft(request: HttpRequest, lesson_id: int) -> Lesson:
    """Return a lesson for those who may look at drafts. Raises PermissionDenied, Http404."""
    if not (admin.site.has_permission(request) and request.user.has_perm("courses.view_lesson")):
        raise PermissionDenied
    return get_object_or_404(versions.with_draft(Lesson.objects.select_related("course")), pk=lesson_id)


def _context(row: Lesson) -> dict[str, Any]:
    draft = versions.snapshot(row)
    version = Version(
        kind=draft.kind, course=row.course, key=row.key, body=draft.body, content_hash=draft.content_hash
    )
    filled = lessons.fill(version, today=localdate())
    return {
        "lesson": row,
        "body": draft.body,
        "filled": filled,
        "parts": [(part.html, part.check and _asked(part.check.version)) for part in filled.parts],
    }


def _asked(version: Version) -> presentation.QuestionView:
    return presentation.ask(version, presentation.check_options(version))

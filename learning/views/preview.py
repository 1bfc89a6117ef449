"""What editors look at before they publish: a draft as learners would see it, on a page of its own."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import LearnerRequest
from courses import lessons, presentation, versions
from courses.models import Lesson, Version


@require_safe
@never_cache
def preview_lesson(request: LearnerRequest, lesson_id: int) -> HttpResponse:
    """Show a lesson's saved draft, with the live facts, terms and checks, to those who may edit it."""
    if not (admin.site.has_permission(request) and request.user.has_perm("courses.view_lesson")):
        raise PermissionDenied
    row = get_object_or_404(versions.with_draft(Lesson.objects.select_related("course")), pk=lesson_id)
    draft = versions.snapshot(row)
    version = Version(
        kind=draft.kind, course=row.course, key=row.key, body=draft.body, content_hash=draft.content_hash
    )
    filled = lessons.fill(version, today=localdate())
    context = {
        "lesson": row,
        "body": draft.body,
        "filled": filled,
        "parts": [(part.html, part.check and _asked(part.check.version)) for part in filled.parts],
    }
    return render(request, "learning/preview.html", context)


def _asked(version: Version) -> presentation.QuestionView:
    return presentation.ask(version, presentation.check_options(version))

"""Editors answer a draft as learners would be asked it. Nothing is recorded."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import LearnerRequest
from courses import presentation, question_types, versions
from courses.grading import InvalidResponse
from courses.models import Question, Version


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def try_question(request: LearnerRequest, question_id: int) -> HttpResponse:
    """Ask a question's saved draft, and on POST say what the answer is worth and why."""
    if not (admin.site.has_permission(request) and request.user.has_perm("courses.view_question")):
        raise PermissionDenied
    row = get_object_or_404(versions.with_draft(Question.objects.all()), pk=question_id)
    version = _draft(row)
    options = presentation.check_options(version)
    item = presentation.ask(version, options)
    if request.method == "POST":
        kind = question_types.get(row.type)
        form = {name: request.POST.getlist(name) for name in request.POST}
        try:
            response = kind.parse(form, version.body, options)
            grade = kind.grade(version.body, version.answer_key or {}, response)
            item = presentation.answered(version, options, response, grade)
        except InvalidResponse as refusal:
            item = presentation.ask(version, options, error=str(refusal), typed=form)
    return render(request, "learning/try_question.html", {"question": row, "item": item})


def _draft(row: Question) -> Version:
    """Return the draft as a version that is never saved; its id only decides the order of the options."""
    draft = versions.snapshot(row)
    return Version(
        pk=-row.pk,
        kind=draft.kind,
        course_id=row.course_id,
        key=row.key,
        body=draft.body,
        answer_key=draft.answer_key,
    )

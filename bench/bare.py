"""The yardstick M: the least that a page with a person on it can cost on this stack.

Session, user and one indexed row (3 queries), a 19 kB template, and no more middleware than that needs.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.views.decorators.http import require_GET

from courses.models import Course


@require_GET
@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Answer a page that greets the person and names one course."""
    course = get_object_or_404(Course, key="two-pms")
    return render(request, "bare.html", {"person": request.user.pk, "course": course, "rows": range(100)})


@require_GET
@login_not_required
def nobody(request: HttpRequest) -> HttpResponse:
    """Answer the same page without asking who it is, and nothing of the database."""
    course = {"key": "two-pms", "title": "Two PMs"}
    return render(request, "bare.html", {"person": 0, "course": course, "rows": range(100)})


urlpatterns = [path("bare/", bare, name="bare"), path("nobody/", nobody, name="nobody")]

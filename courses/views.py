"""The catalogue and the public page of a course: the same for every visitor, so caches may keep them."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caching import public_page
from courses import kept, outline
from courses.glossary import live_terms
from courses.models import Course
from courses.outline import Outline


@require_safe
@login_not_required
def catalog(request: HttpRequest) -> HttpResponse:
    """All live courses."""
    courses = [outline.of(course) for course in outline.live_courses()]
    stamp = [course.version_id for course in courses]
    return public_page(
        request,
        stamp=stamp,
        answer=lambda: render(request, "courses/catalog.html", {"courses": _cards(courses)}),
    )


@require_safe
@login_not_required
def course(request: HttpRequest, course: str) -> HttpResponse:
    """What a course holds: its modules as a path, with minutes, and the first lesson to start with."""
    found = outline.of(_live(course))
    return public_page(
        request,
        stamp=[found.version_id],
        answer=lambda: render(request, "courses/course.html", {"outline": found}),
    )


def _live(key: str) -> Course:
    try:
        return kept.course(key)
    except Course.DoesNotExist as error:
        raise Http404 from error


@require_safe
@login_not_required
def glossary(request: HttpRequest) -> HttpResponse:
    """All live terms with their meanings; `#term-<key>` leads to one."""
    terms = live_terms()
    return public_page(
        request,
        stamp=[term.version_id for term in terms],
        answer=lambda: render(request, "courses/glossary.html", {"terms": terms}),
    )


def _cards(courses: list[Outline]) -> list[dict[str, Any]]:
    """Return what templates/components/course_card.html shows of each course."""
    return [
        {
            "title": course.title,
            "summary": course.summary,
            "language": course.language,
            "lesson_count": len(course.lessons),
            "length": course.length,
            "url": reverse("courses:course", args=[course.course_key]),
        }
        for course in courses
    ]

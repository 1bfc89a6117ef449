"""The landing page, and what search engines ask for."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.caching import public_page
from courses import outline
from courses.outline import Outline

PUBLIC_PAGES = (
    "portal:home",
    "courses:catalog",
    "courses:glossary",
    "portal:help",
    "portal:privacy",
    "portal:terms",
    "portal:imprint",
    "portal:accessibility",
)


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The landing page: one sentence, the first lesson, the courses."""
    outlines = [outline.of(course) for course in outline.live_courses()]
    return public_page(
        request,
        stamp=[found.version_id for found in outlines],
        answer=lambda: render(request, "portal/home.html", landing(outlines)),
    )


def landing(outlines: list[Outline]) -> dict[str, object]:
    """What the landing page shows. The first lesson is the first open one, course by course."""
    first_lessons = (
        reverse("learning:lesson", args=[found.course_key, lesson.key])
        for found in outlines
        for lesson in found.lessons
        if lesson.open
    )
    return {
        "courses": [course_card(found) for found in outlines],
        "my_course_url": outlines and reverse("learning:my_course", args=[outlines[0].course_key]),
        "first_lesson_url": next(first_lessons, None),
    }


def course_card(found: Outline) -> dict[str, object]:
    """What templates/components/course_card.html shows of a course."""
    return {
        "title": found.title,
        "summary": found.summary,
        "language": found.language,
        "lesson_count": len(found.lessons),
        "length": found.length,
        "url": reverse("courses:course", args=[found.course_key]),
    }


@require_safe
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: all is closed to search engines unless INDEXABLE, then only what is private."""
    lines = ["User-agent: *"]
    if settings.INDEXABLE:
        private = ("/admin/", "/accounts/", "/attempts/", "/dashboard/", "/settings/", "/reminders/")
        lines += [f"Disallow: {path}" for path in private]
        lines.append(f"Sitemap: {settings.BASE_URL}{reverse('portal:sitemap')}")
    else:
        lines.append("Disallow: /")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def sitemap(request: HttpRequest) -> HttpResponse:
    """sitemap.xml: the public pages, every live course and its open lessons; empty unless INDEXABLE."""
    paths: list[str] = []
    if settings.INDEXABLE:
        paths += [reverse(name) for name in PUBLIC_PAGES]
        for found in map(outline.of, outline.live_courses()):
            paths.append(reverse("courses:course", args=[found.course_key]))
            paths += [
                reverse("learning:lesson", args=[found.course_key, lesson.key])
                for lesson in found.lessons
                if lesson.open
            ]
    context = {"addresses": [settings.BASE_URL + path for path in paths]}
    return render(request, "portal/sitemap.xml", context, content_type="application/xml")

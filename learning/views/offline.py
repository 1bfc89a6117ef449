"""Lessons to keep on a device, what is kept there, and what comes back from it."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests, organisation
from accounts.middleware import LearnerRequest
from courses import lessons, marks
from learning import offline
from learning.views import lesson_page
from learning.views.doors import given_sureness
from mailing import clock


@require_safe
@never_cache
def offline_lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """A lesson to be kept on a device: its text and its checks, the same for whoever has an account.

    It is made without the request, so that nothing of its reader can be in it.
    """
    row, plan = lesson_page.find(course, lesson)
    version = lesson_page.live(row)
    filled = lessons.shown(version, today=localdate())
    checks = [each.check and lesson_page.check(row, each.check.version, None) for each in filled.parts]
    context = {
        "organisation_name": organisation.current().name,
        "plan": plan,
        "module": plan.module_of(lesson),
        "place": plan.lesson(lesson),
        "previous": plan.previous(lesson),
        "next": plan.next_after(lesson),
        "body": version.body,
        "mark": marks.of_version(version.pk),
        "filled": filled,
        "parts": zip((each.html for each in filled.parts), checks, strict=True),
    }
    return render(None, "learning/offline_lesson.html", context)


@require_safe
@login_not_required
@never_cache
def saved_modules(request: LearnerRequest) -> HttpResponse:
    """What is saved on this device. The device knows, not we: the page is the same for everybody."""
    return render(None, "learning/saved_modules.html", {"organisation_name": organisation.current().name})


@require_POST
def send_kept(request: LearnerRequest, course: str, lesson: str) -> JsonResponse:
    """Take over what was answered or completed in a saved copy; 409 if somebody else gave it."""
    now = clock.now()
    user = guests.ensure(request, now=now)
    if not offline.is_of(user, request.POST.get("reader", "")):
        return JsonResponse({"taken": False, "words": _("Somebody else gave this answer.")}, status=409)
    row = lesson_page.find(course, lesson)[0]
    seen, key = request.POST.get("seen", ""), request.POST.get("key", "")
    try:
        if key:
            outcome = offline.take_answer(
                user=user,
                lesson=row,
                question=lesson_page.question(row, key),
                seen=seen,
                form=dict(request.POST.lists()),
                sureness=given_sureness(request.POST),
                now=now,
            )
        else:
            outcome = offline.take_completion(
                user=user, lesson=row, version=lesson_page.live(row), seen=seen, now=now
            )
    except marks.Unknown as unknown:
        raise BadRequest("What was seen is nothing that we showed.") from unknown
    return JsonResponse({"taken": outcome.taken, "words": outcome.words})

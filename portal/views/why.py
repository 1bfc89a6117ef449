"""Behind the numbers of the progress page: the very events and answers, and each number counted again."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import LearnerRequest
from accounts.models import User
from courses.models import Course
from learning import activity, scheduler, why

EVENTS_A_PAGE = 50


@require_safe
@never_cache
@login_not_required  # guests have progress too
def why_done(request: LearnerRequest, course: str) -> HttpResponse:
    """The events behind "done" in one course or topic, and the number counted again from them."""
    if request.learner is None:
        return redirect_to_login(request.path)
    begun = _begun(request.learner, course)
    topic = why.topic_of(begun, request.GET.get("topic", ""))
    events = Paginator(why.done_events(request.learner, begun, topic), EVENTS_A_PAGE)
    context = {
        "topic": topic,
        "shown": why.done(request.learner, begun, topic),
        "recounted": why.done_again(request.learner, begun, topic),
        "page": events.get_page(request.GET.get("page")),
    }
    return render(request, "portal/dashboard_why_done.html", context)


@require_safe
@never_cache
@login_not_required  # guests take quizzes too
def why_shown(request: LearnerRequest, course: str) -> HttpResponse:
    """The graded answers behind "shown" in one course or topic, and the number counted again."""
    if request.learner is None:
        return redirect_to_login(request.path)
    begun = _begun(request.learner, course)
    topic = why.topic_of(begun, request.GET.get("topic", ""))
    behind = why.shown(request.learner, begun, topic)
    context = {
        "course": begun,
        "topic": topic,
        "behind": behind,
        "shown": sum(each.objective.shown for each in behind),
        "recounted": why.shown_again(request.learner, [each.objective.id for each in behind]),
    }
    return render(request, "portal/dashboard_why_shown.html", context)


@require_safe
@never_cache
@login_not_required  # guests review too
def why_recalled(request: LearnerRequest) -> HttpResponse:
    """The things met behind "would recall today", of all or one course or topic, each replayed."""
    learner = request.learner
    if learner is None:
        return redirect_to_login(request.path)
    key = request.GET.get("course")
    course = _begun(learner, key) if key else None
    topic = why.topic_of(course, request.GET.get("topic", "")) if course else None
    met, today = why.met(learner, course, topic), localdate()
    page = Paginator(met, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "course": course,
        "topic": topic,
        "count": why.recalled(met, today=today),
        "things": why.recalled_again(page, today=today),
        "page": page,
        "retention": round(100 * scheduler.RETENTION),
    }
    return render(request, "portal/dashboard_why_recalled.html", context)


@require_safe
@never_cache
@login_not_required  # guests study too
def study_days(request: LearnerRequest) -> HttpResponse:
    """Every day of study of the last year, how long it was, and how that is counted."""
    if request.learner is None:
        return redirect_to_login(request.path)
    days = why.days(request.learner, today=localdate())
    context = {
        "days": days,
        "spent": sum((day.spent for day in days), timedelta()),
        "recounted": activity.spent_again(request.learner, since=days[-1].local_date)
        if days
        else timedelta(),
        "most": activity.BREAK.seconds // 60,
    }
    return render(request, "portal/dashboard_days.html", context)


def _begun(learner: User, key: str) -> Course:
    """The course of that key, if the learner has begun it; else the page is not found."""
    enrollments = learner.enrollments.select_related("course__live_version")
    return get_object_or_404(enrollments, course__key=key).course

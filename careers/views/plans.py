"""A plan of thirty days as a checklist."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from careers import plans
from careers.models import Plan
from mailing import clock


@require_safe
@login_not_required  # guests follow one too
@never_cache
def plan(request: LearnerRequest, key: str) -> HttpResponse:
    """A plan, and what the learner has ticked."""
    return render(request, "careers/plan.html", _context(request, key))


@require_POST
@login_not_required
def tick_plan(request: LearnerRequest, key: str) -> HttpResponse:
    """Begin a plan, or keep which steps are done. A visitor becomes a guest."""
    now = clock.now()
    done = request.POST.getlist("step") if "ticks" in request.POST else None
    if not Plan.objects.filter(key=key).exists():
        raise Http404
    plans.tick(user=guests.ensure(request, now=now), key=key, done=done, now=now)
    if request.htmx.target == "standing":  # type: ignore[attr-defined]  # django-htmx sets it
        return render(request, "careers/plan.html#standing", _context(request, key))
    return redirect("careers:plan", key)


def _context(request: LearnerRequest, key: str) -> dict[str, object]:
    zone = request.learner.zone if request.learner else None
    try:
        found = plans.standing(request.learner, key, today=clock.now().astimezone(zone).date())
    except Plan.DoesNotExist as error:
        raise Http404 from error
    return {"standing": found, "length": plans.LENGTH}

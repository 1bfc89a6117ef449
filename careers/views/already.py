"""What you already do: pick everyday tasks, see for which role each counts."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from careers import already as picked
from mailing import clock


@require_safe
@login_not_required  # guests pick too
@never_cache
def already(request: LearnerRequest) -> HttpResponse:
    """All tasks, or those of one walk of life, and what those picked are worth."""
    offer = picked.offer(request.learner)
    walk = request.GET.get("walk", "")
    context = {
        "offer": offer,
        "walk": walk if walk in offer.walks else "",
        "shown": [task for task in offer.tasks if walk not in offer.walks or task.walk == walk],
    }
    return render(request, "careers/already.html", context)


@require_POST
@login_not_required
def choose_tasks(request: LearnerRequest) -> HttpResponse:
    """Keep what was picked among the tasks shown. A visitor becomes a guest."""
    now = clock.now()
    chosen = request.POST.getlist("task")
    picked.choose(
        user=guests.ensure(request, now=now), shown=request.POST.getlist("shown"), chosen=chosen, now=now
    )
    messages.success(request, _("Kept. Only you see it.") if chosen else _("Kept: none of these."))
    walk = request.POST.get("walk", "")
    query = f"?{urlencode({'walk': walk})}" if walk else ""
    return redirect(f"{reverse('careers:already')}{query}{'#yours' if chosen else ''}")

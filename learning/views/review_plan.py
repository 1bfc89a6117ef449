"""The page of the review: how much is due, what is coming, and how often the learner wants to be asked."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import LearnerRequest
from learning import forecast, review_plan, rhythm, scheduler
from learning import review as reviewing
from learning.forms import InterviewForm
from learning.rhythm import Rhythm
from mailing import clock

CHOSEN = {
    Rhythm.DAILY: gettext_lazy("You are asked every day on which something is due."),
    Rhythm.WEEKLY: gettext_lazy("You are asked once a week, from Monday on."),
    Rhythm.MONTHLY: gettext_lazy("You are asked once a month, from the 1st on."),
    Rhythm.STOPPED: gettext_lazy(
        "Nothing is asked any more. What you have met stays, and you can go on at any time."
    ),
}


@require_safe
@login_not_required
@never_cache
def review(request: LearnerRequest) -> HttpResponse:
    """How many cards are due, about how long they take, when the next ones are, and how often."""
    return _page(request, InterviewForm(today=localdate()))


@require_POST
@login_not_required
def set_rhythm(request: LearnerRequest) -> HttpResponse:
    """Ask every day, once a week, once a month, or not at all."""
    given = request.POST.get("rhythm", "")
    if request.learner is None or given not in list(Rhythm):
        return redirect("learning:review")
    review_plan.choose(user=request.learner, chosen=Rhythm(given), now=clock.now())
    messages.success(request, CHOSEN[Rhythm(given)])
    return redirect("learning:review")


@require_POST
@login_not_required
def set_interview(request: LearnerRequest) -> HttpResponse:
    """Bring everything back before an interview; without a date there is none to prepare for."""
    if request.learner is None:
        return redirect("learning:review")
    now, none = clock.now(), "none" in request.POST
    form = InterviewForm(request.POST, today=localdate(now))
    if not none and not form.is_valid():
        return _page(request, form)
    interview_on: date | None = None if none else form.cleaned_data["interview_on"]
    fits = review_plan.prepare(user=request.learner, interview_on=interview_on, now=now)
    messages.success(request, _prepared(interview_on, fits))
    return redirect("learning:review")


def _prepared(interview_on: date | None, fits: int) -> str:
    if interview_on is None:
        return _("You prepare for no interview any more.")
    words = ngettext(
        "%(things)s thing comes back before %(day)s.", "%(things)s things come back before %(day)s.", fits
    )
    return words % {"things": fits, "day": date_format(interview_on, "l, j F")}


def _page(request: LearnerRequest, form: InterviewForm) -> HttpResponse:
    standing = reviewing.standing(request.learner, today=localdate())
    plan = standing.plan
    context = {
        "standing": standing,
        "due": len(standing.set),
        "tomorrow": standing.next_on and (standing.next_on - standing.today).days == 1,
        "ceiling": rhythm.MINUTES_A_DAY,
        "set": rhythm.SET,
        "set_minutes": rhythm.minutes(rhythm.SET),
        "retention": round(scheduler.RETENTION * 100),
        "bars": forecast.bars(standing),
        "interview_on": plan.interview_on if plan.prepares(standing.today) else None,
        "form": form,
    }
    return render(request, "learning/review.html", context, status=400 if form.errors else 200)

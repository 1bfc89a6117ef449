"""The progress page: what to do next, the week's goal, what is done, study days, quiz scores."""

import json
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import LearnerRequest
from accounts.models import User
from careers import again, plans
from learning import evidence, forecast, gathering, goals, overview, regrade, rhythm
from learning.forms import InterviewForm
from learning.overview import FinishedModule, Overview
from mailing import clock
from portal import charts
from portal.forms import GoalForm

FIT_AFTER = (3, 5, 8)
"""After these modules six questions of the fit check are asked again."""


@require_safe
@never_cache
@login_not_required  # guests have progress too
def dashboard(request: LearnerRequest) -> HttpResponse:
    """All of a learner's progress on one page. Visitors without account and guest cookie log in first."""
    if request.learner is None:
        return redirect_to_login(request.path)
    return render(request, "portal/dashboard.html", page(request.learner, now=clock.now()))


@require_safe
@never_cache
@login_not_required  # guests have progress too
def progress_report(request: LearnerRequest) -> HttpResponse:
    """The numbers of the progress page on one or two sheets of paper. The time spent is left out."""
    learner = request.learner
    if learner is None:
        return redirect_to_login(request.path)
    now = clock.now()
    context = page(learner, now=now) | {
        "learner": learner,
        "evidence": evidence.of(learner),
        "printed_on": now,
    }
    return render(request, "portal/dashboard_report.html", context)


@require_POST
@login_not_required  # guests may have a goal
def set_goal(request: LearnerRequest) -> HttpResponse:
    """Set the days a week from the form on the progress page."""
    if request.learner is None:
        return redirect_to_login(reverse("portal:dashboard"))
    now = clock.now()
    form = GoalForm(request.POST)
    if not form.is_valid():
        context = page(request.learner, now=now, form=form)
        return render(request, "portal/dashboard.html", context, status=400)
    days = form.cleaned_data["days"]
    goals.set_goal(user=request.learner, days=days, now=now)
    messages.success(request, f"Your goal is {days} day{'' if days == 1 else 's'} a week from this week on.")
    return redirect("portal:dashboard")


@require_safe
@never_cache
@login_not_required  # guests answer too
def dashboard_answers(request: LearnerRequest) -> HttpResponse:
    """What a learner's answers show: how sure against how right, mistaken ideas."""
    if request.learner is None:
        return redirect_to_login(request.path)
    found = evidence.of(request.learner)
    context = {
        "evidence": found,
        "bars": charts.sureness(found.bins),
        "answers": sum(each.answers for each in found.bins),
        "lines": [(charts.PLOT_TOP + charts.PLOT_HEIGHT - charts.height_of(n), n) for n in (0, 50, 100)],
    }
    return render(request, "portal/dashboard_answers.html", context)


def page(learner: User, *, now: datetime, form: GoalForm | None = None) -> dict[str, object]:
    """What the progress page's templates show."""
    local = now.astimezone(learner.zone)
    today = local.date()
    facts = gathering.of(learner, today=today, beside=[plans.OF_USER, *again.OF_USER])
    followed, *past = [json.loads(each) for each in facts.beside]
    numbers = overview.read(facts, today=today)
    memory, lately = numbers.memory, facts.corrected_at and facts.corrected_at > now - regrade.TOLD_FOR
    return {
        "greeting": "Your progress" if learner.is_guest else greeting(local.hour),
        "numbers": numbers,
        "today": today,
        "back": memory.back and bool(memory.set),
        "plans": plans.followed(followed, today=today),
        "fit_after": module_to_ask_after(numbers.finished, again.past(*past), now=now),
        "plan_days": plans.LENGTH,
        "due": len(memory.set),
        "bars": forecast.bars(memory) if memory.cards else [],
        "changed": regrade.news(learner, now=now) if lately else [],
        "row_limit": goals.ROW_LIMIT,
        "my_course_url": numbers.courses and reverse("learning:my_course", args=[numbers.courses[0].key]),
        "first_day": [day.date for day in numbers.days] == [today],
        "form": form or GoalForm(initial={"days": numbers.week.goal or 3}),
        "calendar": charts.calendar(overview.calendar(numbers.days, today=today)),
        "lately": overview.lately(numbers.days, today=today),
        "chart": charts.scores(numbers.scores),
        **when_finished(numbers, today=today),
    }


def when_finished(numbers: Overview, *, today: date) -> dict[str, object]:
    """What only those see who have finished all that they began."""
    if numbers.next_step or not any(each.total for each in numbers.courses):
        return {}
    ahead = numbers.memory.plan.interview_on
    coming = ahead if ahead and ahead > today else None
    return {
        "finished_on": numbers.finished_on,
        "set": rhythm.SET,
        "set_minutes": rhythm.minutes(rhythm.SET),
        "interview_on": coming,
        "tomorrow": today + timedelta(days=1),
        "interview": InterviewForm(today=today),
    }


def module_to_ask_after(
    finished: list[FinishedModule], past: again.Past, *, now: datetime
) -> FinishedModule | None:
    """Return the module after which to ask six questions of the fit check again, if it is time for it.

    That is after the third, fifth and eighth of a long course: the latest of them that is finished.
    """
    asked = [each for each in finished if each.of >= max(FIT_AFTER) and each.number in FIT_AFTER]
    if not asked or not past.may_ask(now=now):
        return None
    last = max(asked, key=lambda each: each.number)
    return None if (last.course_key, last.key) in past.dealt_with else last


def greeting(hour: int) -> str:
    """The greeting for a local hour, 0 to 23."""
    return "Good morning" if 4 <= hour < 12 else "Good afternoon" if 12 <= hour < 18 else "Good evening"

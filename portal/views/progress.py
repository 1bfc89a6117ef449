"""The progress page: what to do next, the week's goal, what is done, study days, quiz scores."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import LearnerRequest
from accounts.models import User
from careers import again, plans
from learning import evidence, forecast, gathering, goals, overview, regrade, rhythm
from learning.forms import InterviewForm
from learning.gathering import Facts
from learning.overview import FinishedModule, Overview
from mailing import clock
from portal import boards, charts
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
    look = Look.of(request.learner, now=clock.now())
    shown = boards.shown(request, partial(page, look), key=look.key)
    return render(request, "portal/dashboard.html", shown)


@require_safe
@never_cache
@login_not_required  # guests have progress too
def progress_report(request: LearnerRequest) -> HttpResponse:
    """The numbers of the progress page on one or two sheets of paper. The time spent is left out."""
    learner = request.learner
    if learner is None:
        return redirect_to_login(request.path)
    now = clock.now()
    context = page(Look.of(learner, now=now)) | {
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
        shown = boards.shown(request, partial(page, Look.of(request.learner, now=now), form))
        return render(request, "portal/dashboard.html", shown, status=400)
    days = form.cleaned_data["days"]
    goals.set_goal(user=request.learner, days=days, now=now)
    said = ngettext(
        "Your goal is %d day a week from this week on.",
        "Your goal is %d days a week from this week on.",
        days,
    )
    messages.success(request, said % days)
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


@dataclass(frozen=True, slots=True)
class Look:
    """A learner looks at their progress: who, when, and what is known of them then."""

    learner: User
    now: datetime
    local: datetime
    """The same instant on the learner's clock."""

    facts: Facts
    followed: list[dict[str, Any]]
    past: again.Past

    @classmethod
    def of(cls, learner: User, *, now: datetime) -> "Look":
        """Read what is known (1 query)."""
        local = now.astimezone(learner.zone)
        facts = gathering.of(learner, today=local.date(), beside=[plans.OF_USER, *again.OF_USER])
        followed, *past = [json.loads(each) for each in facts.beside]
        return cls(learner, now, local, facts, followed, again.past(*past))

    @property
    def greeting(self) -> str:
        """What the page begins with."""
        return _("Your progress") if self.learner.is_guest else greeting(self.local.hour)

    @property
    def corrected(self) -> bool:
        """Whether there are corrections to tell of, which the facts do not have."""
        return bool(self.facts.corrected_at and self.facts.corrected_at > self.now - regrade.TOLD_FOR)

    @property
    def key(self) -> tuple[object, ...] | None:
        """All that the page depends on; None where it depends on corrections, too."""
        if self.corrected:
            return None
        who = self.learner.pk, self.learner.is_guest, self.learner.zone.key
        when = self.local.date(), self.greeting, self.past.may_ask(now=self.now)
        return *who, *when, self.facts.digest()


def page(look: Look, form: GoalForm | None = None) -> dict[str, object]:
    """What the progress page's templates show."""
    learner, today = look.learner, look.local.date()
    numbers = overview.read(look.facts, today=today)
    memory = numbers.memory
    return {
        "greeting": look.greeting,
        "guest": learner.is_guest,
        "numbers": numbers,
        "today": today,
        "back": memory.back and bool(memory.set),
        "plans": plans.followed(look.followed, today=today),
        "fit_after": module_to_ask_after(numbers.finished, look.past, now=look.now),
        "plan_days": plans.LENGTH,
        "due": len(memory.set),
        "bars": forecast.bars(memory) if memory.cards else [],
        "changed": regrade.news(learner, now=look.now) if look.corrected else [],
        "row_limit": goals.ROW_LIMIT,
        "my_course_url": numbers.courses and reverse("learning:my_course", args=[numbers.courses[0].key]),
        "untouched": not numbers.unfinished and not any(each.done for each in numbers.courses),
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
    return (
        _("Good morning") if 4 <= hour < 12 else _("Good afternoon") if 12 <= hour < 18 else _("Good evening")
    )

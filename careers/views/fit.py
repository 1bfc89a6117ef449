"""The fit check: one question at a time, every answer kept at once, and its result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from careers import already, assessment, memo, picture, report
from careers.models import PreviewReaction, Scale
from mailing import clock


@require_safe
@login_not_required  # guests take it too
@never_cache
def fit(request: LearnerRequest) -> HttpResponse:
    """Where one begins or goes on; who has a result and nothing begun since is led to it."""
    sitting = assessment.current(request.learner)
    if sitting.result:
        return redirect("careers:fit_result")
    return render(request, "careers/fit.html", {"sitting": sitting})


@require_safe
@login_not_required
@never_cache
def fit_question(request: LearnerRequest, number: int) -> HttpResponse:
    """One question with what was answered. Those after the first open one come later."""
    sitting = assessment.current(request.learner)
    if not 1 <= number <= sitting.total:
        raise Http404
    if sitting.next_number and number > sitting.next_number:
        return redirect("careers:fit_question", sitting.next_number)
    asked = sitting.asked[number - 1]
    goal = sitting.first if number <= sitting.first else sitting.total
    context = {"sitting": sitting, "asked": asked, "goal": goal, "choices": choices(asked)}
    return render(request, "careers/fit_question.html", context)


def choices(asked: assessment.Asked) -> list[tuple[str, str]]:
    """What one may answer: values and words."""
    if asked.item.scale is None:
        return [(option.key, option.text) for option in asked.item.options.all()]
    return [(str(value), word) for value, word in enumerate(asked.item.instrument.answers, start=1)]


@require_POST
@login_not_required
def answer_fit(request: LearnerRequest, number: int) -> HttpResponse:
    """Keep an answer and lead to the next question, or to the result. A visitor becomes a guest."""
    now = clock.now()
    key, given = request.POST.get("item", ""), request.POST.get("answer", "")
    try:
        user = guests.ensure(request, now=now)
        sitting = assessment.answer(user=user, key=key, given=given, now=now)
    except assessment.NoAnswer:
        messages.error(request, _("That was no answer to this question. Choose one of those below."))
        return redirect("careers:fit_question", number)
    if number >= sitting.total or number == sitting.first:
        if sitting.next_number is None or sitting.next_number > sitting.first:
            return redirect("careers:fit_result")
        return redirect("careers:fit_question", sitting.next_number)
    return redirect("careers:fit_question", number + 1)


@require_safe
@login_not_required
@never_cache
def fit_result(request: LearnerRequest, number: int | None = None) -> HttpResponse:
    """A learner's newest result, or an earlier one by its number."""
    found = report.of(request.learner, number=number) if request.learner else None
    if found is None:
        if number is None:
            return redirect("careers:fit")
        raise Http404
    sitting = assessment.current(request.learner)
    context = {
        "report": found,
        "sitting": sitting,
        "newest": sitting.responses is not None and sitting.responses.number == found.number,
        "mark": picture.mark(report.outcome(found.result)),
        "reactions": PreviewReaction.Reaction.choices,
    }
    return render(request, "careers/fit_result.html", context)


@require_safe
@login_not_required
@never_cache
def fit_memo(request: LearnerRequest) -> HttpResponse:
    """One page to print: the result, the answers behind it, and lines for a decision."""
    found = report.of(request.learner) if request.learner else None
    if found is None:
        return redirect("careers:fit")
    context = {
        "report": found,
        "tasks": already.offer(request.learner).chosen,
    }
    return render(request, "careers/fit_memo.html", context)


@require_safe
@login_not_required
@never_cache
def fit_memo_pdf(request: LearnerRequest) -> HttpResponse:
    """The same page as a file to keep or to hand on."""
    found = report.of(request.learner) if request.learner else None
    if found is None:
        return redirect("careers:fit")
    verdict = render_to_string("careers/fit_verdict.html", {"result": found.result}).strip()
    tasks = already.offer(request.learner).chosen
    name = request.learner.name if request.learner else ""
    content = memo.document(found, verdict=verdict, name=name, tasks=tasks, now=found.result.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="decision-memo.pdf"'
    return answer


@require_POST
@login_not_required
def react_to_previews(request: LearnerRequest) -> HttpResponse:
    """Keep how a learner takes the good and the dull part of either role."""
    now = clock.now()
    given = [
        (scale, part, request.POST[name])
        for scale in Scale.Key.values
        for part in PreviewReaction.Part.values
        if (name := f"{scale}-{part}") in request.POST
    ]
    try:
        if request.learner is None:
            raise assessment.NoAnswer
        assessment.react(user=request.learner, given=given, now=now)
    except assessment.NoAnswer:
        messages.error(
            request, _("That could not be kept. Take the fit check first, then choose from the list.")
        )
        return redirect("careers:fit")
    messages.success(request, _("Kept. Only you see it."))
    return redirect("careers:fit_result")


@require_POST
@login_not_required
def take_fit_again(request: LearnerRequest) -> HttpResponse:
    """Begin again; the old result stays."""
    after = request.POST.get("after", "")
    if request.learner and after.isascii() and after.isdigit():
        assessment.take_again(user=request.learner, after=int(after[:4]), now=clock.now())
    return redirect("careers:fit")

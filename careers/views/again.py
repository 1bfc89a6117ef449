"""Six statements of the fit check, asked again after a module; whoever wants skips them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import LearnerRequest
from careers import again
from careers.assessment import Asked, NoAnswer
from courses.models import Module
from mailing import clock


@require_safe
@login_not_required  # guests are asked too
@never_cache
def fit_after(request: LearnerRequest, course: str, module: str) -> HttpResponse:
    """The six statements on one page."""
    row = get_object_or_404(Module.objects.select_related("course"), course__key=course, key=module)
    asked = again.questions(request.learner)[1] if request.learner else []
    if not asked:
        return redirect("careers:fit")
    return _form(request, row, asked)


@require_POST
@login_not_required
def answer_fit_after(request: LearnerRequest, course: str, module: str) -> HttpResponse:
    """Keep all six answers; where one is missing, say which, and keep what was chosen on the page."""
    row = get_object_or_404(Module.objects.select_related("course"), course__key=course, key=module)
    if request.learner is None:
        return redirect("careers:fit")
    given = {key.removeprefix("item-"): str(value) for key, value in request.POST.items()}
    try:
        again.answer(user=request.learner, module=row, given=given, now=clock.now())
    except NoAnswer:
        asked = again.questions(request.learner)[1]
        return _form(request, row, asked, given) if asked else redirect("careers:fit")
    messages.success(request, _("Kept. This is where you stand now."))
    return redirect("careers:fit_result")


@require_POST
@login_not_required
def skip_fit_after(request: LearnerRequest, course: str, module: str) -> HttpResponse:
    """Note that a learner is not to be asked after this module."""
    row = get_object_or_404(Module.objects.select_related("course"), course__key=course, key=module)
    if request.learner:
        again.skip(user=request.learner, module=row, now=clock.now())
    return redirect("portal:dashboard")


def _form(
    request: LearnerRequest, module: Module, asked: list[Asked], given: dict[str, str] | None = None
) -> HttpResponse:
    """The form; `given` is what was sent with an answer missing."""
    words = [(str(value), word) for value, word in enumerate(asked[0].item.instrument.answers, start=1)]
    rows = [(each.item, (given or {}).get(each.item.key, "")) for each in asked]
    missing = sum(not row[1] for row in rows) if given is not None else 0
    context = {"module": module, "rows": rows, "words": words, "missing": missing}
    return render(request, "careers/fit_after.html", context, status=400 if given is not None else 200)

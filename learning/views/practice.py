"""Practising what was missed in a quiz. Nothing that is answered here is kept."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import LearnerRequest
from courses import outline
from courses.grading import InvalidResponse
from learning import practice, results, sheets
from learning.models import Attempt
from learning.views import unsent
from learning.views.doors import due_of, with_due

NOTHING = gettext_lazy(
    "There is nothing to practise here now. If this quiz is open in another attempt, hand that in first."
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def practise(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """One question of the round (`?question=2`): asked, or, after its answer was sent, answered with why."""
    if request.learner is None:
        return unsent.log_in_first(request, request.get_full_path())
    try:
        attempt = sheets.attempt_of(request.learner, attempt_id, **with_due(request.learner))
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    exercises = practice.round_of(attempt) if attempt.submitted_at else []
    if not exercises:
        messages.info(request, NOTHING)
        return redirect("learning:result", attempt.pk)
    given = request.GET.get("question", "")
    number = int(given) if given in map(str, range(1, len(exercises) + 1)) else 1
    exercise = exercises[number - 1]
    context = {
        "attempt": attempt,
        "body": attempt.quiz_version.body,
        "number": number,
        "exercises": exercises,
        **due_of(attempt),
    }
    return render(request, "learning/practise.html", {**context, **_shown(request, attempt, exercise)})


def _shown(request: LearnerRequest, attempt: Attempt, exercise: practice.Exercise) -> dict[str, object]:
    if request.method != "POST":
        waiting = unsent.kept(request, request.get_full_path())
        return {"item": exercise.ask(str(unsent.SEND_AGAIN) if waiting else "", waiting)}
    form = dict(request.POST.lists())
    try:
        item = exercise.answered(form)
    except InvalidResponse as reason:
        return {"item": exercise.ask(str(reason), form)}
    unsent.forget(request)
    course = attempt.quiz.course
    plan = outline.of(course) if course.live_version else None
    return {"item": item, "passage": results.passage_of(exercise.version, plan)}

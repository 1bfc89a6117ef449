"""The cards of the review: one after the other, what was right, and taking an answer back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import LearnerRequest
from accounts.models import User
from courses import outline
from courses.grading import InvalidResponse
from courses.presentation import QuestionView
from learning import asking, results
from learning import review as reviewing
from learning.asking import Showing
from learning.models import ReviewCard, ReviewLog
from learning.views import unsent
from learning.views.doors import given_sureness
from mailing import clock

LATE = gettext_lazy("This card was answered before. The answer that stands is below.")


@require_safe
@login_not_required
@never_cache
def review_card(request: LearnerRequest) -> HttpResponse:
    """The card to answer now; one that was taken back (`?card=`) first."""
    if request.learner is None:
        return redirect("learning:review")
    standing = reviewing.standing(request.learner, today=localdate())
    wanted = request.GET.get("card", "")
    first = [card for card in standing.set if str(card.pk) == wanted]
    card = next(iter([*first, *standing.set]), None)
    showing = asking.ask(asking.card_of(request.learner, card.pk)) if card else None
    if showing is None:
        return redirect("learning:review")
    waiting = unsent.kept(request, _card_url(showing.card.pk))
    item = showing.ask(str(unsent.SEND_AGAIN) if waiting else "", waiting)
    return _asked(request, showing, item, left=len(standing.set))


@require_POST
@login_not_required
def answer_card(request: LearnerRequest, card_id: int) -> HttpResponse:
    """Take an answer and go on to what was right. A form sent twice shows the answer that stands."""
    if request.learner is None:
        return unsent.log_in_first(request, _card_url(card_id))
    number, version_id = _whole(request, "number"), _whole(request, "version")
    try:
        log = reviewing.answer(
            user=request.learner,
            card_id=card_id,
            version_id=version_id,
            number=number,
            form=dict(request.POST.lists()),
            sureness=given_sureness(request.POST),
            now=clock.now(),
        )
    except ReviewCard.DoesNotExist as error:
        raise Http404 from error
    except reviewing.Late as late:
        messages.warning(request, LATE)
        return redirect("learning:review_answer", late.log.pk) if late.log else redirect("learning:review")
    except InvalidResponse as reason:
        showing = asking.again(asking.card_of(request.learner, card_id), version_id, number)
        item = showing.ask(str(reason), dict(request.POST.lists()))
        return _asked(request, showing, item, status=400)
    unsent.forget(request)
    return redirect("learning:review_answer", log.pk)


@require_safe
@login_not_required
@never_cache
def review_answer(request: LearnerRequest, log_id: int) -> HttpResponse:
    """What was right and why, where it is taught, and the next card."""
    if request.learner is None:
        return redirect_to_login(request.path)
    try:
        found = reviewing.answered(request.learner, log_id, today=localdate())
    except ReviewLog.DoesNotExist as error:
        raise Http404 from error
    standing = reviewing.standing(request.learner, today=localdate())
    objective = found.log.card.objective
    plan = outline.of(objective.course) if objective and objective.course.live_version else None
    context = {
        "log": found.log,
        "can_undo": found.can_undo,
        "item": found.showing.answered(),
        "passage": results.passage_of(found.showing.version, plan) if objective else None,
        "due_on": found.log.card.due_on,
        "left": len(standing.set),
        "due": len(standing.set),
    }
    return render(request, "learning/review_answer.html", context)


@require_POST
@login_not_required
def undo_review(request: LearnerRequest, log_id: int) -> HttpResponse:
    """Take back the last answer and ask that card again."""
    learner: User | None = request.learner
    if learner is None:
        return redirect_to_login(reverse("learning:review"))
    try:
        card = reviewing.undo(user=learner, log_id=log_id, now=clock.now())
    except ReviewLog.DoesNotExist as error:
        raise Http404 from error
    if card is None:
        messages.warning(request, _("Only the last answer can be taken back, and only on the same day."))
        return redirect("learning:review_answer", log_id)
    messages.info(request, _("Your last answer is taken back."))
    return redirect(_card_url(card.pk))


def _card_url(card_id: int) -> str:
    return f"{reverse('learning:review_card')}?card={card_id}"


def _asked(
    request: LearnerRequest, showing: Showing, item: QuestionView, *, left: int = 0, status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"card": showing.card, "showing": showing, "item": item, "left": left}
    if left:  # else nobody has counted, and the navigation asks for itself
        context["due"] = left
    return render(request, "learning/review_card.html", context, status=status)


def _whole(request: LearnerRequest, name: str) -> int:
    """A number that the form carries; whatever is none stands for nothing that exists."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0

"""The drill and the adverts, for guests too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from courses import marks
from courses.models import Advert, AdvertDuty, DrillSentence, Label
from learning import adverts, confusions
from learning import drill as drills
from learning.models import DrillAnswer
from mailing import clock

LABELS = [(label.value, label.label) for label in Label]


@require_safe
@login_not_required
@never_cache
def drill(request: LearnerRequest) -> HttpResponse:
    """The next sentence, and what the learner tells apart so far."""
    turn = drills.next_turn(request.learner, today=localdate())
    context = {"turn": turn, "labels": LABELS}
    if request.htmx.target == "drill":  # type: ignore[attr-defined]  # django-htmx sets it
        return render(request, "learning/drill.html#asked", {**context, "swapped": True})
    return render(request, "learning/drill.html", context)


@require_POST
@login_not_required
def answer_drill(request: LearnerRequest) -> HttpResponse:
    """Keep the answer to a turn and show at once why. A visitor becomes a guest."""
    number, given = request.POST.get("number", ""), request.POST.get("label", "")
    key = request.POST.get("sentence", "").replace("\x00", "")  # PostgreSQL knows no such character
    sentence = DrillSentence.objects.filter(key=key).first()
    if sentence is None or given not in Label.values or not (number.isascii() and number.isdigit()):
        messages.error(request, _("That was no answer to a sentence. Here is one to answer."))
        return redirect("learning:drill")
    now = clock.now()
    try:
        answered = drills.answer(
            user=guests.ensure(request, now=now),
            number=int(number[:9]),
            sentence=sentence,
            given=Label(given),
            now=now,
        )
    except drills.NotAsked:
        messages.error(request, _("That answer came from an old page, so it was not counted."))
        return redirect("learning:drill")
    if request.htmx.target == "drill":  # type: ignore[attr-defined]  # django-htmx sets it
        return render(request, "learning/drill_answered.html#answered", _answered(answered, swapped=True))
    return redirect("learning:drill_answered", answered.number)


@require_safe
@login_not_required
@never_cache
def drill_answered(request: LearnerRequest, number: int) -> HttpResponse:
    """The learner's answer to one turn, with the reason."""
    if request.learner is None:
        raise Http404
    try:
        answered = drills.get(request.learner, number)
    except DrillAnswer.DoesNotExist as error:
        raise Http404 from error
    return render(request, "learning/drill_answered.html", _answered(answered))


def _answered(answered: DrillAnswer, *, swapped: bool = False) -> dict[str, object]:
    wrong_idea = drills.misconception_behind(answered)
    return {
        "answered": answered,
        "expected": confusions.WORDS[answered.expected],
        "given": confusions.WORDS[answered.given],
        "misconception": wrong_idea,
        "mark": marks.of_sentence(answered.sentence_id),
        "swapped": swapped,
    }


@require_safe
@login_not_required
def drill_adverts(request: LearnerRequest) -> HttpResponse:
    """The list of adverts."""
    rows = Advert.objects.filter(archived_at__isnull=True)
    return render(request, "learning/drill_adverts.html", {"adverts": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def drill_advert(request: LearnerRequest, key: str) -> HttpResponse:
    """One advert: mark its duties, then see what they make of it. Nothing is kept."""
    row = get_object_or_404(Advert, key=key, archived_at__isnull=True)
    duties = list(row.duties.all())
    given = {duty.key: request.POST.get(f"duty-{duty.key}", "") for duty in duties}
    reading = adverts.read(duties, given)
    missing = sum(not marked.given for marked in reading.duties) if request.method == "POST" else 0
    context = {
        "advert": row,
        "reading": reading,
        "sides": AdvertDuty.Side.choices,
        "missing": missing,
        "marked": request.method == "POST" and not missing,
    }
    return render(request, "learning/drill_advert.html", context)

"""The reminder settings, and the page that mails' links lead to."""

from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from learning.forms import PauseForm, ReminderForm
from learning.reminders import contract, editors, history, links, mailed, preview, sample
from learning.reminders.contract import Change
from mailing import clock

SAID = {
    Change.GO_ON: gettext_lazy("The pause is over."),
    Change.STOP: gettext_lazy("You get no mails any more. To get them again, press “Save” here."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings_reminders(request: HttpRequest) -> HttpResponse:
    """Show and change what the learner asked for, with the next three mails and the last ten."""
    user, now = cast(User, request.user), clock.now()
    coming, action = preview.of(user, now=now), request.POST.get("action", "")
    asked = ReminderForm.initial_for(coming.standing.contract, coming.standing.wanted)
    form = ReminderForm(
        request.POST if action == "save" else None, initial=asked, hold_out=coming.standing.hold_out
    )
    today = now.astimezone(user.zone).date()
    pause = PauseForm(request.POST if action == "pause" else None, today=today)
    if said := _done(user, action, form, pause, now):
        messages.success(request, said)
        return redirect("learning:settings_reminders")
    context = {
        "form": form,
        "pause": pause,
        "preview": coming,
        "contract": coming.standing.contract,
        "history": history.of(user),
        "now": now,
        "editors": editors.wants(user) if editors.may_have(user) else None,
    }
    return render(request, "learning/reminders/settings_reminders.html", context)


def _done(user: User, action: str, form: ReminderForm, pause: PauseForm, now: datetime) -> str:
    """Do what was pressed and return what to say of it; empty while there is nothing, or a field is wrong."""
    if action in SAID:
        contract.change(user_id=user.pk, change=Change(action), now=now)
        return str(SAID[Change(action)])
    if action in ("editors_on", "editors_off") and editors.may_have(user):
        editors.switch(user=user, on=action == "editors_on")
        return _("Saved.")
    if action == "sample":
        sample.put(user=user, now=now)
        words = _(
            "Today's sample goes to %(address)s, if there is something to say. It counts as no reminder."
        )
        return words % {"address": user.email}
    if pause.is_valid():
        contract.change(user_id=user.pk, change=Change.PAUSE, until=pause.cleaned_data["until"], now=now)
        return _("Paused. After that the mails go on by themselves.")
    if form.is_valid():
        contract.save(user=user, now=now, **form.cleaned_data)
        return _("Saved. Below are the next mails.")
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # mail programs post here without a cookie (RFC 8058); the token is the right to do it
@login_not_required
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button for a change of reminders (GET), or make it (POST). Without a word it means to stop."""
    template = "learning/reminders/unsubscribe.html"
    try:
        user_id = links.user_id_of(token)
    except links.BadTokenError:
        return render(request, template, {"refused": True}, status=404)
    asked = request.POST.get("change") or request.GET.get("change")
    change = Change(asked) if asked in (Change.FEWER, Change.PAUSE) else Change.STOP
    if request.method == "POST":
        contract.change(user_id=user_id, change=change, now=clock.now())
    return render(request, template, {"change": change, "done": request.method == "POST"})


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # whoever holds the mail has the right to answer its one question; nothing else opens here
@login_not_required
@never_cache
def mailed_question(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the question of a mail (GET changes nothing), or take its answer and say what was right."""
    template, now = "learning/reminders/mailed_question.html", clock.now()
    try:
        asked = links.asked_card(token)
        if request.method == "POST":
            found = mailed.answer(asked, dict(request.POST.lists()), now=now)
        else:
            found = mailed.look(asked, now=now)
    except (links.BadTokenError, mailed.GoneError):
        return render(request, template, {"refused": True}, status=404)
    status = 400 if found.item.error else 200
    return render(request, template, {"item": found.item, "log": found.log}, status=status)

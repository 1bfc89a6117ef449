"""The reminder settings, and the page that mails' links lead to."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from learning.forms import ReminderForm
from learning.reminders import contract, links, preview
from learning.reminders.contract import Change
from mailing import clock

SAID = {
    Change.PAUSE: "Paused for two weeks. After that the mails go on by themselves.",
    Change.GO_ON: "The pause is over.",
    Change.STOP: "You get no mails any more. To get them again, press “Save” here.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings_reminders(request: HttpRequest) -> HttpResponse:
    """Show and change what the learner asked for, with the next three mails."""
    user, now = cast(User, request.user), clock.now()
    change = next((one for one in SAID if one == request.POST.get("action")), None)
    if change is not None:
        contract.change(user_id=user.pk, change=change, now=now)
        messages.success(request, SAID[change])
        return redirect("learning:settings_reminders")
    coming = preview.of(user, now=now)
    form = ReminderForm(request.POST or None, initial=ReminderForm.initial_for(coming.standing.contract))
    if form.is_valid():
        contract.save(user=user, now=now, **form.cleaned_data)
        messages.success(request, "Saved. Below are the next mails.")
        return redirect("learning:settings_reminders")
    return render(
        request,
        "learning/reminders/settings_reminders.html",
        {"form": form, "preview": coming, "contract": coming.standing.contract, "now": now},
    )


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

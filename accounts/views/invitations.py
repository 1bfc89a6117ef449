"""The page that an invitation's link opens."""

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import guests, invitations
from accounts.forms import PersonForm
from accounts.middleware import LearnerRequest
from mailing import clock


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def accept_invitation(request: LearnerRequest, token: str) -> HttpResponse:
    """Ask who follows the invitation (GET changes nothing), or make their account and log them in."""
    template, now = "accounts/accept_invitation.html", clock.now()
    if request.user.is_authenticated:
        return redirect("portal:dashboard")
    form = PersonForm(request.POST or None)
    try:
        found = invitations.find(token, now=now)
        if request.method != "POST" or not form.is_valid():
            return render(request, template, {"form": form, "email": found.email})
        user = invitations.accept(
            invitation_id=found.pk,
            guest=guests.find(request),
            name=form.cleaned_data["name"],
            time_zone=form.cleaned_data["time_zone"],
            theme=request.COOKIES.get("theme", ""),
            now=now,
        )
    except invitations.NotGoodError as reason:
        return render(request, template, {"refused": str(reason)}, status=410)
    response: HttpResponse = perform_login(request, user, email=user.email, signup=True)
    return response

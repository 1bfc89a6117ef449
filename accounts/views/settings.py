"""Settings, a guest's "Not now", and one page of django-allauth with a limit of ours."""

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import guests
from accounts.forms import ProfileForm, ThemeForm, allow_code_mail
from accounts.middleware import LearnerRequest
from accounts.models import User

THEME_COOKIE = "theme"
YEAR = 365 * 24 * 3600


def member_of(request: LearnerRequest) -> User:
    """Return the logged-in person; a page that is closed to others has one."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def back(request: LearnerRequest, otherwise: str) -> HttpResponse:
    """Go to the posted `next` if that is on this host, else to the page of this name."""
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return redirect(url if safe else resolve_url(otherwise))


@require_safe
def settings_home(request: LearnerRequest) -> HttpResponse:
    """The first section, for those who shorten an address by hand."""
    return redirect("accounts:settings_profile")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def settings_profile(request: LearnerRequest) -> HttpResponse:
    """Name, time zone and appearance; address, password and second step are linked."""
    form = ProfileForm(request.POST or None, instance=member_of(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:settings_profile")
    return render(request, "accounts/settings_profile.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def set_theme(request: LearnerRequest) -> HttpResponse:
    """Light, dark or as the device: for guests in a cookie, for learners in their row too."""
    form = ThemeForm(
        request.POST or None, initial={"theme": request.COOKIES.get(THEME_COOKIE, User.Theme.SYSTEM)}
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/set_theme.html", {"form": form})
    theme = form.cleaned_data["theme"]
    if request.learner is not None:
        User.objects.filter(pk=request.learner.pk).update(theme=theme)
    response = back(request, "accounts:set_theme")
    age = 0 if theme == User.Theme.SYSTEM else YEAR
    # Scripts read it too: the page must have its colours before it is painted.
    response.set_cookie(THEME_COOKIE, theme, max_age=age, secure=settings.HTTPS, samesite="Lax")
    return response


@require_POST
@login_not_required
def keep_decline(request: LearnerRequest) -> HttpResponse:
    """Note a guest's "Not now" and put the card away."""
    if request.learner is not None and request.learner.is_guest:
        guests.decline(request.learner, module_done="module_done" in request.POST)
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx's middleware
        return HttpResponse("")
    return back(request, "portal:home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def confirm_login_code(request: LearnerRequest) -> HttpResponseBase:
    """django-allauth's page for the code; another code is sent only as often as one address may have one."""
    login = unstash_login(request, peek=True)
    if request.POST.get("action") == "resend" and login and not allow_code_mail(login.email or ""):
        messages.error(request, get_adapter().error_messages["rate_limited"])
        return redirect("account_confirm_login_code")
    before = _sent_again(request)
    response: HttpResponseBase = allauth_views.confirm_login_code(request)
    if login and login.user is None and login.email and _sent_again(request) > before:
        # The library writes again only where a code can be used: a clock would tell who is known.
        if login.signup:
            get_adapter().send_account_already_exists_mail(login.email)
        else:
            send_unknown_account_mail(request, login.email)
    return response


def _sent_again(request: LearnerRequest) -> int:
    """Return how often another code was asked for in this log-in."""
    login = unstash_login(request, peek=True)
    stages = login.state.get("stages", {}) if login else {}
    data = (stage.get("data", {}) for stage in stages.values() if isinstance(stage, dict))
    return sum(each.get("resend_count", 0) for each in data)

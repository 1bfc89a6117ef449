"""A person's own data: who sees it, a copy to take along, and the end of the account."""

import time
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirmation, groups, guests, mails
from accounts.caching import empty_browser
from accounts.forms import CodeForm, allow_code_mail
from accounts.middleware import LearnerRequest
from accounts.models import User
from accounts.privacy import archive, erasure, exports, look_ins, records
from accounts.views.settings import THEME_COOKIE, member_of
from mailing import clock

PURPOSE = "own data"


def is_fresh(request: LearnerRequest) -> bool:
    """Say whether this person proved within five minutes that it is they: by logging in, or by a code.

    Guests have no way to prove it but their cookie, which is how they came here.
    """
    if request.learner is None or request.learner.is_guest:
        return request.learner is not None
    proofs = get_authentication_records(request, request.learner)
    last: float = max((proof["at"] for proof in proofs), default=0.0)
    return time.time() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def confirm_first(request: LearnerRequest, page: str) -> HttpResponse:
    """Lead to the code, and from there to `page`."""
    return redirect(f"{resolve_url('accounts:confirm_person')}?{urlencode({'next': resolve_url(page)})}")


def next_page(request: LearnerRequest) -> str:
    """Return the page of this host that the code leads to."""
    url = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if safe else resolve_url("accounts:settings_privacy")


@require_safe
@login_not_required
@never_cache
def settings_privacy(request: LearnerRequest) -> HttpResponse:
    """Who sees what, who looked, what is stored, which cookies there are, and the two ways out."""
    if request.learner is None:
        return redirect_to_login(request.path)
    weights = [weight for weight in records.weigh(request.learner) if weight.rows]
    cookies = {
        "session": settings.SESSION_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
        "guest": guests.COOKIE,
        "theme": THEME_COOKIE,
    }
    context = {
        "cookies": cookies,
        "weights": weights,
        "rows": sum(weight.rows for weight in weights),
        "size": sum(weight.size for weight in weights),
        "groups": groups.told(request.learner),
        "look_ins": [(row, look_ins.name_of(row)) for row in look_ins.of(request.learner)],
        **_export(request, request.learner),
    }
    return render(request, "accounts/settings_privacy.html", context)


def _export(request: LearnerRequest, learner: User) -> dict[str, Any]:
    return {"export": exports.of(learner, now=clock.now()), "fresh": is_fresh(request)}


@require_safe
@login_not_required
@never_cache
def export_progress(request: LearnerRequest) -> HttpResponse:
    """How far the worker is with the file: the part of the page that asks again by itself."""
    if request.learner is None:
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx's middleware
        return redirect("accounts:settings_privacy")
    return render(request, "accounts/own_data/export.html", _export(request, request.learner))


@require_POST
@login_not_required
@never_cache
def download_data(request: LearnerRequest) -> HttpResponseBase:
    """Hand out everything that is this person's, at once where it is not much, else by a worker."""
    learner, now = request.learner, clock.now()
    if learner is None:
        return redirect_to_login(resolve_url("accounts:settings_privacy"))
    if not is_fresh(request):
        return confirm_first(request, "accounts:settings_privacy")
    rows = sum(weight.rows for weight in records.weigh(learner))
    if rows > exports.AT_ONCE:
        exports.ask(user=learner, rows=rows, now=now)
        return redirect(f"{resolve_url('accounts:settings_privacy')}#data-heading")
    if learner.email:
        mails.put("account/email/data_taken", email=learner.email, context={}, now=now)
    return FileResponse(exports.make_now(learner, now=now), as_attachment=True, filename=archive.NAME)


@require_safe
@login_not_required
@never_cache
def fetch_export(request: LearnerRequest, export_id: UUID) -> HttpResponseBase:
    """Hand out the file that a worker has made, to its owner only."""
    learner, now = request.learner, clock.now()
    if learner is None:
        raise Http404
    if not is_fresh(request):
        return confirm_first(request, "accounts:settings_privacy")
    found = exports.fetch(user=learner, export_id=export_id, now=now)
    if found is None:
        raise Http404
    if learner.email:
        mails.put("account/email/data_taken", email=learner.email, context={}, now=now)
    return FileResponse(found, as_attachment=True, filename=archive.NAME)


@require_POST
def send_code(request: LearnerRequest) -> HttpResponse:
    """Mail the code that proves who asks."""
    user, now = member_of(request), clock.now()
    if user.email and allow_code_mail(user.email):
        code = confirmation.issue(request.session, purpose=PURPOSE, now=now)
        mails.put("account/email/own_data_code", email=user.email, context={"code": code}, now=now)
    else:
        messages.error(request, get_adapter().error_messages["rate_limited"])
    return redirect(f"{resolve_url('accounts:confirm_person')}?{urlencode({'next': next_page(request)})}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm_person(request: LearnerRequest) -> HttpResponse:
    """Take the code from the mail; it holds for five minutes, for the download and for the erasing."""
    user, now = member_of(request), clock.now()
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if confirmation.check(request.session, purpose=PURPOSE, code=form.cleaned_data["code"], now=now):
            record_authentication(request, user, method="code", reauthenticated=True)
            return redirect(next_page(request))
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
    waiting = confirmation.is_waiting(request.session, purpose=PURPOSE, now=now)
    context = {"form": form, "waiting": waiting, "next": next_page(request)}
    return render(request, "accounts/confirm_person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def erase_account(request: LearnerRequest) -> HttpResponse:
    """Say what goes and when; then put the account to sleep, or forget a guest at once."""
    learner, now = request.learner, clock.now()
    if learner is None:
        return redirect_to_login(request.path)
    if request.method != "POST":
        return render(request, "accounts/erase_account.html", {"fresh": is_fresh(request)})
    if learner.is_guest:
        erasure.erase(user=learner, now=now)
        request.learner = None
        messages.success(request, _("What you did here is gone, and this browser with it."))
    elif not is_fresh(request):
        return confirm_first(request, "accounts:erase_account")
    else:
        asleep = erasure.ask(user=learner, now=now)
        logout(request)
        end = erasure.day_of(asleep)
        words = _("Your account sleeps, and is erased on %(day)s. Until then the link in our mail undoes it.")
        messages.success(request, words % {"day": end})
    response = redirect("portal:home")
    empty_browser(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def undo_erasure(request: LearnerRequest, token: str) -> HttpResponse:
    """Wake a sleeping account: for whoever has its mail, or has just proven to be its owner."""
    try:
        user = erasure.sleeper(token)
    except erasure.BadTokenError:
        return render(request, "accounts/undo_erasure.html", {"gone": True}, status=404)
    if request.method == "POST" and erasure.undo(user=user, now=clock.now()):
        messages.success(request, _("Your account is back, with everything in it. Log in as you always did."))
        return redirect("account_login")
    return render(request, "accounts/undo_erasure.html", {"sleeper": user})

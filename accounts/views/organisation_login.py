"""The way to the organisation's own log-in, and back."""

from collections.abc import Callable

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from requests import RequestException


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the organisation's log-in; where it does not answer, say so, as on the way back from it.

    A page leads there and no redirect: the policy of the page with the form would have to name every host
    on the way, and many a log-in hands people on to another one.
    """
    answer = _answered(allauth_views.login, request, provider_id)
    if isinstance(answer, HttpResponseRedirect):
        return render(request, "socialaccount/leaving.html", {"there": answer.url})
    return answer


@require_http_methods(["GET", "HEAD"])
@login_not_required
@never_cache
def openid_connect_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take up who comes back from there."""
    return _answered(allauth_views.callback, request, provider_id)


def _answered(view: Callable[..., HttpResponse], request: HttpRequest, provider_id: str) -> HttpResponse:
    """Ask the log-in; where its answer is none, or none that OpenID Connect knows, say so."""
    try:
        return view(request, provider_id)
    except (RequestException, ValueError, KeyError) as error:
        provider = get_adapter().get_provider(request, provider_id)
        failed: HttpResponse = render_authentication_error(request, provider, exception=error)
        return failed

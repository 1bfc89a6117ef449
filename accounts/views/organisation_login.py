"""The way to the organisation's own log-in."""

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods
from requests import RequestException


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the organisation's log-in; where it does not answer, say so, as on the way back from it."""
    try:
        answer: HttpResponse = allauth_views.login(request, provider_id)
    except (RequestException, ValueError) as error:
        provider = get_adapter().get_provider(request, provider_id)
        answer = render_authentication_error(request, provider, exception=error)
    return answer

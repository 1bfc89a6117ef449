"""The mail provider's way in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mailing import clock, events
from mailing.views import providers


@require_http_methods(["HEAD", "POST"])
@csrf_exempt  # a provider has no cookie; its user name and password are its right to speak
@login_not_required
@never_cache
def mail_events(request: HttpRequest) -> HttpResponse:
    """Take the bounces and complaints that the provider tells of. Whether an address is known is not said."""
    if not settings.MAIL_PROVIDER:
        raise Http404
    if request.method == "HEAD":  # some providers try the address first
        return HttpResponse()
    now = clock.now()
    try:
        events.take(providers.read(request, now=now), now=now)
    except providers.RefusedError:
        return HttpResponse("Wrong user name or password.", status=401, content_type="text/plain")
    except providers.UnreadableError:
        return HttpResponse("This cannot be read.", status=400, content_type="text/plain")
    return HttpResponse("Taken.", content_type="text/plain")

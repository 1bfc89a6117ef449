"""Signs of life for load balancers and containers. Strangers learn nothing else from them."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mailing import clock
from portal import metrics as figures
from portal.health import broker_is_ready, database_is_ready


@require_safe
@login_not_required
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all. Asks nobody else, so an outage restarts no web server."""
    return JsonResponse({"status": "live"})


@require_safe
@login_not_required
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served; 503 when PostgreSQL is down or lacks a migration of this code."""
    if not database_is_ready():
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ready", "broker": "ok" if broker_is_ready() else "degraded"})


@require_safe
@login_not_required
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for who sends METRICS_TOKEN as bearer token. Without that setting: no page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "")
    if not constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse("Authorization: Bearer METRICS_TOKEN", status=401, content_type="text/plain")
    return HttpResponse(figures.page(now=clock.now()), content_type=figures.FORMAT)

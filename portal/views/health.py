"""Signs of life for load balancers and containers. Strangers learn nothing else from them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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

"""What makes the portal an app on a phone, and what serves saved modules there while the network is away."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import organisation
from accounts.caching import release

PAPER = "#fcfaf5"
"""The ground of pages in light; a manifest knows one colour. Pages name the dark one themselves."""

HOUR = 3600


@require_safe
@login_not_required
def manifest(request: HttpRequest) -> JsonResponse:
    """Name, pictures and colours of the portal as an app."""
    name = organisation.current().name
    sizes = {"icons/192.png": "192x192", "icons/512.png": "512x512"}
    icons = [{"src": static(file), "sizes": size, "type": "image/png"} for file, size in sizes.items()]
    maskable = {"src": static("icons/maskable.png"), "sizes": "512x512", "type": "image/png"}
    about = {
        "id": "/",
        "name": name,
        "short_name": name if len(name) <= 12 else name.split()[0][:12],
        "description": _("Two jobs share the letters PM. Find out which is yours."),
        "lang": settings.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("portal:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [*icons, {**maskable, "purpose": "maskable"}],
        "shortcuts": [
            {"name": _("Progress"), "url": reverse("portal:dashboard")},
            {"name": _("Review"), "url": reverse("learning:review")},
            {"name": _("Saved on this device"), "url": reverse("learning:saved_modules")},
        ],
    }
    response = JsonResponse(about, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response


@require_safe
@login_not_required
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that serves saved modules: another one with each release of templates and static files."""
    text = "text/javascript; charset=utf-8"
    response = render(None, "portal/sw.js", {"release": release()[:16]}, content_type=text)
    patch_cache_control(response, no_cache=True)
    return response

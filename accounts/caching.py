"""Pages that are the same for every visitor: caches keep them, browsers ask again cheaply."""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from accounts import guests, organisation
from accounts.models import Organisation

FRESH_SECONDS = 60
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def is_visitor(request: HttpRequest) -> bool:
    """Say whether nobody is known behind the request: no session, no guest, no message waiting."""
    return not {settings.SESSION_COOKIE_NAME, guests.COOKIE, CookieStorage.cookie_name} & set(request.COOKIES)


def public_page(request: HttpRequest, *, stamp: object, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return a page that every visitor sees alike; `stamp` changes whenever its content does.

    Visitors get an ETag, a 304 without rendering where theirs still stands, and an answer that shared caches
    may keep for a minute. Whoever has a session or is a guest gets a page that only their browser keeps.
    """
    if not is_visitor(request):
        response = answer()
        patch_cache_control(response, private=True, no_cache=True)
    else:
        names = [field.attname for field in Organisation._meta.concrete_fields]
        who = [getattr(organisation.current(), name) for name in names]
        facts = (stamp, _release(), who, request.get_host(), request.scheme)
        tag = f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'
        response = get_conditional_response(request, etag=tag) or answer()
        response["ETag"] = tag
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    patch_vary_headers(response, ["Cookie"])
    return response


@cache
def _release() -> str:
    """Return what changes with the templates and static files that this process serves."""
    digest = hashlib.sha256()
    manifest = Path(str(settings.STATIC_ROOT)) / "staticfiles.json"
    for file in [*sorted(TEMPLATES.rglob("*.html")), manifest]:
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()

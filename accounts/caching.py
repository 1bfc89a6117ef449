"""Pages that are the same for every visitor: caches keep them, browsers ask again cheaply."""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import re_accepts_gzip
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from accounts import guests, organisation
from accounts.models import Organisation

FRESH_SECONDS = 60
KEPT_SECONDS = 600
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
        page = (stamp, release(), who, request.path)
        facts = (*page, request.get_host(), request.scheme)
        tag = f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'
        response = get_conditional_response(request, etag=tag) or _kept(request, repr(page), answer)
        response["ETag"] = tag
        patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    patch_vary_headers(response, ["Cookie"])
    return response


def _kept(request: HttpRequest, page: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer with the page as this process made it before, compressed where the browser takes that.

    It has nothing of anybody in it, so its length tells nothing. What has a form of its own, a cookie or a
    fault is not kept.
    """
    name = f"page:{hashlib.sha256(page.encode()).hexdigest()}"
    kept: tuple[str, bytes, bytes] | None = caches["versions"].get(name)
    if kept is None:
        made = answer()
        if made.status_code != 200 or made.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
            return made
        kept = (made["Content-Type"], made.content, gzip.compress(made.content))
        caches["versions"].set(name, kept, KEPT_SECONDS)
    content_type, plain, compressed = kept
    packed = re_accepts_gzip.search(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(compressed if packed else plain, content_type=content_type)
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def empty_browser(response: HttpResponseBase) -> None:
    """Have the browser drop what it keeps of this site: saved modules, unsent answers, the worker."""
    response["Clear-Site-Data"] = '"storage"'


@cache
def release() -> str:
    """Return 64 hex digits that change with templates, words and static files that this process serves."""
    digest = hashlib.sha256(settings.LANGUAGE_CODE.encode())
    manifest = Path(str(settings.STATIC_ROOT)) / "staticfiles.json"
    catalogues = [file for folder in settings.LOCALE_PATHS for file in sorted(Path(folder).rglob("*.mo"))]
    for file in [*sorted(TEMPLATES.rglob("*.html")), *catalogues, manifest]:
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()

"""What every answer carries: an id, a content policy, and what htmx needs to know."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from accounts import guests
from accounts.caching import empty_browser
from mailing import trace
from mailing.clock import now
from portal import metrics, visits

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FOREIGN_ID = re.compile(r"[A-Za-z0-9-]{8,36}")
log = logging.getLogger("portal.requests")


class ObservedMiddleware:
    """Give each request an id, and count and log its answer: by the name of its address, never by its path.

    Paths hold tokens. A proxy may send the id (X-Request-ID); the answer carries it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        own = sent if FOREIGN_ID.fullmatch(sent) else uuid4().hex
        before = trace.request_id.set(own)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            self.note(request, response.status_code, time.perf_counter() - started)
        finally:
            trace.request_id.reset(before)
        response["X-Request-ID"] = own
        return response

    def note(self, request: HttpRequest, status: int, duration: float) -> None:
        """Count the answer and write its line."""
        match, method = request.resolver_match, request.method or ""
        room = (match.namespace.partition(":")[0] if match else "") or "other"
        metrics.observe(room=room, method=method, status=status, duration=duration)
        if log.isEnabledFor(logging.INFO):
            name = match.view_name if match else ""
            about = {"address": name, "method": method[:10], "status": status, "ms": round(duration * 1000)}
            log.info("answered", extra=about)


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the page policy, or under /admin/ the admin's own. Both are put together once."""

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.page = build_policy(replace=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
        self.admin = build_policy(replace=settings.ADMIN_POLICY)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Choose the policy by address; a view that already replaced it (a decorator) keeps its own."""
        if any(name.startswith("_csp") for name in vars(response)):
            answer: HttpResponseBase = super().process_response(request, response)
            return answer
        if HEADER not in response:
            response[HEADER] = self.admin if request.path.startswith("/admin/") else self.page
        return response


class HtmxAnswersMiddleware:
    """Tell caches that answers differ for htmx, and turn redirects of htmx requests into whole-page moves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if getattr(request, "htmx", None) and response.status_code in (301, 302, 303):
            moved = HttpResponse(status=204)
            moved["HX-Location"] = response["Location"]
            moved.cookies = response.cookies
            patch_vary_headers(moved, ["HX-Request", "HX-Target"])
            return moved
        return response


class PrivateAnswersMiddleware:
    """Keep answers to somebody whom we may know out of every cache: nothing is left after the log-out.

    Who leaves takes along what their browser kept of this site, saved modules and unsent answers too.
    A view that says itself how long its answer keeps is left alone: it may be the same for everybody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match and match.view_name == "account_logout":
            empty_browser(response)
        known = {settings.SESSION_COOKIE_NAME, guests.COOKIE} & set(request.COOKIES)
        if known and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class Utf8FormsMiddleware:
    """Refuse a form whose parts claim another encoding than UTF-8.

    No page of ours sends one, and some encodings make text of it that cannot be stored or shown, or fail
    outright. Django itself refuses them in plain forms, not in those with parts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        encoding = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type == "multipart/form-data" and encoding.lower() not in ("utf-8", "utf8"):
            raise BadRequest("A form in another encoding than UTF-8.")
        return self.get_response(request)


class FormsOnlyMiddleware:
    """Answer in words who opens an address that only takes forms.

    People get there with a bookmark, or by logging in again after a form that they sent too late. Django's
    own answer has no text, and browsers then show an error of theirs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET":
            page = render(None, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response


class CountVisitsMiddleware:
    """Count who comes by, in memory: no query, no cookie."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        visits.note(request, status=response.status_code, day=now().date())
        return response

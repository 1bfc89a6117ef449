"""Pages for what went wrong. Each says what happened, that nothing was lost, and what to do next."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_SECONDS = 10
"""When programs that asked in vain may ask again."""


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    return render(None, "400.html", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: logged in or not, this page is not open to the person who asks."""
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such page, or one that belongs to someone else; the two look the same."""
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither the database nor the person who asked; 503 where that is away."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        answer = render(None, "503.html", status=503)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    return render(None, "500.html", status=500)

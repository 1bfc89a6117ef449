"""Help and the legal pages. The organisation's own texts replace the shipped ones."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def help(request: HttpRequest) -> HttpResponse:
    """Answers to what people really ask."""
    return render(request, "portal/help.html")


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, and why."""
    return render(request, "portal/privacy.html")


@require_safe
@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    """What learners and the organisation can expect of each other."""
    return render(request, "portal/terms.html")


@require_safe
@login_not_required
def imprint(request: HttpRequest) -> HttpResponse:
    """Who runs this portal."""
    return render(request, "portal/imprint.html")


@require_safe
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the portal works for everyone, and where to report a barrier."""
    return render(request, "portal/accessibility.html")

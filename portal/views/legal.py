"""Help and the legal pages. The organisation's own texts replace the shipped ones."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from accounts import organisation
from accounts.caching import public_page
from courses import markdown


@require_safe
@login_not_required
def help(request: HttpRequest) -> HttpResponse:
    """Answers to what people really ask."""
    return public_page(request, stamp="help", answer=lambda: render(request, "portal/help.html"))


@require_safe
@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about whom, and why."""
    return legal_page(request, "portal/privacy.html", organisation.current().privacy_text)


@require_safe
@login_not_required
def terms(request: HttpRequest) -> HttpResponse:
    """What learners and the organisation can expect of each other."""
    return legal_page(request, "portal/terms.html", organisation.current().terms_text)


@require_safe
@login_not_required
def imprint(request: HttpRequest) -> HttpResponse:
    """Who runs this portal."""
    return legal_page(request, "portal/imprint.html", organisation.current().imprint_text)


@require_safe
@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the portal works for everyone, and where to report a barrier."""
    return legal_page(request, "portal/accessibility.html")


def legal_page(request: HttpRequest, template: str, own_text: str = "") -> HttpResponse:
    """The organisation's own Markdown, cleaned by the rules for lessons, or else the shipped text."""
    segments = markdown.render(own_text, lesson_url=lambda key: reverse("courses:catalog"))
    html = "".join(segment.html for segment in segments if segment.kind in ("html", "term"))
    context = {"legal_html": SafeString(html.strip())}
    return public_page(request, stamp=template, answer=lambda: render(request, template, context))

"""The frame of every page: put together once for all who see it alike, and kept while the process lives.

Put together anew, the frame cost more than most pages that it holds.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()
DRILL, REVIEW, LEARN = "/drill/", "/review/", "/learn/"
OTHER = "…"
"""Stands for what the frame does not tell apart: it is no address."""


class Frame(NamedTuple):
    """All that header, bar and footer depend on."""

    signed_in: bool = False
    staff: bool = False
    guest: bool = False
    """Somebody has done something without an account; only private pages know."""

    path: str = ""
    """The page's address as far as the frame tells it from others."""

    view: str = ""
    app: str = ""
    course_url: str = ""
    attempt: bool = False
    due: int = 0
    name: str = ""
    """Of the organisation."""


@register.simple_tag(takes_context=True)
def frame(context: Context, part: str, guest: object = None) -> SafeString:
    """Return a part of the frame, the template `layout/<part>.html`."""
    return _kept(part, _of(context, guest=bool(guest)))


@register.simple_tag
def same(name: str) -> SafeString:
    """Return a template that is the same on every page."""
    return _kept(name, Frame())


@register.simple_tag(takes_context=True)
def support(context: Context) -> str:
    """Return where to write to, as a link for a sentence; words while the organisation names no address."""
    address = str(getattr(context.get("organisation"), "support_email", ""))
    if not address:
        return _("the people who run this portal")
    return format_html('<a href="mailto:{}">{}</a>', address, address)


def _of(context: Context, *, guest: bool) -> Frame:
    request: Any = context.get("request")
    user: Any = context.get("user")
    match = request.resolver_match if request else None
    app = (match.app_name or "") if match else ""
    signed_in = bool(user and user.is_authenticated)
    course_url: Any = ""
    due = 0
    attempt = context.get("attempt")
    if signed_in:
        course_url = context.get("my_course_url") or _course_of(attempt) or context.get("learn_url", "")
    if signed_in or guest:
        due = int(str(context.get("due") or 0))
    path = request.path if request else ""
    return Frame(
        signed_in=signed_in,
        staff=signed_in and bool(user.is_staff),
        guest=guest,
        path=_told_apart(path, str(course_url), comes_back=not signed_in and app in ("learning", "careers")),
        view=match.view_name if match and match.view_name == "portal:search" else "",
        app=app,
        course_url=str(course_url),
        attempt=bool(attempt),
        due=due,
        name=str(getattr(context.get("organisation"), "name", "")),
    )


def _course_of(attempt: Any) -> str:
    return reverse("learning:my_course", args=[attempt.quiz.course.key]) if attempt else ""


def _told_apart(path: str, course_url: str, *, comes_back: bool) -> str:
    """Shorten an address that the frame has no link of its own to: thousands of pages share one frame.

    `comes_back`: who logs in here comes back to this very page, so its address is needed in full.
    """
    if comes_back or path == course_url or path in _linked():
        return path
    return next((start + OTHER for start in (DRILL, REVIEW, LEARN) if path.startswith(start)), OTHER)


@lru_cache(maxsize=1)
def _linked() -> frozenset[str]:
    """Addresses that header and bar mark as the page being read."""
    names = ("courses:catalog", "portal:dashboard", "portal:help", "learning:drill", "learning:review")
    others = ("learning:settings_reminders", "accounts:settings_profile", "careers:fit", "careers:fit_result")
    return frozenset(map(reverse, names + others))


def _made(part: str, facts: Frame) -> SafeString:
    return render_to_string(f"layout/{part}.html", facts._asdict())


_kept: Callable[[str, Frame], SafeString] = _made if settings.DEBUG else lru_cache(maxsize=1024)(_made)

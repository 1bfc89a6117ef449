"""What every template may ask for."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts import organisation


def site(request: HttpRequest) -> dict[str, Any]:
    """Who runs this portal, where it lives, where "Learn" leads. Nothing is read before a template asks."""
    return {
        "organisation": SimpleLazyObject(organisation.current),
        "learn_url": SimpleLazyObject(partial(learn_url, request)),
        "base_url": settings.BASE_URL,
        "indexable": settings.INDEXABLE,
        "demo": settings.DEMO,
    }


def learn_url(request: HttpRequest) -> str:
    """Where "Learn" leads: to the course of the page, else the one last worked on, else the catalogue."""
    match = request.resolver_match
    key = match.kwargs.get("course") if match and match.app_name == "learning" else None
    if key is None and request.user.is_authenticated:
        recent = request.user.enrollments.order_by("-last_active_at")
        key = recent.values_list("course__key", flat=True).first()
    return reverse("learning:my_course", args=[key]) if key else reverse("courses:catalog")

"""What every template may ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import organisation


def site(request: HttpRequest) -> dict[str, Any]:
    """Who runs this portal and where it lives. The organisation is only read where a template names it."""
    return {
        "organisation": SimpleLazyObject(organisation.current),
        "base_url": settings.BASE_URL,
        "indexable": settings.INDEXABLE,
        "demo": settings.DEMO,
    }

"""What every template may ask for."""

from functools import cached_property, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localdate

from accounts import organisation, prepared
from accounts.models import User
from learning import due, offline

RECENT = """
    SELECT course.key
    FROM learning_enrollment AS begun JOIN courses_course AS course ON course.id = begun.course_id
    WHERE begun.user_id = %s ORDER BY begun.last_active_at DESC LIMIT 1
"""


def site(request: HttpRequest) -> dict[str, Any]:
    """Who runs this portal, where it lives, what its navigation says; read only when a template asks."""
    navigation = Navigation(request)
    return {
        "organisation": SimpleLazyObject(organisation.current),
        "learn_url": SimpleLazyObject(partial(learn_url, request, navigation)),
        "due": SimpleLazyObject(lambda: navigation.learner[1]),
        "reader": SimpleLazyObject(partial(_reader, request)),
        "base_url": settings.BASE_URL,
        "indexable": settings.INDEXABLE,
        "demo": settings.DEMO,
        "signup": settings.SIGNUP,
        "organisation_login": settings.OIDC_NAME if settings.OIDC_SERVER_URL else "",
    }


def _reader(request: HttpRequest) -> str:
    return offline.reader(request.user) if isinstance(request.user, User) else ""


class Navigation:
    """What the navigation says of the learner, in one query at the first use.

    Pages with a budget give it instead, out of a query of their own.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def learner(self) -> tuple[str | None, int]:
        """The course last worked on, and how many cards are due."""
        learner: User | None = getattr(self.request, "learner", None)
        if learner is None:
            return None, 0
        carried = due.carried(learner, today=localdate())["due"]
        ((course, number),) = prepared.rows(
            f"SELECT ({RECENT}), ({carried.sql})",
            [learner.pk, *carried.params],
        )
        return course, number


def learn_url(request: HttpRequest, navigation: Navigation) -> str:
    """Where "Learn" leads: to the course of the page, else the one last worked on, else the catalogue."""
    match = request.resolver_match
    key = match.kwargs.get("course") if match and match.app_name == "learning" else None
    if key is None and request.user.is_authenticated:
        key, _ = navigation.learner
    return reverse("learning:my_course", args=[key]) if key else reverse("courses:catalog")

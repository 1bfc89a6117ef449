"""Who learns here, and in which time zone: both are found only when a page asks."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts import guests
from accounts.models import User
from mailing.clock import now

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
RENEWED_AFTER = timedelta(days=1)
NOTED_EVERY = timedelta(minutes=5)
"""How often it is noted that somebody with an account sees pages. Reading alone leaves no other trace."""


class LearnerRequest(WSGIRequest):
    """The request as every view gets it: `learner` is asked for at the first use, once."""

    @cached_property
    def learner(self) -> User | None:
        """The person who learns here: the logged-in user, else this browser's guest, else None."""
        if isinstance(self.user, User):
            return self.user
        return guests.find(self)


class LearnerMiddleware:
    """Give the request its learner, and guests their cookie: new, renewed once a day, gone after log-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.__class__ = LearnerRequest  # a lazy attribute that may be None needs a class to stand on
        response = self.get_response(request)
        if "learner" in vars(request):  # nobody asked, nothing changes: such a page may be cached
            learner: User | None = request.learner  # type: ignore[attr-defined]  # LearnerRequest's
            self.keep_cookie(request, response, learner)
            if learner and not learner.is_guest and (request.method, response.status_code) == ("GET", 200):
                note_page(learner, now=now())
        return response

    def keep_cookie(self, request: HttpRequest, response: HttpResponseBase, learner: User | None) -> None:
        """Bring the browser's cookie in line with who the learner is."""
        if learner is None or not learner.is_guest:
            if guests.COOKIE in request.COOKIES:
                response.delete_cookie(guests.COOKIE, samesite="Lax")
            return
        fresh = request.get_signed_cookie(guests.COOKIE, "", salt=guests.SALT, max_age=RENEWED_AFTER)
        if fresh != str(learner.pk):
            response.set_signed_cookie(
                guests.COOKIE,
                str(learner.pk),
                salt=guests.SALT,
                max_age=guests.REMEMBERED,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )


def note_page(user: User, *, now: datetime) -> None:
    """Note that somebody saw a page, if it was not noted minutes ago. Where it fails, they see it anyway."""
    known = [at for at in (user.last_login, user.last_page_at) if at is not None]
    if known and now - max(known) < NOTED_EVERY:
        return
    try:
        User.objects.filter(pk=user.pk).update(last_page_at=now)
    except DatabaseError:
        logger.warning("A visit could not be noted.")


class LearnersZone(tzinfo):
    """The learner's time zone, looked up when the first local time is needed; UTC for visitors."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def zone(self) -> tzinfo:
        """The zone that stands behind this one."""
        learner: User | None = getattr(self.request, "learner", None)
        return UTC if learner is None else learner.zone

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """Return the offset from UTC at a local time."""
        return self.zone.utcoffset(at and at.replace(tzinfo=self.zone))

    def dst(self, at: datetime | None) -> timedelta | None:
        """Return the daylight-saving part of the offset."""
        return self.zone.dst(at and at.replace(tzinfo=self.zone))

    def tzname(self, at: datetime | None) -> str | None:
        """Return the zone's short name at a local time."""
        return self.zone.tzname(at and at.replace(tzinfo=self.zone))

    def fromutc(self, at: datetime) -> datetime:
        """Return the local time of an instant given in UTC."""
        return self.zone.fromutc(at.replace(tzinfo=self.zone)).replace(tzinfo=self)

    def __str__(self) -> str:
        return str(self.zone)  # PostgreSQL is asked for days of a zone by this name


class TimeZoneMiddleware:
    """Show times in the learner's zone. A page without times costs nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(LearnersZone(request)):
            return self.get_response(request)

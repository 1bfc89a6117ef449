"""People without an account: found by a signed cookie, made at their first write, merged when they log in."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest
from django.utils.module_loading import import_string

from accounts import time_zones
from accounts.models import User

if TYPE_CHECKING:
    from accounts.middleware import LearnerRequest

REMEMBERED = timedelta(days=30)
COOKIE = "__Host-guest" if settings.HTTPS else "guest"
SALT = "accounts.guests"
ASKED_AFTER_A_LESSON = 1
ASKED_AFTER_A_MODULE = 2


def find(request: HttpRequest) -> User | None:
    """Return the guest whose signed cookie came with the request; None without a good one.

    The cookie leads to guests only: once the row has an address, one must log in to reach it.
    """
    if COOKIE not in request.COOKIES:
        return None
    try:
        value = request.get_signed_cookie(COOKIE, salt=SALT, max_age=REMEMBERED) or ""
        return User.objects.guests().filter(pk=int(value), is_active=True).first()
    except (BadSignature, ValueError):
        return None


def ensure(request: "LearnerRequest", *, now: datetime) -> User:
    """Return the learner of this request; a visitor becomes a guest with a row and, in the answer, a cookie.

    The time zone comes from the POST field `time_zone` where that is an IANA name, else it is UTC.
    """
    learner = request.learner
    if learner is None:
        zone = time_zones.valid_or_utc(request.POST.get("time_zone"))
        learner = User(time_zone=zone, last_seen_on=now.date())
        learner.set_unusable_password()
        learner.save()
        request.learner = learner
    return learner


def seen(user: User, *, now: datetime) -> None:
    """Note the day (UTC) on which a person last wrote something; guests are kept for 30 days from it."""
    if user.last_seen_on != now.date():
        user.last_seen_on = now.date()
        user.save(update_fields=["last_seen_on"])


@transaction.atomic
def merge(*, guest: User, user: User, now: datetime) -> bool:
    """Move what a guest did to an account, by each room's own rule, and forget the guest.

    Returns False, and does nothing, where the guest is gone already: two log-ins at once merge once.
    """
    # The account's row is locked too: guests of two browsers are merged into it one after the other.
    rows = {
        row.pk: row
        for row in User.objects.select_for_update().filter(pk__in=[guest.pk, user.pk]).order_by("pk")
    }
    if guest.pk == user.pk or len(rows) < 2 or not rows[guest.pk].is_guest:
        return False
    for path in settings.GUEST_HEIRS:
        import_string(path)(guest=rows[guest.pk], user=rows[user.pk], now=now)
    rows[guest.pk].delete()
    return True


def forget(*, now: datetime) -> int:
    """Delete the guests who have written nothing for 30 days, with all they did. Returns how many went."""
    gone = User.objects.guests().filter(last_seen_on__lt=(now - REMEMBERED).date())
    _, by_model = gone.delete()
    return by_model.get(User._meta.label, 0)


def asks_to_keep(user: User | None, *, lessons_done: int, module_done: bool) -> bool:
    """Say whether to offer a guest to keep it all: after the first lesson, again only after the module."""
    if user is None or not user.is_guest or not lessons_done:
        return False
    return user.keep_asked < (ASKED_AFTER_A_MODULE if module_done else ASKED_AFTER_A_LESSON)


def decline(user: User, *, module_done: bool) -> None:
    """Note a guest's "Not now". After the module it is the last word."""
    user.keep_asked = ASKED_AFTER_A_MODULE if module_done else max(user.keep_asked, ASKED_AFTER_A_LESSON)
    user.save(update_fields=["keep_asked"])

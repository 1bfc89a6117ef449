"""The signed links in reminders. They never expire, log nobody in and open nothing but the reminder page."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from learning.reminders.contract import Change

SALT = "learning.reminders.links"


class BadTokenError(Exception):
    """The token is not one of ours."""


def token(user_id: int) -> str:
    """Return the token that lets whoever holds it change this person's reminders, and nothing else."""
    return Signer(salt=SALT).sign(str(user_id))


def user_id_of(token: str) -> int:
    """Return the id in a token. Raises BadTokenError if it is not one of ours."""
    try:
        return int(Signer(salt=SALT).unsign(token))
    except (BadSignature, ValueError) as error:
        raise BadTokenError from error


def unsubscribe_url(user_id: int, change: Change = Change.STOP) -> str:
    """Return the whole address of the page with the button for a change."""
    path = reverse("learning:unsubscribe", args=[token(user_id)])
    return f"{settings.BASE_URL}{path}" + ("" if change is Change.STOP else f"?change={change}")

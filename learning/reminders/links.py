"""The signed links in reminders. They never expire, log nobody in and open nothing but the reminder page."""

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from learning.reminders.contract import Change
from mailing.kinds import Message

SALT = "learning.reminders.links"
QUESTION_SALT = "learning.reminders.questions"
TOKENS = re.compile(r"(/reminders/[uq]/)[^/\"\s]+/")


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


@dataclass(frozen=True, slots=True)
class AskedCard:
    """The card that a question in a mail is about, as it stood then. `version_id`: what was asked."""

    user_id: int
    card_id: int
    number: int
    version_id: int


def question_url(asked: AskedCard) -> str:
    """Return the whole address of the page that asks this one question. It opens nothing else."""
    numbers = (asked.user_id, asked.card_id, asked.number, asked.version_id)
    token = Signer(salt=QUESTION_SALT).sign("-".join(str(number) for number in numbers))
    return f"{settings.BASE_URL}{reverse('learning:mailed_question', args=[token])}"


def asked_card(token: str) -> AskedCard:
    """Return what a question's token stands for. Raises BadTokenError if it is not one of ours."""
    try:
        return AskedCard(*(int(number) for number in Signer(salt=QUESTION_SALT).unsign(token).split("-")))
    except (BadSignature, TypeError, ValueError) as error:
        raise BadTokenError from error


def disarmed(message: Message) -> Message:
    """Return a mail in which the links that act for its reader lead nowhere, to be looked at by others."""
    text, html = (TOKENS.sub(r"\1preview/", part) for part in (message.text, message.html))
    return replace(message, text=text, html=html, headers={})

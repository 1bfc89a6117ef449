"""Mail providers whose webhooks are understood, through Anymail's readers of their formats."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType, RejectReason
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from mailing.events import Told
from mailing.models import MailEvent

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Provider:
    """Anymail's reader, and what the provider's own event says of a mailbox that is gone.

    Anymail puts hard and soft bounces under one name.
    """

    reader: str
    is_hard: Callable[[dict[str, Any]], bool]


PROVIDERS = {
    "brevo": Provider(
        "anymail.webhooks.brevo.BrevoTrackingWebhookView",
        lambda event: event.get("event") == "hard_bounce",
    ),
    "mailjet": Provider(
        "anymail.webhooks.mailjet.MailjetTrackingWebhookView",
        lambda event: event.get("hard_bounce") is True,
    ),
    "postmark": Provider(
        "anymail.webhooks.postmark.PostmarkTrackingWebhookView",
        lambda event: event.get("Type") == "HardBounce",
    ),
}
"""Those that prove themselves by a user name and password in the webhook's address."""


class RefusedError(Exception):
    """Whoever called does not know the secret."""


class UnreadableError(Exception):
    """What was sent is not in the provider's format."""


def read(request: HttpRequest, *, now: datetime) -> list[Told]:
    """Return the bounces and complaints in a provider's call; other events are left out.

    Raises RefusedError and UnreadableError.
    """
    provider = PROVIDERS[settings.MAIL_PROVIDER]
    reader: Any = import_string(provider.reader)(webhook_secret=settings.MAIL_WEBHOOK_SECRET)
    try:
        reader.run_validators(request)
    except AnymailWebhookValidationFailure as error:
        raise RefusedError from error
    try:
        return list(_told(reader.parse_events(request), provider, now))
    except (*UNREADABLE, ImproperlyConfigured) as error:
        raise UnreadableError from error


def _told(events: Any, provider: Provider, now: datetime) -> Iterator[Told]:
    for event in events:
        kind = _kind(event, provider)
        if kind is not None and event.recipient:
            yield Told(_id(event), kind, str(event.recipient), event.timestamp or now)


def _kind(event: Any, provider: Provider) -> MailEvent.Kind | None:
    if event.event_type == EventType.COMPLAINED:
        return MailEvent.Kind.COMPLAINT
    if event.event_type in (EventType.BOUNCED, EventType.REJECTED):
        is_hard = event.reject_reason == RejectReason.INVALID or provider.is_hard(event.esp_event)
        return MailEvent.Kind.HARD if is_hard else MailEvent.Kind.SOFT
    return MailEvent.Kind.SOFT if event.event_type == EventType.DEFERRED else None


def _id(event: Any) -> str:
    """Return the provider's name for the event, or one made of what it says."""
    if event.event_id:
        return str(event.event_id)[:200]
    said = json.dumps(event.esp_event, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()

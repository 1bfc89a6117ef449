"""From claimed mails to bytes: recheck, render, compose. What goes wrong with one mail stays with it."""

import logging
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from mailing import encryption, kinds, states
from mailing.message import ImpossibleAddressError, Letter, letter
from mailing.models import OutboxMail, Suppression

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A mail that only needs to be handed over. `content`: what its carrier made of the letter."""

    mail: OutboxMail
    recipient: str
    content: Any


def prepare(
    mails: Sequence[OutboxMail], *, form: Callable[[Letter], Any], now: datetime, tally: Counter[str]
) -> list[Ready]:
    """Return what is to be sent of one claimed batch, in its order; the rest is settled and counted.

    `form`: what the carrier that will send them makes of a letter.
    """
    by_kind: dict[str, list[OutboxMail]] = defaultdict(list)
    for mail in mails:
        by_kind[mail.kind].append(mail)
    ready = [item for name, group in by_kind.items() for item in _of_one_kind(name, group, form, now, tally)]
    dead = _suppressed(ready, now=now)
    for item in ready:
        if item.mail.pk in dead:
            states.skipped(item.mail, reason="suppressed")
            tally["skipped"] += 1
    places = {mail.pk: place for place, mail in enumerate(mails)}
    return sorted((item for item in ready if item.mail.pk not in dead), key=lambda item: places[item.mail.pk])


def _of_one_kind(
    name: str, mails: Sequence[OutboxMail], form: Callable[[Letter], Any], now: datetime, tally: Counter[str]
) -> Iterator[Ready]:
    try:
        kind = kinds.of(name)
        reasons = kind.recheck(mails, now=now)
    except Exception as error:  # noqa: BLE001 - whatever breaks here, the queue goes on
        if len(mails) > 1:  # find the one it is about
            for mail in mails:
                yield from _of_one_kind(name, [mail], form, now, tally)
            return
        _give_back(mails[0], error, now=now, tally=tally)
        return
    for mail in mails:
        if reason := reasons.get(mail.pk):
            states.skipped(mail, reason=reason)
            tally["skipped"] += 1
        elif (item := _rendered(kind, mail, form, now, tally)) is not None:
            yield item


def _rendered(
    kind: kinds.Kind, mail: OutboxMail, form: Callable[[Letter], Any], now: datetime, tally: Counter[str]
) -> Ready | None:
    try:
        message = kind.render(mail, now=now)
        mail.reason = message.about
        written = letter(message, mail_id=mail.pk, now=now, tries=mail.attempts)
        return Ready(mail, written.recipient, form(written))
    except ImpossibleAddressError:
        states.failed(mail, reason="impossible address")
        tally["failed"] += 1
    except Exception as error:  # noqa: BLE001 - whatever breaks here, the queue goes on
        _give_back(mail, error, now=now, tally=tally)
    return None


def _give_back(mail: OutboxMail, error: Exception, *, now: datetime, tally: Counter[str]) -> None:
    """Try again later. The log names the place, not the error's words: they may hold an address."""
    name = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    place = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    logger.error("mail %s of kind %s cannot be written: %s at %s", mail.pk, mail.kind, name, place)
    states.deferred(mail, reason=f"cannot be written: {name}", now=now)
    tally["deferred"] += 1


def _suppressed(ready: Sequence[Ready], *, now: datetime) -> set[UUID]:
    """Return the ids of mails whose address gets no mail of their scope. One query."""
    hashes = {item.mail.pk: encryption.address_hashes(item.recipient) for item in ready}
    found = dict(
        Suppression.objects.filter(address_hmac__in=[one for many in hashes.values() for one in many])
        .filter(Q(until__isnull=True) | Q(until__gt=now))
        .values_list("address_hmac", "scope")
    )
    blocked = set()
    for item in ready:
        scopes = {found[one] for one in hashes[item.mail.pk] if one in found}
        transactional = item.mail.priority <= OutboxMail.Priority.TRANSACTIONAL
        if Suppression.Scope.ALL in scopes or (scopes and not transactional):
            blocked.add(item.mail.pk)
    return blocked

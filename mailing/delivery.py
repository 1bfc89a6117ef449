"""Sending: claim, prepare, mark, hand over, mark. Any of it may happen twice, late or in parallel."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from mailing import control, encryption, locks, states, throttle
from mailing.clock import Watch
from mailing.models import OutboxMail
from mailing.preparing import Ready, prepare
from mailing.provider import Provider
from mailing.transport import Outcome, Result, Transport

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 4  # drains that run in parallel, over all workers
LOCK_SPACE = 0x6D61696C  # "mail"
DRAIN_SECONDS = 5.0
QUICK_SECONDS = 1.0
"""After a claim sent within this time the next may be larger: claims and rechecks cost less a mail."""


def drain(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send what is due for at most 5 seconds, and return how many mails ended how.

    Ends at once when nothing is due, when sending is paused, when four drains run already, or when `stop()`
    says so; what was claimed and not handed over is given back.
    """
    watch, tally, most = Watch(now), Counter[str](), states.FEWEST
    if not OutboxMail.objects.filter(state=OutboxMail.State.PENDING, next_try_at__lte=now).exists():
        return tally
    with locks.one_of(MOST_AT_ONCE, space=LOCK_SPACE) as admitted, _carrier() as carrier:
        while admitted and watch.seconds() < DRAIN_SECONDS and not stop():
            switches = control.current()
            if not control.may_send(switches, now=watch.now()):
                break
            space = throttle.room(now=watch.now())
            mails = states.claim(
                epoch=switches.epoch,
                now=watch.now(),
                most=min(most, space.others if space.others > 0 else max(space.codes, 0)),
                codes_only=space.others <= 0,
            )
            if not mails:
                break
            begun_at = watch.seconds()
            _deliver(mails, carrier=carrier, watch=watch, stop=stop, tally=tally)
            if watch.seconds() - begun_at < QUICK_SECONDS:
                most = min(2 * most, states.MOST)
    if tally:
        logger.info("mail: %s", ", ".join(f"{count} {what}" for what, count in sorted(tally.items())))
    return tally


def _carrier() -> Transport | Provider:
    return Provider() if settings.MAIL_API_KEY else Transport()


def _deliver(
    mails: list[OutboxMail],
    *,
    carrier: Transport | Provider,
    watch: Watch,
    stop: Callable[[], bool],
    tally: Counter[str],
) -> None:
    """Bring one claimed batch to its ends. "Sent" of one mail and "started" of the next are one commit."""
    waiting = prepare(mails, form=carrier.form, now=watch.now(), tally=tally)
    leased_at = watch.now()
    current = _start_next(waiting, now=leased_at)
    while current is not None:
        result = carrier.send(current.recipient, current.content)
        if watch.now() - leased_at > settings.MAIL_LEASE / 3:
            leased_at = watch.now()
            states.renew(mails[0].claim_token, now=leased_at)
        enough = result.outcome is Outcome.UNREACHABLE or watch.seconds() >= DRAIN_SECONDS or stop()
        tally[result.outcome.name.lower()] += 1
        current = _go_on(current, result, [] if enough else waiting, now=watch.now())
    states.release([ready.mail for ready in waiting])


def _next(waiting: list[Ready], *, now: datetime) -> Ready | None:
    """Take the next mail that may leave now off the list. None also while the limit for all is reached."""
    while waiting:
        mail, domain = waiting[0].mail, waiting[0].recipient.rpartition("@")[2].lower()
        code, waited = mail.priority == OutboxMail.Priority.CODE, mail.next_try_at > mail.due_at
        turn = throttle.take(domain, code=code, waited=waited, now=now)
        if turn.now:
            return waiting.pop(0)
        if turn.later is None:
            return None
        states.held(waiting.pop(0).mail, until=turn.later)
    return None


def _start_next(waiting: list[Ready], *, now: datetime) -> Ready | None:
    """Take the next mail and mark it as begun. Mails whose claim was lost are left alone."""
    while (ready := _next(waiting, now=now)) is not None:
        if states.start(ready.mail, now=now):
            return ready
    return None


def _go_on(done: Ready, result: Result, waiting: list[Ready], *, now: datetime) -> Ready | None:
    """Settle one mail and begin the next, as one commit; return the next."""
    following = _next(waiting, now=now)
    if result.outcome is Outcome.ACCEPTED and following is not None:
        if states.sent_and_start(done.mail, following.mail, now=now):
            return following
        return _start_next(waiting, now=now)
    with transaction.atomic():
        _settle(done, result, now=now)
        if following is not None and states.start(following.mail, now=now):
            return following
        return _start_next(waiting, now=now)


def _settle(ready: Ready, result: Result, *, now: datetime) -> None:
    mail = ready.mail
    if result.outcome is Outcome.ACCEPTED:
        states.sent(mail, now=now)
    elif result.outcome is Outcome.DEFERRED:
        states.deferred(mail, reason=result.reason, now=now)
    elif result.outcome is Outcome.REFUSED:
        states.failed(mail, reason=result.reason)
        if result.dead_address:
            states.suppress(encryption.address_hashes(ready.recipient)[0], now=now)
    elif result.outcome is Outcome.AMBIGUOUS:
        states.unanswered(mail, now=now)
    else:
        logger.error("mail: sending rests for a minute: %s", result.reason)
        states.release([mail])
        control.rest(now=now)

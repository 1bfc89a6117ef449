"""Celery's doors into accounts. Each may run twice, late or in parallel."""

import logging

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts import guests, invitations, leavers
from accounts.privacy import erasure, exports, retention
from mailing import clock

logger = logging.getLogger(__name__)


@shared_task
def forget_guests() -> None:
    """Delete guests who have not been here for 30 days."""
    logger.info("forgot %s guests", guests.forget(now=clock.database_now()))


@shared_task
def make_exports() -> None:
    """Make the next file of somebody's data that is too large for a page to wait for."""
    exports.make_next(now=clock.database_now())


@shared_task
def sweep_exports() -> None:
    """Delete the files of data whose seven days are over."""
    exports.sweep(now=clock.database_now())


@shared_task
def erase_sleepers() -> None:
    """Erase the accounts whose seven days for an undo are over, and leavers whose thirty are."""
    now = clock.database_now()
    if gone := erasure.erase_due(now=now) + leavers.erase_due(now=now):
        logger.info("erased %s accounts", gone)


@shared_task
def retire_unused() -> None:
    """Tell accounts that nobody used for 23 months; erase those that were told and reached 24."""
    now = clock.database_now()
    logger.info(
        "told %s unused accounts, erased %s", retention.tell(now=now), retention.erase_unused(now=now)
    )


@shared_task
def clear_sessions() -> None:
    """Delete the sessions that are over."""
    SessionStore.clear_expired()


@shared_task
def plan_invitations() -> None:
    """Put the invitations into the outbox that this hour has room for."""
    if planned := invitations.plan(now=clock.database_now()):
        logger.info("planned %s invitations", planned)


@shared_task
def forget_invitations() -> None:
    """Delete invited addresses that did not come, 30 days after their invitation expired."""
    invitations.forget(now=clock.database_now())

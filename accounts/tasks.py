"""Celery's doors into accounts."""

import logging

from celery import shared_task

from accounts import guests
from mailing import clock

logger = logging.getLogger(__name__)


@shared_task
def forget_guests() -> None:
    """Delete guests who have not been here for 30 days."""
    logger.info("forgot %s guests", guests.forget(now=clock.database_now()))

"""Celery's doors to the mail room. Each may run twice, late or in parallel: what is sent stays the same."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from mailing import clock, delivery, housekeeping, stopping


@worker_shutting_down.connect
def give_back_claims(**_: Any) -> None:
    """A worker that is asked to stop gives back at once what it had claimed."""
    stopping.ask_to_stop()


@shared_task
def drain() -> None:
    """Send what is due in the outbox, for at most 5 seconds."""
    with stopping.obeying() as stop:
        delivery.drain(now=clock.database_now(), stop=stop)


@shared_task
def sweep() -> None:
    """Give back what dead workers had claimed, and close windows that have passed."""
    housekeeping.sweep(now=clock.database_now())


@shared_task
def heartbeat() -> None:
    """Show that beat and the planning worker live."""
    housekeeping.beat(now=clock.database_now())


@shared_task
def purge() -> None:
    """Forget mails after 400 days."""
    housekeeping.purge(now=clock.database_now())

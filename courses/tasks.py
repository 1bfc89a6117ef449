"""Celery's doors to the room of content. Each may run twice, late or in parallel."""

from celery import shared_task

from courses import row_stamps, scheduling
from courses.exchange import uploads
from mailing import clock


@shared_task
def publish_due() -> None:
    """Show and take away what was scheduled for now or before."""
    scheduling.run_due(now=clock.database_now())


@shared_task
def forget_uploads() -> None:
    """Delete files that were looked at and not imported within the hour."""
    uploads.forget(now=clock.database_now())


@shared_task
def forget_changes() -> None:
    """Delete the older notes of what was written."""
    row_stamps.forget_changes()

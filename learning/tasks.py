"""Celery's doors to the learners' room. Each may run twice, late or in parallel."""

from celery import shared_task

from learning import deadlines, items, totals
from learning.reminders import editors, plan
from mailing import clock


@shared_task
def plan_reminders() -> None:
    """Put one row into the outbox for every learner whose reminder is due."""
    plan.plan(now=clock.database_now())


@shared_task
def recompute_reminders() -> None:
    """Move every contract's next reminder to where today's time-zone data puts it."""
    plan.recompute(now=clock.database_now())


@shared_task
def close_overdue_attempts() -> None:
    """Hand in what was saved in attempts whose time is up."""
    deadlines.close_overdue(now=clock.database_now())


@shared_task
def summarise_items() -> None:
    """Count afresh how the questions do that were answered or corrected since."""
    items.summarise(now=clock.database_now())


@shared_task
def count_days() -> None:
    """Count the last days anew, for the numbers that staff see."""
    totals.roll_up(now=clock.database_now())


@shared_task
def plan_editors_mails() -> None:
    """Put one row into the outbox for every editor who asked for word, in their morning."""
    editors.plan(now=clock.database_now())

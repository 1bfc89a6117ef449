"""What beat does and when. One entry a job, one plain sentence each.

Every tick may be lost, doubled or late without any effect on what is sent: tasks look for what is due
(`<= now and not done`) and claim it in PostgreSQL. No `expires` is shorter than 15 minutes, since a worker
whose clock runs ahead would otherwise throw every tick away.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

MAIL = {"queue": "mail", "expires": 15 * 60}
PLANNING = {"queue": "planning", "expires": 15 * 60}

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Send what is due in the outbox.
    "drain": {"task": "mailing.tasks.drain", "schedule": timedelta(seconds=2), "options": MAIL},
    # Give back what a dead worker had claimed, and close windows that have passed.
    "sweep": {"task": "mailing.tasks.sweep", "schedule": timedelta(seconds=30), "options": PLANNING},
    # Put one row into the outbox for every learner whose reminder is due.
    "plan_reminders": {
        "task": "learning.tasks.plan_reminders",
        "schedule": timedelta(seconds=60),
        "options": PLANNING,
    },
    # Hand in attempts whose time is up; whoever comes back first sees to their own.
    "close_overdue_attempts": {
        "task": "learning.tasks.close_overdue_attempts",
        "schedule": timedelta(seconds=60),
        "options": PLANNING,
    },
    # Put one row into the outbox for every editor who asked for word, in their morning.
    "plan_editors_mails": {
        "task": "learning.tasks.plan_editors_mails",
        "schedule": timedelta(minutes=10),
        "options": PLANNING,
    },
    # Put the invitations into the outbox that this hour has room for.
    "plan_invitations": {
        "task": "accounts.tasks.plan_invitations",
        "schedule": timedelta(seconds=60),
        "options": PLANNING,
    },
    # Count how questions do that were answered since.
    "summarise_items": {
        "task": "learning.tasks.summarise_items",
        "schedule": crontab(minute="*/15"),
        "options": PLANNING,
    },
    # Count the last days anew, for the numbers that staff see.
    "count_days": {
        "task": "learning.tasks.count_days",
        "schedule": crontab(minute=5),
        "options": PLANNING,
    },
    # Show and take away content that was scheduled for now.
    "publish_due": {
        "task": "courses.tasks.publish_due",
        "schedule": timedelta(seconds=30),
        "options": PLANNING,
    },
    # Delete files that were looked at for an import and not imported.
    "forget_uploads": {
        "task": "courses.tasks.forget_uploads",
        "schedule": crontab(minute=50),
        "options": PLANNING,
    },
    # Delete the older notes of what was written.
    "forget_changes": {
        "task": "courses.tasks.forget_changes",
        "schedule": crontab(minute=55),
        "options": PLANNING,
    },
    # Tell the health pages that beat and the planning worker are alive.
    "heartbeat": {"task": "mailing.tasks.heartbeat", "schedule": timedelta(seconds=15), "options": PLANNING},
    # Move every contract's next reminder to where today's time-zone data puts it.
    "recompute_reminders": {
        "task": "learning.tasks.recompute_reminders",
        "schedule": crontab(hour=3, minute=10),
        "options": PLANNING,
    },
    # Forget mails after 400 days.
    "purge": {"task": "mailing.tasks.purge", "schedule": crontab(hour=3, minute=20), "options": PLANNING},
    # Forget addresses that were invited and did not come.
    "forget_invitations": {
        "task": "accounts.tasks.forget_invitations",
        "schedule": crontab(hour=3, minute=40),
        "options": PLANNING,
    },
    # Forget guests who have not been here for 30 days.
    "forget_guests": {
        "task": "accounts.tasks.forget_guests",
        "schedule": crontab(hour=3, minute=30),
        "options": PLANNING,
    },
    # Make the next file of somebody's data that is too large for a page to wait for.
    "make_exports": {
        "task": "accounts.tasks.make_exports",
        "schedule": timedelta(seconds=10),
        "options": PLANNING,
    },
    # Delete files of data after seven days.
    "sweep_exports": {
        "task": "accounts.tasks.sweep_exports",
        "schedule": crontab(minute=40),
        "options": PLANNING,
    },
    # Erase accounts seven days after their owners asked for it.
    "erase_sleepers": {
        "task": "accounts.tasks.erase_sleepers",
        "schedule": timedelta(minutes=10),
        "options": PLANNING,
    },
    # Tell accounts that nobody used for 23 months, and erase those unused for 24.
    "retire_unused": {
        "task": "accounts.tasks.retire_unused",
        "schedule": crontab(hour=4, minute=10),
        "options": PLANNING,
    },
    # Delete sessions that are over.
    "clear_sessions": {
        "task": "accounts.tasks.clear_sessions",
        "schedule": crontab(hour=4, minute=40),
        "options": PLANNING,
    },
}

"""The product's settings with one kind of mail more: the probe, which can kill its worker.

`CLOCK_AHEAD`: by how many seconds a worker's clock is wrong. `REDELIVERED`: a file; the broker then delivers
a tick again that has run for two seconds, since workers acknowledge late, and each is noted in the file.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from celery import Task
from celery.signals import task_prerun

from tests.settings import *  # noqa: F403 - settings are inherited by star

MAIL_KINDS = {
    "account": "accounts.mails.AccountMail",
    "reminder": "learning.reminders.kinds.ReminderMail",
    "probe": "tests.mailing.probe.Probe",
}

if ahead := os.environ.get("CLOCK_AHEAD"):
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(ahead))).start()

if noted := os.environ.get("REDELIVERED"):
    notes = Path(noted)
    CELERY_TASK_ACKS_LATE = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405 - as above
        "visibility_timeout": 2,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }

    @task_prerun.connect(weak=False)
    def note(task: Task[Any, Any], **_: object) -> None:
        """Add a letter to the file for each tick that comes again."""
        if (task.request.delivery_info or {}).get("redelivered"):
            with notes.open("a") as file:
                file.write(".")

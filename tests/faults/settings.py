"""The product's settings with one kind of mail more: the probe, which can kill its worker.

`CLOCK_AHEAD`: by how many seconds a worker's clock is wrong. `REDELIVER`: let the broker deliver a tick again
that has run for so many seconds, and let workers acknowledge late, so that this happens.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

from tests.settings import *  # noqa: F403 - settings are inherited by star

MAIL_KINDS = {
    "account": "accounts.mails.AccountMail",
    "reminder": "learning.reminders.kinds.ReminderMail",
    "probe": "tests.mailing.probe.Probe",
}

if ahead := os.environ.get("CLOCK_AHEAD"):
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(ahead))).start()

if redeliver := os.environ.get("REDELIVER"):
    CELERY_TASK_ACKS_LATE = True
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        **CELERY_BROKER_TRANSPORT_OPTIONS,  # noqa: F405 - as above
        "visibility_timeout": int(redeliver),
        "unacked_restore_limit": None,
        "unacked_restore_interval": 1,
    }

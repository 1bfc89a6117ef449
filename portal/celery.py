"""The Celery application. Tasks are doors of a few lines; what is true stands in PostgreSQL."""

import os
import signal
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init

from portal.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("crossroads")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_log(**about: Any) -> None:
    """Let the log be what the settings say: connecting here keeps Celery from making its own."""


@worker_process_init.connect
def end_with_the_worker(**about: Any) -> None:
    """Let no process of the pool outlive a worker that was killed: nobody could stop it."""
    die_with_parent(signal.SIGKILL, parent=os.getppid())

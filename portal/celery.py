"""The Celery application. Tasks are doors of a few lines; what is true stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("crossroads")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

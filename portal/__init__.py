"""The front hall: wiring, and the pages that look into two rooms."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]

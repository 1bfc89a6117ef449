"""What the log looks like: lines for people, or JSON for machines (LOG_FORMAT)."""

import logging
from typing import Any

from celery import current_task

from mailing import trace

FORMATS = ("text", "json")


class Origin(logging.Filter):
    """Add to each record which request or task it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        record.request_id = trace.request_id.get()
        record.task_id = current_task.request.id if current_task else ""
        record.task = current_task.name if current_task else ""
        return True


class OneLine(logging.Formatter):
    """A message stays on its line, whatever a visitor put into it. Only a traceback adds further ones."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Write line breaks out."""
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


def config(log_format: str) -> dict[str, Any]:
    """Return Django's LOGGING for one of FORMATS. Only the JSON log has a line for each request."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"origin": {"()": "portal.logs.Origin"}},
        "formatters": {
            "text": {"()": "portal.logs.OneLine", "format": "{levelname} {name}: {message}", "style": "{"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "%(levelname)s %(name)s %(message)s %(request_id)s %(task_id)s %(task)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": True,
            },
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": log_format, "filters": ["origin"]}
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "celery": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "portal.requests": {"level": "INFO" if log_format == "json" else "WARNING"},
        },
    }

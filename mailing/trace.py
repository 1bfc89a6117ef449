"""Which request a line of the log or of the audit log belongs to."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that this thread answers; empty outside of one. Requests start no tasks: rows of tables do."""

"""The log of what staff did. PostgreSQL refuses to change or delete a row of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.models import AuditLog, User
from mailing import trace


def record(
    *,
    actor: User | None,
    action: str,
    obj: Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> AuditLog:
    """Write one row, inside the caller's transaction, with the request that it belongs to.

    `before` and `after` hold plain JSON values; for rows about people pass ids and field names only, since
    this log outlives an erased account.
    """
    return AuditLog.objects.create(
        at=now,
        actor=actor,
        action=action,
        object_type=obj._meta.label if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        before=before,
        after=after,
        request_id=trace.request_id.get(),
    )

"""Sessions in PostgreSQL, as Django keeps them, read by a prepared statement."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from accounts import prepared

STANDING = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Django's own store; only `load`, which every page of a person asks for, is said in SQL."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing, and forget its key, where it has ended or never was."""
        found = prepared.rows(STANDING, [self.session_key, timezone.now()])
        if not found:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0][0])
        return held

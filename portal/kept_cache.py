"""What never changes, kept in the process as it is: no copy is made, so nobody changes what they get.

Django's cache in memory pickles what it keeps, which cost more than what it spared.
"""

import threading
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_stores: dict[str, dict[str, tuple[float | None, Any]]] = {}
_turn = threading.Lock()


class KeptCache(BaseCache):
    """One store for all threads of the process. When it is full, the third that came first goes."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.most = int(params.get("OPTIONS", {}).get("MAX_ENTRIES", 300))
        self.store = _stores.setdefault(name, {})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the very object that was set, or `default`."""
        until, value = self.store.get(key, (0.0, None))
        return value if until is None or until > time.monotonic() else default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep an object for `timeout` seconds; without, for good."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        with _turn:
            if len(self.store) >= self.most:
                for old in list(self.store)[: self.most // 3]:
                    del self.store[old]
            self.store[key] = (None if seconds is None else time.monotonic() + seconds, value)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget an object; say whether there was one."""
        with _turn:
            return self.store.pop(key, None) is not None

    def clear(self) -> None:
        """Forget all."""
        with _turn:
            self.store.clear()

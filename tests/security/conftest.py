"""One world to try every door of. Fixtures import Django: it is not set up before."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from tests.security.world import World


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: "Settings") -> "World":
    """Somebody of each kind, staff with a second factor, what the owner has, and a key that signs badges."""
    from portal import badge_keys
    from tests.security.world import make_world

    keys = badge_keys.read([badge_keys.make()])
    settings.BADGE_KEY, settings.BADGE_PUBLIC_KEYS = keys.private, keys.public

    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    return make_world(tmp_path)

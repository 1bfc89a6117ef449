"""One world to try every door of. Fixtures import Django: it is not set up before."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.security.world import World


@pytest.fixture
def world(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "World":
    """Somebody of each kind, staff with a second factor, and what the owner has."""
    from tests.security.world import make_world

    monkeypatch.setattr("accounts.admin_site.is_mfa_enabled", lambda user: True)
    return make_world(tmp_path)

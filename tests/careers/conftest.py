"""The small course with its fit check, tasks and plans in the database, and somebody who answers."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User


@pytest.fixture
def asked(db: None, tmp_path: Path) -> None:
    """All that is asked; see tests/careers/small.py."""
    from tests.careers import small

    small.bring(tmp_path)


@pytest.fixture
def learner(db: None) -> "User":
    """Somebody with an account, in Lisbon."""
    from accounts.models import User

    return User.objects.create_user("lea@example.org", time_zone="Europe/Lisbon")


@pytest.fixture
def browser(learner: "User") -> "Client":
    """The learner's browser, logged in."""
    from django.test import Client

    client = Client()
    client.force_login(learner)
    return client

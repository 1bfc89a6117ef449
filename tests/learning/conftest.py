"""A course to learn in, and somebody who learns. Fixtures import Django: it is not set up before."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from courses.models import Course


@pytest.fixture
def course(db: None) -> "Course":
    """A live course; see tests/factories.py."""
    from tests import factories

    return factories.make_course()


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

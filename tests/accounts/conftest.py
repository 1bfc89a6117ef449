"""What every test of accounts starts with: nobody has tried anything yet."""

import pytest


@pytest.fixture(autouse=True)
def _no_tries_yet(request: pytest.FixtureRequest) -> None:
    """Tries of one test do not count in the next, nor is its organisation remembered."""
    from django.core.cache import caches  # only now, since pytest reads this file before there are settings

    caches["versions"].clear()
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        caches["default"].clear()

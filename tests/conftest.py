"""What every test stands on: a real PostgreSQL and Valkey, no network, a browser where one is asked for."""

import os

import pytest

from tests.browsers import find_chromium
from tests.servers import Servers

pytest_plugins = ["tests.sinks"]
servers: Servers | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the process that leads the run; xdist's workers inherit their addresses."""
    global servers
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        servers = Servers()
        servers.start()
        config.add_cleanup(servers.stop)
        for name in ("CACHE_URL", "EMAIL_URL", "SECRET_KEY", "DEBUG", "BASE_URL", "HOST", "PORT", "DATA_DIR"):
            os.environ.pop(name, None)  # the developer's own settings are not the tests' business
        os.environ.update(servers.environment(), DATA_DIR=str(servers.folder / "data"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.conf import settings  # only now, since the settings read the addresses as they load

    assert settings.DATABASES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what one worker runs in a row, so that no worker waits for another's long row at the end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome; a failure that says how to install one if there is none."""
    return find_chromium()

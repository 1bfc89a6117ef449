"""What every test stands on: a real PostgreSQL and Valkey, no network, a browser where one is asked for."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.browsers import find_chromium
from tests.servers import Servers

pytest_plugins = ["tests.sinks"]
servers: Servers | None = None
IN_A_ROW = {"tests/faults/test_quiz_races.py", "tests/portal/test_programs.py", "tests/portal/test_up.py"}
"""Files whose tests share a running copy, or break what a test beside them would need."""

# Every change is judged by the same examples; `--hypothesis-profile=search` looks for new ones. However long
# an example takes on a busy machine, it says nothing of the code.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.register_profile("search", print_blob=True, deadline=None)
hypothesis_settings.load_profile("repeatable")


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


class InRows(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Spread tests one by one, but give each file of IN_A_ROW to one worker, the longest first.

    Instead of xdist's own marker, which pytest 9.2 does not pass on to it.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in IN_A_ROW else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InRows:
    """Let xdist spread the tests by our rule."""
    return InRows(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the browser's tests follow each other, where the first of them stands: they share one browser."""
    firsts: dict[str, int] = {}

    def group(item: pytest.Item) -> str:
        return "browser" if item.nodeid.startswith("tests/browser/") else item.nodeid

    for place, item in enumerate(items):
        firsts.setdefault(group(item), place)
    items.sort(key=lambda item: firsts[group(item)])


@pytest.fixture(autouse=True)
def _no_organisation_of_another_test() -> Iterator[None]:
    """Let what a test made of the organisation end with it: each process keeps that for a minute."""
    yield
    from django.core.cache import caches  # only now, since pytest reads this file before there are settings

    from accounts import organisation
    from accounts.models import Organisation

    names = [field.attname for field in Organisation._meta.concrete_fields]
    kept, plain = caches["versions"].get(organisation.KEY), Organisation()
    if kept is not None and any(getattr(kept, name) != getattr(plain, name) for name in names):
        organisation.forget()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome; a failure that says how to install one if there is none."""
    return find_chromium()

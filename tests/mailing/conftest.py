"""The mail room's tests know one kind of mail, the probe."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def probe_kind(settings: Settings) -> None:
    """Let delivery know the probe."""
    settings.MAIL_KINDS = {"probe": "tests.mailing.probe.Probe"}

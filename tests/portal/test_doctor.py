"""`manage.py doctor`: what it finds, what it advises, and when it fails."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Organisation, User
from mailing import clock, control, outbox
from mailing.models import Heartbeat
from portal import doctor
from portal.doctor import Finding
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def installation(settings: Settings, tmp_path: Path, sink: MailSink) -> None:
    """A portal that is well: static files collected, a mail server, a sign of life, an organisation."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.SECRET_KEY = "long-and-random-" * 4
    Heartbeat.objects.create(name="beat", at=clock.now())
    Organisation.objects.update_or_create(
        singleton=True,
        defaults={
            "name": "Elm Street College",
            "support_email": "help@example.org",
            "postal_address": "1 Elm Street",
            "imprint_text": "Elm Street College",
        },
    )


def found(part: str) -> list[Finding]:
    """What is said of one part."""
    return [finding for finding in doctor.examine(now=clock.now()) if finding.part == part]


def test_a_portal_that_is_well_gets_no_advice(installation: None) -> None:
    told = io.StringIO()
    call_command("doctor", stdout=told)
    assert told.getvalue().endswith("All is well.\n")
    assert {line.split()[0] for line in told.getvalue().splitlines()[:-1]} == {"ok"}


def dead_broker(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"


def dead_mail_server(settings: Settings) -> None:
    settings.EMAIL_PORT = 1


def sink_that_others_would_need(settings: Settings) -> None:
    settings.EMBEDDED, settings.LOCAL = frozenset({"mail"}), False


def no_static_files(settings: Settings) -> None:
    (Path(settings.STATIC_ROOT) / "staticfiles.json").unlink()


def no_sign_of_life(settings: Settings) -> None:
    Heartbeat.objects.all().delete()


def old_sign_of_life(settings: Settings) -> None:
    Heartbeat.objects.update(at=clock.now() - doctor.OLDEST_HEARTBEAT - timedelta(seconds=1))


def mail_that_nobody_sends(settings: Settings) -> None:
    then = clock.now() - doctor.LONGEST_WAIT - timedelta(seconds=5)
    outbox.put(
        user=None, kind="account", slot="1", priority=0, due_at=then, now=then, to_address="a@example.org"
    )


@pytest.mark.parametrize(
    ("part", "harm"),
    [
        ("broker", dead_broker),
        ("mail server", dead_mail_server),
        ("mail server", sink_that_others_would_need),
        ("static files", no_static_files),
        ("beat and planning", no_sign_of_life),
        ("beat and planning", old_sign_of_life),
        ("waiting mail", mail_that_nobody_sends),
    ],
)
def test_what_is_not_well_is_named_with_a_remedy_and_fails(
    installation: None, settings: Settings, part: str, harm: Callable[[Settings], None]
) -> None:
    harm(settings)
    (finding,) = found(part)
    assert finding.level == "error"
    assert finding.remedy
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 part is not well"):
        call_command("doctor", stdout=told)
    assert f"ERROR   {part}: {finding.text}" in told.getvalue()


def test_a_providers_api_is_not_asked_and_no_mail_server_is_missed(
    installation: None, settings: Settings
) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_API_KEY, settings.EMAIL_PORT = "brevo", "key", 1
    (finding,) = found("mail server")
    assert (finding.level, "API of brevo" in finding.text) == ("ok", True)


def test_a_full_disk_is_told_in_time(installation: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE", disk_usage("/").total * 1000)
    (finding,) = found("disk")
    assert finding.level == "error"
    assert "stops when its disk is full" in finding.remedy


def test_paused_mail_may_wait_but_is_mentioned(installation: None, settings: Settings) -> None:
    mail_that_nobody_sends(settings)
    control.set_paused(paused=True)
    assert found("waiting mail")[0].level == "ok"
    assert found("mail switch")[0].level == "warning"


def test_clocks_that_differ_are_a_warning(installation: None) -> None:
    later = clock.now() + doctor.LARGEST_SKEW + timedelta(seconds=30)
    findings = [finding for finding in doctor.examine(now=later) if finding.part == "clock"]
    assert [finding.level for finding in findings] == ["warning"]


def test_a_time_zone_that_is_not_known_is_flagged_with_how_many_it_concerns(installation: None) -> None:
    assert found("time zones")[0].level == "ok"
    for name in ("lea", "omar"):
        User.objects.create_user(f"{name}@example.org", time_zone="Mars/Base")
    (finding,) = found("time zones")
    assert (finding.level, finding.text) == ("warning", "not known here and taken for UTC: 'Mars/Base' of 2")


def test_an_incomplete_organisation_is_a_warning_for_each_gap(installation: None) -> None:
    Organisation.objects.update(postal_address="", support_email="")
    assert [finding.level for finding in found("organisation")] == ["warning", "warning"]


def test_without_a_database_the_rest_is_still_examined() -> None:
    nowhere = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "SECRET_KEY": "x" * 50}
    words = [sys.executable, "manage.py", "doctor"]
    told = subprocess.run(
        words,
        env={**nowhere, "DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "ERROR   database: " in told.stdout
    assert "Start it, or correct DATABASE_URL." in told.stdout
    assert "disk: " in told.stdout
    assert "Traceback" not in told.stderr

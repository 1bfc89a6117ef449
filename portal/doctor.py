"""What `manage.py doctor` examines: each part says how it is, and what to do if it is not well."""

import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from shutil import disk_usage
from zoneinfo import available_timezones

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.core.mail.backends.smtp import EmailBackend
from django.db import DatabaseError, connection, transaction
from django.db.models import Min

from accounts.models import Organisation, User
from mailing.control import current as mail_control
from mailing.models import Heartbeat, OutboxMail
from portal import checks, database_programs, health

OLDEST_HEARTBEAT = timedelta(minutes=5)
"""beat asks four times a minute; a planning run may take most of one."""
LONGEST_WAIT = timedelta(minutes=5)
"""How long a due mail may lie before somebody should look; the drain ticks every two seconds."""
LARGEST_SKEW = timedelta(seconds=5)
LEAST_FREE = 1_000_000_000
"""Bytes. PostgreSQL stops when its disk is full."""


@dataclass(frozen=True)
class Finding:
    """How one part is. `level` is ok, warning or error; only an error makes the whole unwell."""

    part: str
    level: str
    text: str
    remedy: str = ""


def examine(*, now: datetime) -> Iterator[Finding]:
    """Yield a finding for every part. What rests on the database is left out when that does not answer."""
    yield from _settings()
    yield _disk()
    yield _static_files()
    yield _broker()
    yield _mail_server()
    database = _database()
    yield database
    if database.level == "ok":
        for part in (_migrations, _clock, _time_zones, _heartbeat, _waiting_mail, _switches):
            yield _asked(part, now)
        yield from _organisation()


def _asked(part: Callable[[datetime], Finding], now: datetime) -> Finding:
    """Return what a part found; one whose tables are missing is unwell and keeps nobody from looking on."""
    try:
        with transaction.atomic():
            return part(now)
    except DatabaseError as error:
        name = part.__name__.strip("_").replace("_", " ")
        return Finding(name, "error", str(error).splitlines()[0], "Run manage.py prepare.")


def _settings() -> Iterator[Finding]:
    found = [
        message
        for message in run_checks(include_deployment_checks=settings.HTTPS)
        if message.level >= WARNING and not message.is_silenced()
    ]
    for message in found:
        level = "error" if message.is_serious() else "warning"
        yield Finding("settings", level, f"{message.msg} ({message.id})", message.hint or "")
    if settings.DEBUG and settings.HTTPS:
        yield Finding("settings", "error", "DEBUG shows the inside to everybody.", "Unset DEBUG.")
    elif not found:
        yield Finding("settings", "ok", "no complaint")


def _disk() -> Finding:
    usage = disk_usage(settings.DATA_DIR)
    text = f"{usage.free / 1e9:.1f} GB free under {settings.DATA_DIR}"
    if usage.free < LEAST_FREE:
        return Finding("disk", "error", text, "Make room: PostgreSQL stops when its disk is full.")
    return Finding("disk", "ok", text)


def _static_files() -> Finding:
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        return Finding("static files", "ok", f"collected in {settings.STATIC_ROOT}")
    return Finding("static files", "error", "not collected", "Run manage.py prepare.")


def _broker() -> Finding:
    if health.broker_is_ready():
        return Finding("broker", "ok", "answers")
    return Finding(
        "broker", "error", "does not answer: mail waits, nothing is lost", "Start it, or correct BROKER_URL."
    )


def _mail_server() -> Finding:
    if settings.MAIL_API_KEY:
        return Finding(
            "mail server", "ok", f"mails go by the API of {settings.MAIL_PROVIDER}; it is not asked"
        )
    if "mail" in settings.EMBEDDED and not settings.LOCAL:
        return Finding("mail server", "error", "keeps every mail, and sends none", "Set EMAIL_URL.")
    try:
        with EmailBackend():
            pass
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            "mail server", "error", f"{settings.EMAIL_HOST}: {error}", "Correct EMAIL_URL, or start it."
        )
    return Finding("mail server", "ok", f"{settings.EMAIL_HOST} takes a connection and a log-in")


def _database() -> Finding:
    try:
        major = database_programs.server_major()
    except DatabaseError as error:
        return Finding("database", "error", str(error).splitlines()[0], "Start it, or correct DATABASE_URL.")
    return Finding("database", "ok", f"PostgreSQL {major} answers")


def _migrations(now: datetime) -> Finding:
    if health.database_is_ready():
        return Finding("migrations", "ok", "all applied")
    return Finding("migrations", "error", "some are not applied", "Run manage.py prepare.")


def _clock(now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (its,) = cursor.fetchone() or (now,)
    skew = abs(its - now)
    if skew > LARGEST_SKEW:
        text = f"differs from the database's by {skew.total_seconds():.0f} s"
        return Finding("clock", "warning", text, "Let NTP set both; the database's counts.")
    return Finding("clock", "ok", "agrees with the database's")


def _time_zones(now: datetime) -> Finding:
    people = User.objects.exclude(time_zone__in=available_timezones())
    unknown = Counter(people.values_list("time_zone", flat=True))
    if not unknown:
        return Finding("time zones", "ok", "every person's is known")
    names = ", ".join(f"{name!r} of {count}" for name, count in unknown.most_common(3))
    text = f"not known here and taken for UTC: {names}"
    return Finding("time zones", "warning", text, "Install the newest tzdata, or see Admin, Users.")


def _heartbeat(now: datetime) -> Finding:
    newest = Heartbeat.objects.order_by("-at").first()
    remedy = "Start beat and the planning worker (make run starts both)."
    if newest is None:
        return Finding("beat and planning", "error", "no sign of life yet", remedy)
    age = now - newest.at
    text = f"last sign of life {max(age.total_seconds(), 0.0):.0f} s ago"  # one may come while we ask
    if age > OLDEST_HEARTBEAT:
        return Finding("beat and planning", "error", text, remedy)
    return Finding("beat and planning", "ok", text)


def _waiting_mail(now: datetime) -> Finding:
    pending = OutboxMail.objects.filter(state=OutboxMail.State.PENDING, next_try_at__lte=now)
    oldest = pending.aggregate(oldest=Min("next_try_at"))["oldest"]
    if oldest is None:
        return Finding("waiting mail", "ok", "none is due")
    age = now - oldest
    text = f"the oldest due mail waits for {age.total_seconds():.0f} s"
    if age > LONGEST_WAIT and not mail_control().paused:
        return Finding("waiting mail", "error", text, "Start the mail worker; see Admin, Mails.")
    return Finding("waiting mail", "ok", text)


def _switches(now: datetime) -> Finding:
    control = mail_control()
    if control.paused:
        return Finding("mail switch", "warning", "mail is paused", "Admin, Mail control, when it may go on.")
    return Finding("mail switch", "ok", "mail may leave")


def _organisation() -> Iterator[Finding]:
    found = checks.gaps(Organisation.objects.first() or Organisation())
    for _, text in found:
        yield Finding("organisation", "warning", text, checks.WHERE)
    if not found:
        yield Finding("organisation", "ok", "complete")

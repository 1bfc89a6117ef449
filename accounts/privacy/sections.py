"""What the download says in words: sections with tables, one list of them from each room."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.privacy import look_ins
from mailing.models import OutboxMail

STATES = {
    OutboxMail.State.PENDING: gettext_lazy("waits"),
    OutboxMail.State.SENDING: gettext_lazy("on its way"),
    OutboxMail.State.SENT: gettext_lazy("sent"),
    OutboxMail.State.SKIPPED: gettext_lazy("not sent"),
    OutboxMail.State.FAILED: gettext_lazy("not sent"),
    OutboxMail.State.EXPIRED: gettext_lazy("not sent"),
    OutboxMail.State.UNKNOWN: gettext_lazy("may have arrived"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the readable file with its table. Rows are plain text; they are read once, in order."""

    title: str
    about: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


def of(user: User) -> Iterator[Section]:
    """Yield the sections of all rooms that settings.PRIVACY_SOURCES names, in its order."""
    for path in settings.PRIVACY_SOURCES:
        yield from import_string(path)(user)


def own(user: User) -> Iterator[Section]:
    """Yield what the room of accounts keeps: the account, mails, look-ins."""
    zone = user.zone
    yield Section(_("Account"), _("Who you are here."), (_("What"), _("Value")), list(_account(user, zone)))
    mails = OutboxMail.objects.filter(user=user).order_by("created_at")
    yield Section(
        _("Mails"),
        _("That we wrote to you. The words of a mail are made when it is sent, and not kept."),
        (_("Made"), _("Kind"), _("State"), _("Sent")),
        (
            (
                moment(row.created_at, zone),
                row.kind.replace("_", " "),
                str(STATES[OutboxMail.State(row.state)]),
                moment(row.sent_at, zone),
            )
            for row in mails.iterator()
        ),
    )
    yield Section(
        _("Look-ins"),
        _("When somebody of the staff looked at what you see."),
        (_("When"), _("Who"), _("What"), _("Why")),
        ((moment(row.at, zone), look_ins.name_of(row), _(row.page), row.reason) for row in look_ins.of(user)),
    )


def _account(user: User, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for address in EmailAddress.objects.filter(user=user).order_by("pk"):
        shown = address.email if address.verified else _("%s (not confirmed)") % address.email
        yield _("E-mail address"), shown
    yield _("Name"), user.name or _("none given")
    yield _("Time zone"), user.time_zone
    yield _("Appearance"), str(User.Theme(user.theme).label)
    yield _("Account since"), moment(user.created_at, zone)
    yield _("Last log-in"), moment(user.last_login, zone) or _("never")
    yield _("Last active"), day(user.last_seen_on) or _("never")
    yield _("Last page"), moment(user.last_page_at, zone) or _("not known")
    if user.accepted_terms_at:
        yield (
            _("Terms"),
            _("version %(version)s, accepted %(when)s")
            % {"version": user.accepted_terms_version, "when": moment(user.accepted_terms_at, zone)},
        )


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """Return an instant as the person's clock shows it, such as "21 November 2026, 09:00"; empty for None."""
    return date_format(at.astimezone(zone), "j F Y, H:i") if at else ""


def day(on: date | None) -> str:
    """Return a date such as "21 November 2026"; empty for None."""
    return date_format(on, "j F Y") if on else ""

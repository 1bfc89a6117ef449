"""The one mail about a report: what became of it, for reporters who asked to be told so."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import organisation
from accounts.models import User
from courses.models import Version
from learning import reports
from learning.models import ContentReport
from mailing.kinds import Example, Message
from mailing.models import OutboxMail


class ReportMail:
    """Mails of kind "report". Their slot names the report."""

    def __init__(self) -> None:
        self.reports: dict[int, ContentReport] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out, or None (2 queries)."""
        rows = ContentReport.objects.select_related("user", "version", "sentence", "fixed_in")
        self.reports = rows.in_bulk([_named(mail) for mail in mails])
        confirmed = set(
            EmailAddress.objects.annotate(own=Lower("user__email"), given=Lower("email"))
            .filter(user__content_reports__in=self.reports, verified=True, own=F("given"))
            .values_list("user", flat=True)
        )
        return {mail.pk: _objection(self.reports.get(_named(mail)), confirmed) for mail in mails}

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the mail to the reporter's confirmed address."""
        return message(self.reports[_named(mail)])


def message(report: ContentReport) -> Message:
    """Return the mail about a decided report; without an address where its reporter is gone."""
    user = report.user
    context = {
        "about": reports.about(report),
        "outcome": reports.answer(report),
        "report": report,
        "organisation": organisation.current(),
        "base_url": settings.BASE_URL,
    }
    context["subject"] = render_to_string("emails/report/subject.txt", context).strip()
    return Message(
        to_address=(user and user.email) or "",
        to_name=user.name if user else "",
        locale=settings.LANGUAGE_CODE,
        subject=str(context["subject"]),
        text=render_to_string("emails/report/mail.txt", context).strip() + "\n",
        html=render_to_string("emails/report/mail.html", context).strip(),
    )


def sample(report: ContentReport) -> Message:
    """Return the mail as it reads; of a report without an answer, as if it had one."""
    shown = copy(report)
    if not reports.answer(report):
        shown.state, shown.reply = ContentReport.State.ANSWERED, _("(Your reply stands here.)")
    return message(shown)


def example(*, user: User, now: datetime) -> list[Message]:
    """Return the mail about two reports, made up: one that led to a new version, one that did not."""
    lesson = Version(kind=Version.Kind.LESSON, key="lesson", number=3, body={"title": _("A lesson")})
    states = ContentReport.State
    fixed = ContentReport(
        user=user,
        version=lesson,
        text=_("The second example names the wrong role."),
        state=states.FIXED,
        fixed_in=Version(number=4),
    )
    kept = copy(fixed)
    kept.state, kept.fixed_in, kept.reply = states.ANSWERED, None, _("In that project it was this role.")
    return [message(fixed), message(kept)]


EXAMPLES = (
    Example(
        gettext_lazy("Certificates and reports"),
        reports.KIND,
        "report",
        gettext_lazy("What became of a report"),
        example,
    ),
)


def _named(mail: OutboxMail) -> int:
    return int(mail.slot.rpartition(":")[2])


def _objection(report: ContentReport | None, confirmed: set[int]) -> str | None:
    if report is None or report.user is None:
        return "erased"
    if not report.user.is_active:
        return "inactive"
    if report.state in (ContentReport.State.WAITING, ContentReport.State.SET_ASIDE):
        return "withdrawn"
    return None if report.user.pk in confirmed else "address_unconfirmed"

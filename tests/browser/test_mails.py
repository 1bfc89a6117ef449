"""Every kind of mail in a real browser: it fits a phone and a wide window, and reads well day and night."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from accounts import invitations, mails, organisation
from accounts.invitations import InvitationMail
from accounts.mails import AccountMail
from accounts.models import Organisation
from courses.models import Course, Lesson
from learning import reports
from learning.certificate_mail import CertificateMail
from learning.reminders import editors, examples
from learning.reminders.editors import EditorsMail
from learning.reminders.reasons import Reason
from learning.report_mail import ReportMail
from mailing.models import OutboxMail
from tests.browser.visitor import ALBUM, IN_THE_DARK, SERIOUS, VIOLATIONS
from tests.factories import NOW
from tests.learning.finishing import earn, give_certificates
from tests.learning.reminding import make_reminded
from tests.learning.test_editors_mail import MORNING, fail_a_mail, make_editor
from tests.learning.test_reports import States, report_on

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 640)


def documents() -> Iterator[tuple[str, str]]:
    """Give every kind of mail, named: reminders in one wording each, and one of each other sort."""
    address = {"postal_address": "1 Long Lane\nOldtown", "support_email": "help@example.org"}
    Organisation.objects.update_or_create(singleton=True, defaults=address)
    organisation.forget()
    learner = make_reminded()
    for variant, reason in enumerate(Reason):
        yield reason, examples.message_about(learner, reason, variant=variant % 3, now=NOW).html
    code = mails.put("account/email/login_code", email="a@example.org", context={"code": "123456"}, now=NOW)
    yield "code", AccountMail().render(code, now=NOW).html
    invitations.invite(
        addresses=["a-rather-long-address.of.somebody@a-long-domain-name.example.org"],
        label="Autumn",
        per_hour=1,
        starts_at=NOW,
        time_zone="UTC",
        actor=None,
        now=NOW,
    )
    invitations.plan(now=NOW)
    fail_a_mail()
    make_editor()
    editors.plan(now=MORNING)
    for kind in (InvitationMail(), EditorsMail()):
        name = "invitation" if isinstance(kind, InvitationMail) else "editors"
        mail = OutboxMail.objects.get(kind=name)
        assert kind.recheck([mail], now=MORNING) == {mail.pk: None}
        yield name, kind.render(mail, now=MORNING).html
    give_certificates(Course.objects.get())
    earn(learner)
    certificate = OutboxMail.objects.get(kind="certificate")
    earned = CertificateMail()
    assert earned.recheck([certificate], now=NOW) == {certificate.pk: None}
    yield "certificate", earned.render(certificate, now=NOW).html
    report = report_on(Lesson.objects.earliest("pk"), learner, wants_mail=True, text="Is that so?")
    reports.decide(report=report, state=States.FIXED, reply="Turned round.", actor=None, now=NOW)
    mail, told = OutboxMail.objects.get(kind="report"), ReportMail()
    assert told.recheck([mail], now=NOW) == {mail.pk: None}
    yield "report", told.render(mail, now=NOW).html


def test_every_mail_fits_and_is_readable_on_phones_and_wide_by_day_and_by_night(
    browser: Browser, beside_a_loop: None, live_server: object
) -> None:
    faults = []
    page = browser.new_page()
    for name, html in documents():
        page.set_content(html)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 700})
                if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                    faults.append(f"{name}: {wide} px wide at {width}")
                if ALBUM:
                    page.screenshot(path=f"{ALBUM}/mail-{name}-{scheme}-{width}.png", full_page=True)
            rules = VIOLATIONS if scheme == "light" else IN_THE_DARK
            seen = Axe().run(page, context=".paper", options=rules).response["violations"]
            faults += [f"{name} ({scheme}): {one['id']}" for one in seen if one["impact"] in SERIOUS]
    page.close()
    organisation.forget()
    assert faults == []

"""The one mail about a certificate, for learners who asked for mails: sent when it was earned."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import audit, organisation
from accounts.assisting import ONCE_IN
from accounts.models import User
from learning import certificate_words as words
from learning import certificates
from learning.models import Certificate, ReminderContract
from learning.reminders import contract as contracts
from learning.reminders import links
from mailing import outbox
from mailing.kinds import Example, Message
from mailing.models import OutboxMail


class CertificateMail:
    """Mails of kind "certificate". Their slot names the certificate."""

    can_go_again = True

    def __init__(self) -> None:
        self.certificates: dict[str, Certificate] = {}

    def recheck(self, mails: Sequence[OutboxMail], *, now: datetime) -> dict[UUID, str | None]:
        """Return why each mail must not go out, or None (2 queries)."""
        rows = Certificate.objects.select_related("outline", "user__reminder_contract")
        found = rows.filter(pk__in=[_named(mail) for mail in mails])
        self.certificates = {str(row.pk): row for row in found}
        confirmed = set(
            EmailAddress.objects.annotate(own=Lower("user__email"), given=Lower("email"))
            .filter(user__in=[row.user_id for row in found], verified=True, own=F("given"))
            .values_list("user", flat=True)
        )
        return {
            mail.pk: _objection(self.certificates.get(_named(mail)), confirmed, now=now) for mail in mails
        }

    def render(self, mail: OutboxMail, *, now: datetime) -> Message:
        """Return the mail to the learner's confirmed address."""
        return message(self.certificates[_named(mail)])


def message(certificate: Certificate) -> Message:
    """Return the mail about a certificate."""
    user, stop_url = certificate.user, links.unsubscribe_url(certificate.user_id)
    context = {
        "title": certificate.title,
        "summary": words.summary(certificate),
        "certificate_url": words.url(certificate),
        "locale": settings.LANGUAGE_CODE,
        "organisation": organisation.current(),
        "stop_url": stop_url,
        "settings_url": f"{settings.BASE_URL}{reverse('learning:settings_reminders')}",
    }
    context["subject"] = render_to_string("emails/certificate/subject.txt", context).strip()
    return Message(
        to_address=user.email or "",
        to_name=user.name,
        locale=settings.LANGUAGE_CODE,
        subject=str(context["subject"]),
        text=render_to_string("emails/certificate/mail.txt", context),
        html=render_to_string("emails/certificate/mail.html", context),
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def example(*, user: User, now: datetime) -> list[Message]:
    """Return the mail about a certificate that is made up."""
    return [links.disarmed(message(words.invented(user, now=now)))]


EXAMPLES = (
    Example(
        _("Certificates and reports"),
        certificates.KIND,
        "certificate",
        _("A certificate was earned"),
        example,
    ),
)


@transaction.atomic
def send_again(certificate: Certificate, *, by: User, now: datetime) -> bool:
    """Put the mail about a certificate once more, at a learner's wish; False if one has just gone.

    Whether it is wanted is asked when it is sent, as of the first one.
    """
    Certificate.objects.select_for_update().get(pk=certificate.pk)
    mails = OutboxMail.objects.filter(
        user=certificate.user_id, kind=certificates.KIND, slot__endswith=f":{certificate.pk}"
    )
    if mails.filter(created_at__gt=now - ONCE_IN).exists():
        return False
    outbox.put(
        user=certificate.user,
        kind=certificates.KIND,
        slot=f"{certificates.KIND}~{mails.count() + 1}:{certificate.pk}",
        priority=OutboxMail.Priority.TRANSACTIONAL,
        due_at=now,
        now=now,
    )
    audit.record(actor=by, action="mail.certificate", obj=certificate, now=now)
    return True


def _named(mail: OutboxMail) -> str:
    return mail.slot.partition(":")[2]


def _objection(certificate: Certificate | None, confirmed: set[int], *, now: datetime) -> str | None:
    if certificate is None:
        return "erased"
    user = certificate.user
    contract: ReminderContract | None = getattr(user, "reminder_contract", None)
    if not user.is_active:
        return "inactive"
    if certificate.revoked_at is not None:
        return "withdrawn"
    if contract is None or not contract.enabled:
        return "unsubscribed"
    if user.pk not in confirmed:
        return "address_unconfirmed"
    contract.user = user
    return "paused" if contracts.is_paused(contract, now=now) else None

"""The mail queue, with what only a room that keeps the log can do: sending again."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit
from accounts.models import User
from mailing import clock, resending
from mailing.admin import OutboxMailAdmin
from mailing.models import OutboxMail

admin.site.unregister(OutboxMail)


@admin.register(OutboxMail)
class MailAdmin(OutboxMailAdmin):
    """Queue and history; what failed can be sent again by those who may change mails."""

    actions = ("send_again",)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Ask for the right to change mails, which opens nothing else."""
        return bool(request.user.has_perm("mailing.change_outboxmail"))

    @admin.action(description=gettext_lazy("Send again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        """Put those that can go again anew, and say how many cannot."""
        now, actor = clock.now(), request.user if isinstance(request.user, User) else None
        with transaction.atomic():
            fresh = resending.resend(queryset, now=now)
            ids = {"from": [str(mail.pk) for mail in queryset], "to": [str(mail.pk) for mail in fresh]}
            audit.record(actor=actor, action="mail.send_again", after=ids, now=now)
        many, left = len(fresh), queryset.count() - len(fresh)
        if many:
            said = ngettext("%d mail is sent again.", "%d mails are sent again.", many)
            messages.success(request, said % many)
        if left:
            messages.warning(
                request,
                _(
                    "%(count)s not: only mails about certificates that failed go again. Whoever "
                    "needs a code asks for another, reminders come on their next day, invitations "
                    "go again from their own list."
                )
                % {"count": left},
            )

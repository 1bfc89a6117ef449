"""Certificates in the admin: who earned what, and withdrawing one with a reason. Nobody edits them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from learning import certificates
from learning.models import Certificate
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

MAY = "learning.change_certificate"


class WithdrawForm(forms.Form):
    """Why a certificate does not stand any more."""

    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="One sentence. The learner reads it, nobody else does.",
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "course", "standing", "awarded_at", "issued_at", "shared")
    list_select_related = ("user", "course")
    list_filter = ("course", "shared", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "user__email", "name")
    ordering = ("-awarded_at",)
    exclude = ("identity_salt", "identity_hash")
    actions = ("withdraw", "restore")

    @display(description="stands")  # type: ignore[untyped-decorator]  # unfold ships no types
    def standing(self, certificate: Certificate) -> str:
        """Say how it stands, in a word."""
        if certificate.revoked_at:
            return "withdrawn"
        if certificate.replaced_at:
            return "replaced"
        return "valid" if certificate.issued_at else "earned, no name yet"

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may withdraw certificates: rows cannot be changed otherwise."""
        return request.user.has_perm(MAY)

    @admin.action(description="Withdraw", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> HttpResponse | None:
        """Ask for the reason, then withdraw those that are not withdrawn yet."""
        form = WithdrawForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Withdraw certificates",
                "opts": self.model._meta,
                "form": form,
                "certificates": queryset.select_related("user", "course"),
                "checkbox": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/learning/withdraw.html", context)
        reason, actor = form.cleaned_data["reason"], _actor(request)
        done = sum(
            certificates.revoke(certificate=each, reason=reason, actor=actor, now=now()) for each in queryset
        )
        messages.success(request, f"Withdrawn: {done}.")
        return None

    @admin.action(description="Take the withdrawal back", permissions=["withdraw"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> None:
        """Let certificates stand again that were withdrawn by mistake."""
        actor = _actor(request)
        done = sum(certificates.restore(certificate=each, actor=actor, now=now()) for each in queryset)
        messages.success(request, f"Standing again: {done}.")


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None

"""Certificates in the admin: who earned what, and withdrawing one with a reason. Nobody edits them."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import organisation
from accounts.models import User
from courses import typesetting
from learning import certificate_words as words
from learning import certificates
from learning.models import Certificate
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

MAY = "learning.change_certificate"


class WithdrawForm(forms.Form):
    """Why a certificate does not stand any more."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("One sentence. The learner reads it, nobody else does."),
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("holder", "course", "standing", "awarded_at", "issued_at", "shared")
    list_select_related = ("user", "course")
    list_filter = ("course", "shared", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("=id", "user__email", "name")
    ordering = ("-awarded_at",)
    exclude = ("identity_salt", "identity_hash")
    actions = ("withdraw", "restore")

    def get_urls(self) -> list[URLPattern]:
        """Add what a certificate looks like with the organisation's words and logo."""
        view = self.admin_site.admin_view(preview)
        return [path("preview/", view, name="learning_certificate_preview"), *super().get_urls()]

    @display(description=gettext_lazy("holder"), header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def holder(self, certificate: Certificate) -> tuple[str, str]:
        """The name that stands on it, and the address of the account."""
        return certificate.name or _("no name yet"), certificate.user.email or _("a guest")

    @display(description=gettext_lazy("stands"))  # type: ignore[untyped-decorator]  # as above
    def standing(self, certificate: Certificate) -> str:
        """Say how it stands, in a word."""
        if certificate.revoked_at:
            return _("withdrawn")
        if certificate.replaced_at:
            return _("replaced")
        return _("valid") if certificate.issued_at else _("earned, no name yet")

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """Say whether this person may withdraw certificates: rows cannot be changed otherwise."""
        return request.user.has_perm(MAY)

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> HttpResponse | None:
        """Ask for the reason, then withdraw those that are not withdrawn yet."""
        form = WithdrawForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Withdraw certificates"),
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
        if done:
            messages.success(request, _("Withdrawn: %(count)s.") % {"count": done})
        else:
            messages.warning(request, _("Nothing changed: what you chose was withdrawn already."))
        return None

    @admin.action(description=gettext_lazy("Take the withdrawal back"), permissions=["withdraw"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> None:
        """Let certificates stand again that were withdrawn by mistake."""
        actor = _actor(request)
        done = sum(certificates.restore(certificate=each, actor=actor, now=now()) for each in queryset)
        if done:
            messages.success(request, _("Standing again: %(count)s.") % {"count": done})
        else:
            messages.warning(request, _("Nothing changed: nothing of what you chose was withdrawn."))


@require_safe
@permission_required("accounts.preview_texts", raise_exception=True)
def preview(request: HttpRequest) -> HttpResponse:
    """An invented certificate as PDF, with the organisation's words and logo. It has no page of its own."""
    who = organisation.current()
    invented = words.invented(User(name="Sam Example"), now=now())
    try:
        content = words.document(invented, who, logo=organisation.logo_bytes(who))
        made = typesetting.pdf("certificate", content, made_at=invented.awarded_at)
    except typesetting.CannotBeSetError as letters:
        said = _(
            "No font of ours has the letters “%(letters)s”. Spell the name of the issuer without them."
        ) % {"letters": letters}
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(made, content_type="application/pdf")


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None

"""Lists of leavers in the admin: uploaded, looked at line by line, then closed together."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanSwitchWidget

from accounts import leavers
from accounts.admin import address_lists
from accounts.admin.address_lists import AddressListForm, addresses_field, file_field
from accounts.models import LeaverList, User
from accounts.roles import MAY_ASSIGN
from mailing import clock

NOTE = gettext_lazy(
    "A closed account can be opened again on the person's page. Without erasing, "
    "what is theirs is kept until they ask for its end, or until they have not "
    "learned for 24 months."
)


class LeaversForm(AddressListForm, forms.Form):
    """The addresses of those who left, and what becomes of their accounts."""

    file = file_field()
    addresses = addresses_field()
    spare_staff = forms.BooleanField(
        label=gettext_lazy("Leave out staff"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget
    )
    erase = forms.BooleanField(
        label=gettext_lazy("Erase them after 30 days"),
        required=False,
        help_text=gettext_lazy("With all that is theirs, and for good. Until then it can be called off."),
        widget=UnfoldBooleanSwitchWidget,
    )


@admin.register(LeaverList)
class LeaverListAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """What was closed by list, when and by whom. The addresses themselves are not kept."""

    list_display = ("created_at", "shown_actor", "closed", "left_out", "erase_at")
    list_select_related = ("created_by",)
    ordering = ("-created_at",)
    fields = ("created_at", "shown_actor", "closed", "left_out", "erase_at")
    readonly_fields = fields
    actions = ("keep",)

    @display(description=gettext_lazy("By"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def shown_actor(self, row: LeaverList) -> str:
        """Who of the staff."""
        return (row.created_by and (row.created_by.name or str(row.created_by.email))) or ""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It says what was done."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It says what was done."""
        return False

    def has_keep_permission(self, request: HttpRequest) -> bool:
        """Who may upload lists may call off what they erase."""
        return bool(self.has_add_permission(request))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a list, say what would become of each line, and close once that was looked at."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        actor = _staff(request)
        form = LeaversForm(request.POST or None, request.FILES or None)
        if not actor.has_perm(MAY_ASSIGN):  # only who hands out roles ends them
            del form.fields["spare_staff"]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Close accounts of leavers"),
            "opts": self.model._meta,
            "form": form,
            "column": _("What becomes of it"),
            "note": NOTE,
        }
        if form.is_valid():
            with_staff = not form.cleaned_data.get("spare_staff", True)
            checked = leavers.check(form.lines, actor=actor, with_staff=with_staff)
            if (checked.good or checked.invited) and "do" in request.POST:
                return self._closed(request, form, checked, actor)
            good = len(checked.good) + len(checked.invited)
            context |= address_lists.shown(checked.told, [*checked.good, *checked.invited])
            says, button = (
                _("%(count)s will be closed, %(left_out)s not. Nothing is done yet."),
                _("Close %(count)s"),
            )
            if checked.invited:
                says = _("%(count)s will be closed or taken back, %(left_out)s not. Nothing is done yet.")
                button = _("Close or take back %(count)s")
            context["says"] = says % {"count": good, "left_out": checked.left_out}
            context["button"] = button % {"count": good}
        return TemplateResponse(request, address_lists.TEMPLATE, context)

    def _closed(
        self, request: HttpRequest, form: LeaversForm, checked: leavers.Checked, actor: User
    ) -> HttpResponse:
        made = leavers.close(
            people=checked.good.values(),
            invited=checked.invited,
            left_out=checked.left_out,
            with_staff=not form.cleaned_data.get("spare_staff", True),
            erase=form.cleaned_data["erase"],
            actor=actor,
            now=clock.now(),
        )
        many = made.closed if made else 0
        messages.success(request, ngettext("%d account is closed.", "%d accounts are closed.", many) % many)
        if back := len(checked.invited):
            words = ngettext("%d invitation is taken back.", "%d invitations are taken back.", back)
            messages.success(request, words % back)
        return redirect("admin:accounts_leaverlist_changelist")

    @admin.action(description=gettext_lazy("Do not erase them"), permissions=["keep"])
    def keep(self, request: HttpRequest, queryset: QuerySet[LeaverList]) -> None:
        """Call off the erasing of these lists."""
        now = clock.now()
        kept = sum(leavers.keep(leaver_list=row, actor=_staff(request), now=now) for row in queryset)
        messages.success(request, _("Called off: %(count)s. The accounts stay closed.") % {"count": kept})


def _staff(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin lets nobody else in
    return request.user

"""Invitations in the admin: a list is uploaded, looked at line by line, and then invited in waves."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from accounts import audit, groups, invitation_lists, invitations
from accounts.admin import address_lists
from accounts.admin.address_lists import AddressListForm, addresses_field, file_field
from accounts.models import Invitation, InvitationWave, User
from mailing import clock
from mailing.models import OutboxMail

NOTE = gettext_lazy(
    "Addresses are forgotten 30 days after an invitation expired. Each gets one "
    "mail, between 08:00 and 21:00 of your time zone, with a link that works once, "
    "for 14 days."
)


def _groups() -> list[tuple[str, str]]:
    return [("", _("nothing")), *groups.choices()]


class WaveForm(AddressListForm, forms.ModelForm):  # type: ignore[type-arg]  # it takes its type argument in the stubs alone
    """A list of addresses, how fast they are written to, and what who accepts joins."""

    file = file_field()
    addresses = addresses_field()
    group = forms.ChoiceField(
        label=gettext_lazy("Who accepts joins"),
        required=False,
        choices=_groups,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = InvitationWave
        fields = ("label", "per_hour", "starts_at", "group")
        labels = {"label": gettext_lazy("Label")}
        widgets = {
            "label": UnfoldAdminTextInputWidget,
            "per_hour": UnfoldAdminIntegerFieldWidget,
            "starts_at": UnfoldAdminTextInputWidget,
        }
        error_messages = {"starts_at": {"invalid": gettext_lazy("Write it as 2026-11-24 09:00.")}}


@admin.register(InvitationWave)
class InvitationWaveAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Waves: uploaded with a dry run first, then only read."""

    list_display = ("label", "per_hour", "starts_at", "shown_total", "shown_waiting", "shown_accepted")
    ordering = ("-created_at",)
    fields = ("label", "per_hour", "starts_at", "time_zone", "shown_group", "created_by", "created_at")
    readonly_fields = ("label", "starts_at", "time_zone", "shown_group", "created_by", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationWave]:
        """Count each wave's invitations in the same query."""
        waves: QuerySet[InvitationWave] = super().get_queryset(request)
        waiting = Q(**{f"invitations__{name}": value for name, value in invitations.WAITING.items()})
        return waves.annotate(
            total=Count("invitations"),
            waiting=Count("invitations", filter=waiting),
            accepted=Count("invitations", filter=Q(invitations__accepted_at__isnull=False)),
        )

    @display(description=gettext_lazy("Invitations"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def shown_total(self, wave: Any) -> int:
        """How many addresses the wave has."""
        return int(wave.total)

    @display(description=gettext_lazy("Waiting"))  # type: ignore[untyped-decorator]  # as above
    def shown_waiting(self, wave: Any) -> int:
        """How many of them wait for their mail."""
        return int(wave.waiting)

    @display(description=gettext_lazy("Accepted"))  # type: ignore[untyped-decorator]  # as above
    def shown_accepted(self, wave: Any) -> int:
        """How many of them signed up."""
        return int(wave.accepted)

    @display(description=gettext_lazy("Who accepts joins"))  # type: ignore[untyped-decorator]  # as above
    def shown_group(self, wave: InvitationWave) -> str:
        """The group in words, or that it is gone."""
        return dict(_groups()).get(wave.group, _("something that is gone"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Invitations are revoked, and forgotten by themselves."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a list, say what would become of each line, and invite once that was looked at."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        at = clock.now()
        initial = {"starts_at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}", "per_hour": 100}
        form = WaveForm(request.POST or None, request.FILES or None, initial=initial)
        checked = invitation_lists.check(form.lines, now=at) if form.is_valid() else None
        if checked and checked.good and "do" in request.POST:
            return self._invited(request, form, checked, at)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Invite people"),
            "opts": self.model._meta,
            "form": form,
            "column": _("Why it is left out"),
            "note": NOTE,
        }
        if checked:
            good, refused = len(checked.good), len(checked.refused)
            context |= address_lists.shown(checked.refused, checked.good)
            context["says"] = _(
                "%(count)s can be invited, %(refused)s cannot. Nothing is kept or sent yet."
            ) % {"count": good, "refused": refused}
            context["button"] = _("Invite %(count)s") % {"count": good}
        return TemplateResponse(request, address_lists.TEMPLATE, context)

    def _invited(
        self, request: HttpRequest, form: WaveForm, checked: invitation_lists.Checked, at: datetime
    ) -> HttpResponse:
        actor = request.user if isinstance(request.user, User) else None
        wave = invitations.invite(
            addresses=checked.good,
            label=form.cleaned_data["label"],
            per_hour=form.cleaned_data["per_hour"],
            starts_at=form.cleaned_data["starts_at"],
            time_zone=actor.zone.key if actor else "UTC",
            group=form.cleaned_data["group"],
            actor=actor,
            now=at,
        )
        counts = {"invitations": len(checked.good)}
        audit.record(actor=actor, action="invitations.upload", obj=wave, after=counts, now=at)
        many = len(checked.good)
        messages.success(request, ngettext("%d invitation waits.", "%d invitations wait.", many) % many)
        return redirect("admin:accounts_invitation_changelist")


@admin.register(Invitation)
class InvitationAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Who is invited and what became of it; revoking and sending again."""

    list_display = ("email", "wave", "shown_state", "shown_mail", "expires_at")
    list_filter = (
        "wave",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("wave",)
    search_fields = ("email",)
    ordering = ("-pk",)
    actions = ("revoke", "send_again")
    fields = ("email", "wave", "user", "queued_at", "expires_at", "accepted_at", "revoked_at", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Read what became of each newest mail in the same query."""
        rows: QuerySet[Invitation] = super().get_queryset(request)
        mails = OutboxMail.objects.filter(pk=OuterRef("mail_id"))
        return rows.annotate(
            mail_state=Subquery(mails.values("state")), mail_reason=Subquery(mails.values("reason"))
        )

    @display(description=gettext_lazy("State"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def shown_state(self, row: Invitation) -> str:
        """Where it stands, in a word."""
        if row.accepted_at is not None:
            return _("accepted")
        if row.revoked_at is not None:
            return _("revoked")
        if row.queued_at is None:
            return _("waiting")
        if row.expires_at is not None and row.expires_at <= clock.now():
            return _("expired")
        return _("invited")

    @display(description=gettext_lazy("Its mail"))  # type: ignore[untyped-decorator]  # as above
    def shown_mail(self, row: Any) -> str:
        """State of the newest mail, and the reason where there is one."""
        return ": ".join(part for part in (row.mail_state, row.mail_reason) if part)

    @admin.action(description=gettext_lazy("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Take them back; those that were accepted stay."""
        at = clock.now()
        self._record(request, queryset, "invitations.revoke", at)
        messages.success(
            request, _("%(count)s taken back.") % {"count": invitations.revoke(queryset, now=at)}
        )

    @admin.action(description=gettext_lazy("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Let them wait for another mail."""
        self._record(request, queryset, "invitations.send_again", clock.now())
        messages.success(
            request,
            _("%(count)s wait for another mail.") % {"count": invitations.send_again(queryset)},
        )

    def _record(self, request: HttpRequest, rows: QuerySet[Invitation], action: str, at: datetime) -> None:
        actor = request.user if isinstance(request.user, User) else None
        ids = list(rows.values_list("pk", flat=True)[:1000])
        audit.record(actor=actor, action=action, after={"ids": ids}, now=at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are uploaded as waves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are revoked, and forgotten by themselves."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All is read; the two actions change it."""
        return self.fields

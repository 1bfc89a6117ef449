"""The mail room in the admin: the queue and its history to read, and the switches."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import FieldTextFilter, TextFilter
from unfold.decorators import display

from mailing.models import Heartbeat, MailControl, OutboxMail, Suppression

STATE_LABELS = {
    OutboxMail.State.PENDING: "info",
    OutboxMail.State.SENDING: "info",
    OutboxMail.State.SENT: "success",
    OutboxMail.State.SKIPPED: "warning",
    OutboxMail.State.FAILED: "danger",
    OutboxMail.State.EXPIRED: "warning",
    OutboxMail.State.UNKNOWN: "danger",
}


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Rows that the machine writes and people only read."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds these by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes these by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes these by hand."""
        return False


class DomainFilter(TextFilter):  # type: ignore[misc]  # unfold ships no types
    """Mails to one domain: by the address of the person now, or by the one that a waiting mail carries."""

    title = gettext_lazy("domain")
    parameter_name = "domain"

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
        """Keep the mails to the domain that was typed."""
        domain = (self.value() or "").strip().lstrip("@")
        if not domain:
            return queryset
        return queryset.filter(Q(user__email__iendswith=f"@{domain}") | Q(to_address__iendswith=f"@{domain}"))


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnlyAdmin):
    list_display = (
        "kind",
        "slot",
        "user",
        "shown_state",
        "reason",
        "domain",
        "due_at",
        "sent_at",
        "attempts",
    )
    list_filter = ("state", "kind", "priority", ("reason", FieldTextFilter), DomainFilter)
    list_filter_submit = True
    search_fields = ("=user__id", "slot", "reason")
    ordering = ("-created_at",)
    date_hierarchy = "created_at"
    list_select_related = ("user",)
    # Neither address nor payload: a log-in code lives in it.
    fields = (
        ("kind", "slot", "user"),
        ("state", "reason", "priority"),
        ("due_at", "not_after", "next_try_at"),
        ("attempts", "ambiguous", "epoch"),
        ("smtp_started_at", "sent_at", "created_at"),
    )

    @display(description=gettext_lazy("Domain"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def domain(self, mail: OutboxMail) -> str:
        """Return where it goes, of the address the part that names nobody; empty where that is forgotten."""
        address: str = mail.to_address or (mail.user.email if mail.user else None) or ""
        return address.rpartition("@")[2]

    @display(description=gettext_lazy("State"), label=STATE_LABELS)  # type: ignore[untyped-decorator]  # unfold ships no types
    def shown_state(self, mail: OutboxMail) -> tuple[str, str]:
        """Return the state as a coloured label."""
        return mail.state, mail.get_state_display().lower()


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("__str__", "scope", "source", "until", "created_at")
    list_filter = ("scope", "source")
    ordering = ("-created_at",)
    readonly_fields = ("address_hmac", "source", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Suppressions come from bounces, complaints and people."""
        return False


@admin.register(MailControl)
class MailControlAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("__str__", "paused", "paused_until", "epoch")
    fields = ("paused", "paused_until", "epoch")
    readonly_fields = ("paused_until", "epoch")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MailControl]:
        """Make the one row at the first look: until somebody turned a switch, sending needs none."""
        MailControl.objects.get_or_create(singleton=True)
        rows: QuerySet[MailControl] = super().get_queryset(request)
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row, and it is there."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The one row stays."""
        return False


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at")
    ordering = ("name",)

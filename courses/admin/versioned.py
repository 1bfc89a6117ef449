"""What the admin pages of all versioned content share: Save keeps a draft, Publish is its own button."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import User
from courses import publishing, versions
from mailing.clock import now

STATE_LABELS = {
    versions.State.DRAFT: "info",
    versions.State.CHANGED: "warning",
    versions.State.LIVE: "success",
    versions.State.ARCHIVED: "danger",
}


class LiveFilter(admin.SimpleListFilter):
    """Narrow a list to what learners see, to what was never published, or to what is archived."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the three choices."""
        return [("live", "Published"), ("draft", "Never published"), ("archived", "Archived")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the choice."""
        match self.value():
            case "live":
                return queryset.filter(live_version__isnull=False)
            case "draft":
                return queryset.filter(live_version__isnull=True, archived_at__isnull=True)
            case "archived":
                return queryset.filter(archived_at__isnull=False)
            case _:
                return queryset


class VersionedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Save keeps a draft; Publish makes a version and shows it. Nothing with a version is deleted."""

    publishes = True
    actions = ("publish_selected", "archive_selected")
    list_filter_submit = False
    warn_unsaved_form = True
    save_on_top = False

    @display(description="State", label=STATE_LABELS)  # type: ignore[untyped-decorator]  # unfold ships no types
    def state(self, row: Any) -> str:
        """Draft, changed since publishing, live, or archived."""
        return versions.state(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch what the state column needs with the rows."""
        queryset: QuerySet[Any] = super().get_queryset(request)
        # Joined here: Django leaves list_select_related out where rows are joined already.
        return versions.with_draft(queryset).select_related(*(self.list_select_related or ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the key of whatever was published once: bookmarks and learners' records rely on it."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "key") if obj is not None and obj.shipped_or_published else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow deleting drafts that were never published; everything else is archived."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.shipped_or_published

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the row and its inlines are saved, publish them where that button was pressed.

        (Unfold's own submit-line actions run before the inlines are saved: old choices would go live.)
        """
        super().save_related(request, form, formsets, change)
        if "_publish" in request.POST:
            self._publish(request, self.get_queryset(request).get(pk=form.instance.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the page after publishing."""
        if "_publish" in request.POST:
            return HttpResponseRedirect(request.path)
        answer: HttpResponse = super().response_post_save_change(request, obj)
        return answer

    @admin.action(description="Publish")
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish the drafts of the chosen rows."""
        for row in queryset:
            self._publish(request, row)

    @admin.action(description="Archive")
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take the chosen rows away from learners. Their history stays readable."""
        for row in queryset:
            publishing.archive(row, now=now())
            self.log_change(request, row, "Archived.")
        messages.success(request, f"Archived: {len(queryset)}.")

    def _publish(self, request: HttpRequest, row: Any) -> None:
        before = row.live_version_id
        try:
            author = request.user if isinstance(request.user, User) else None
            version = publishing.publish(row, author=author, now=now())
        except publishing.NotPublishable as refusal:
            for problem in refusal.problems:
                messages.error(request, f"“{row}” was saved, not published: {problem}")
            return
        if version.pk == before:
            messages.info(request, f"“{row}” is live as it stands (version {version.number}).")
            return
        change = "major" if version.major else "minor"
        messages.success(request, f"“{row}” is live: version {version.number}, {change}.")
        self.log_change(request, row, f"Published version {version.number} ({change}).")

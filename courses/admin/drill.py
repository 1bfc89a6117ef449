"""Sentences of the drill and job adverts in the admin. They are archived, not deleted."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline

from accounts import audit
from courses.admin.kept_lists import KeptList
from courses.admin.publish_page import author_of
from courses.models import Advert, AdvertDuty, DrillSentence, DrillTrap
from mailing.clock import now


class ArchivedAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """What learners' records may name: its key is frozen once it is there, and it is never deleted."""

    actions = ("archive_selected", "bring_back_selected")
    readonly_fields = ("archived_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the key of a row that exists."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "key") if obj is not None else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Archive instead."""
        return False

    @admin.action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take the chosen rows away from learners."""
        self._set(request, queryset.filter(archived_at__isnull=True), archive=True)

    @admin.action(description=gettext_lazy("Bring back"), permissions=["change"])
    def bring_back_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Give the chosen rows to learners again."""
        self._set(request, queryset.filter(archived_at__isnull=False), archive=False)

    def _set(self, request: HttpRequest, queryset: QuerySet[Any], *, archive: bool) -> None:
        rows = list(queryset)
        for row in rows:
            action = "archive" if archive else "bring_back"
            audit.record(actor=author_of(request), action=action, obj=row, now=now())
        queryset.update(archived_at=now() if archive else None)
        said = _("Archived: %(count)s.") if archive else _("Brought back: %(count)s.")
        messages.success(request, said % {"count": len(rows)})


class TrapInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = DrillTrap
    extra = 0
    fields = ("label", "misconception")
    autocomplete_fields = ("misconception",)


@admin.register(DrillSentence)
class DrillSentenceAdmin(ArchivedAdmin, KeptList):
    list_display = ("text", "label", "archived_at")
    list_filter = ("label", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("text", "key", "reason")
    ordering = ("label", "key")
    fields = ("text", "label", "reason", "key", "archived_at")
    inlines = (TrapInline,)


class DutyInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = AdvertDuty
    extra = 0
    fields = ("text", "side", "reason", ("order", "key"))


@admin.register(Advert)
class AdvertAdmin(ArchivedAdmin, KeptList):
    list_display = ("title", "opening", "archived_at")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("title", "key", "opening")
    ordering = ("title",)
    fields = ("title", "opening", "key", "archived_at")
    inlines = (DutyInline,)

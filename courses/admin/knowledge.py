"""Facts, sources, glossary terms, misconceptions and objectives in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from courses.admin.versioned import LiveFilter, VersionedAdmin
from courses.models import Fact, GlossaryTerm, Misconception, Objective, Source
from mailing.clock import now


class DueFilter(admin.SimpleListFilter):
    """Narrow facts to those whose review date has passed."""

    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the one choice."""
        return [("due", "Due for review")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Fact]) -> QuerySet[Fact]:
        """Apply the choice."""
        return queryset.filter(review_by__lte=now().date()) if self.value() == "due" else queryset


@admin.register(Fact)
class FactAdmin(VersionedAdmin):
    list_display = ("show", "statement", "source", "as_of", "review_by", "state")
    list_select_related = ("source",)
    list_filter = (LiveFilter, DueFilter, "source")
    search_fields = ("key", "statement", "show", "bears")
    ordering = ("review_by",)
    date_hierarchy = "review_by"
    autocomplete_fields = ("source",)
    fields = (
        "statement",
        ("show", "value", "unit"),
        "place",
        "source",
        ("as_of", "as_of_note", "review_by"),
        "bears",
        "key",
    )


@admin.register(Source)
class SourceAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("title", "publisher", "interest", "read")
    search_fields = ("key", "title", "publisher")
    ordering = ("title",)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(VersionedAdmin):
    list_display = ("name", "used_by", "state", "updated_at")
    list_select_related = ("live_version",)
    list_filter = (LiveFilter, "used_by")
    search_fields = ("name", "key", "meaning")
    ordering = ("name",)
    fields = ("name", "meaning", "used_by", "key")


@admin.register(Misconception)
class MisconceptionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("name", "key", "correction")
    search_fields = ("name", "key", "correction")
    ordering = ("name",)


@admin.register(Objective)
class ObjectiveAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("text", "key", "lesson", "course")
    list_select_related = ("lesson", "course")
    list_filter = ("course", "lesson__module")
    search_fields = ("text", "key")
    ordering = ("course", "lesson__order", "order")
    autocomplete_fields = ("lesson",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Objectives are archived, not deleted: learners' mastery is counted by them."""
        return False

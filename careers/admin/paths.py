"""Everyday tasks and the plans of thirty days in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, StackedInline

from careers.models import Plan, PlanStep, Task
from courses.admin.drill import ArchivedAdmin


@admin.register(Task)
class TaskAdmin(ArchivedAdmin):
    list_display = ("task", "walk", "proves", "archived_at")
    list_filter = ("proves", "walk", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("task", "key", "cv_line")
    ordering = ("order", "pk")
    fields = ("task", "walk", "proves", "why", "cv_line", "gap", "lesson", "order", "key", "archived_at")
    autocomplete_fields = ("lesson",)


class StepInline(StackedInline):  # type: ignore[misc]  # unfold ships no types
    model = PlanStep
    extra = 0
    fields = (("days", "order", "key"), "text", "lesson")
    autocomplete_fields = ("lesson",)


@admin.register(Plan)
class PlanAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("title", "key")
    fields = ("key", "title", "summary")
    readonly_fields = ("key",)
    inlines = (StepInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one for each path, and they come with the content files."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People follow it."""
        return False

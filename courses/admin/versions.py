"""Published versions in the admin: to read, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from courses.models import Version


@admin.register(Version)
class VersionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("key", "kind", "number", "major", "author", "note", "created_at")
    list_filter = ("kind", "major", "course")
    list_select_related = ("author",)
    search_fields = ("key", "note")
    ordering = ("-created_at",)
    fields = (
        "kind",
        "course",
        "key",
        "number",
        "major",
        "note",
        "author",
        "created_at",
        "body",
        "answer_key",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions are made by publishing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions are never deleted."""
        return False

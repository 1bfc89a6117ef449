"""Published versions in the admin: to read and to show again, never to change."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from accounts.models import User
from courses import publishing
from courses.admin import publish_page
from courses.models import Course, Fact, GlossaryTerm, Lesson, Question, Quiz, Version, Versioned
from mailing.clock import now

TABLES: dict[str, type[Versioned]] = {
    Version.Kind.LESSON: Lesson,
    Version.Kind.QUESTION: Question,
    Version.Kind.QUIZ: Quiz,
    Version.Kind.OUTLINE: Course,
    Version.Kind.FACT: Fact,
    Version.Kind.TERM: GlossaryTerm,
}


@admin.register(Version)
class VersionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("key", "kind", "number", "major", "author", "note", "created_at")
    list_filter = ("kind", "major", "course")
    list_select_related = ("author",)
    search_fields = ("key", "note")
    ordering = ("-created_at",)
    actions = ("show_again",)
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

    def get_urls(self) -> list[URLPattern]:
        """Add the page that publishes."""
        view = self.admin_site.admin_view
        name = "courses_version"
        own = [path("publish/", view(publish_page.publish), name=f"{name}_publish")]
        return [*own, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions are made by publishing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions are never deleted."""
        return False

    @admin.action(description="Show this version again")
    def show_again(self, request: HttpRequest, queryset: QuerySet[Version]) -> None:
        """Roll back to the chosen version. The draft stays as it is, so publishing it undoes this."""
        if len(queryset) != 1:
            messages.error(request, "Choose one version.")
            return
        version = queryset[0]
        if version.kind == Version.Kind.OUTLINE:
            messages.error(request, "The order of a course follows its lessons. Roll back those.")
            return
        table = TABLES[version.kind]
        name = get_permission_codename("change", table._meta)
        if not request.user.has_perm(f"{table._meta.app_label}.{name}"):
            messages.error(request, f"You may not change a {table._meta.verbose_name}.")
            return
        self._roll_back(request, table, version)

    def _roll_back(self, request: HttpRequest, table: type[Versioned], version: Version) -> None:
        place = {} if version.course_id is None else {"course_id": version.course_id}
        row = table._default_manager.get(key=version.key, **place)
        author = request.user if isinstance(request.user, User) else None
        publishing.roll_back(row, version=version, author=author, now=now())
        self.log_change(request, row, f"Shows version {version.number} again.")
        messages.success(request, f"Learners see version {version.number} of “{row}” again. Its draft stays.")

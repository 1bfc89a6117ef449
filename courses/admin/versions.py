"""Published versions in the admin: to read, to compare, to take back and to show again, never to change."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from courses.admin import publish_page, version_pages
from courses.models import Version
from courses.versions import KINDS


@admin.register(Version)
class VersionAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    list_display = ("key", "kind", "number", "change", "is_live", "note", "by", "created_at")
    list_filter = ("kind", "major", "course")
    search_fields = ("key", "note")
    list_per_page = 25
    ordering = ("-created_at", "-pk")
    actions = ("compare_two", "show_again")

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that publish, compare, take back and show again."""
        view, name = self.admin_site.admin_view, "courses_version"
        own = [
            path("publish/", view(publish_page.publish), name=f"{name}_publish"),
            path("compare/", view(version_pages.compare), name=f"{name}_compare"),
            path("<path:object_id>/again/", view(version_pages.show_again), name=f"{name}_show_again"),
            path("<path:object_id>/restore/", view(version_pages.restore), name=f"{name}_restore"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a version in words in the place of a form."""
        return version_pages.version(request, object_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Fetch with the versions who made them and whether they are live, and leave their content alone."""
        live = [
            Exists(table._default_manager.filter(live_version=OuterRef("pk"))) for table in KINDS.values()
        ]
        shown = live[0]
        for each in live[1:]:
            shown = shown | each  # type: ignore[assignment]  # two of them together are a condition
        queryset: QuerySet[Version] = super().get_queryset(request).defer("body", "answer_key")
        author = Coalesce(NullIf(F("author__name"), Value("")), F("author__email"), output_field=CharField())
        return queryset.annotate(shown=shown, author_name=author)

    @display(description=gettext_lazy("Change"), ordering="major")  # type: ignore[untyped-decorator]  # unfold ships no types
    def change(self, version: Version) -> str:
        """Minor or major."""
        return _("major") if version.major else _("minor")

    @display(description=gettext_lazy("Live"), boolean=True)  # type: ignore[untyped-decorator]  # as above
    def is_live(self, version: Any) -> bool:
        """Whether learners see this version."""
        return bool(version.shown)

    @display(description=gettext_lazy("By"), empty_value=gettext_lazy("imported"))  # type: ignore[untyped-decorator]  # as above
    def by(self, version: Any) -> str | None:
        """Who published it."""
        found: str | None = version.author_name
        return found

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions are made by publishing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions never change."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Versions are never deleted."""
        return False

    @admin.action(description=gettext_lazy("Compare two versions"))
    def compare_two(self, request: HttpRequest, queryset: QuerySet[Version]) -> HttpResponse | None:
        """Lead to what differs between the two chosen versions of one thing."""
        chosen = list(queryset.order_by("number")[:3])
        if len(chosen) != 2 or len({(one.kind, one.course_id, one.key) for one in chosen}) > 1:
            messages.error(request, _("Choose two versions of one thing."))
            return None
        query = urlencode({"from": chosen[0].pk, "to": chosen[1].pk})
        return HttpResponseRedirect(f"{reverse('admin:courses_version_compare')}?{query}")

    @admin.action(description=gettext_lazy("Show this version again…"))
    def show_again(self, request: HttpRequest, queryset: QuerySet[Version]) -> HttpResponse | None:
        """Lead to the page that goes back to the chosen version."""
        if len(queryset) != 1:
            messages.error(request, _("Choose one version."))
            return None
        return HttpResponseRedirect(reverse("admin:courses_version_show_again", args=[queryset[0].pk]))

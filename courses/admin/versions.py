"""Published versions in the admin: to read, to compare, to take back and to show again, never to change."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from accounts import prepared
from accounts.models import User
from courses import row_reading
from courses.admin import publish_page, version_pages
from courses.admin.kept_lists import KeptList
from courses.models import Version
from courses.row_stamps import Parts
from courses.versions import KINDS

CONTENT = ("body", "answer_key")
LIVE = " UNION ALL ".join(
    f"SELECT live_version_id FROM {table._meta.db_table} WHERE live_version_id = ANY(%s)"  # noqa: S608 - our names
    for table in KINDS.values()
)


@admin.register(Version)
class VersionAdmin(KeptList):
    list_display = ("key", "kind", "number", "change", "is_live", "note", "by", "created_at")
    list_filter = ("kind", "major", "course")
    search_fields = ("key", "note")
    list_select_related = ("author",)
    names_people = True
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
        """Leave the versions' content where it is."""
        queryset: QuerySet[Version] = super().get_queryset(request).defer(*CONTENT)
        return queryset

    def row_parts(self) -> Parts:
        """Watch what may show a version, too."""
        return (*super().row_parts(), *(f"live_{table._meta.model_name}" for table in KINDS.values()))

    def read_rows(self, keys: list[int]) -> dict[int, Model]:
        """Read with the versions who made them and whether they are live."""
        rows = row_reading.of(Version, keys, ones=("author",), without=CONTENT)
        live = {key for (key,) in prepared.rows(LIVE, [keys] * len(KINDS))}
        for key, row in rows.items():
            row.shown = key in live  # type: ignore[attr-defined]  # for `is_live`
        return dict(rows)

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
        author: User | None = version.author
        return (author.name or author.email) if author else None

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

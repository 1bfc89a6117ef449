"""What the admin pages of all versioned content share: saving keeps a draft, publishing has its own page."""

from functools import cache, partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.decorators import display

from accounts import audit
from courses import publishing, releases, reviewing, row_reading, versions
from courses.admin import kept_pages, publish_page, version_pages
from courses.admin.kept_lists import KeptList
from courses.models import Course, Module
from courses.row_stamps import Parts
from mailing.clock import now

STATE_LABELS = {
    versions.State.DRAFT: "info",
    versions.State.CHANGED: "warning",
    versions.State.LIVE: "success",
    versions.State.ARCHIVED: "danger",
}


class LiveFilter(admin.SimpleListFilter):
    """Narrow a list by what learners see of its rows."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the choices."""
        return [
            ("live", _("Published")),
            ("changed", _("Saved since it was published")),
            ("draft", _("Never published")),
            ("archived", _("Archived")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the choice."""
        match self.value():
            case "live":
                return queryset.filter(live_version__isnull=False)
            case "changed":
                return queryset.filter(updated_at__gt=F("live_version__created_at"))
            case "draft":
                return queryset.filter(live_version__isnull=True, archived_at__isnull=True)
            case "archived":
                return queryset.filter(archived_at__isnull=False)
            case _:
                return queryset


class PlaceFilter(admin.RelatedFieldListFilter):
    """Narrow a list to a course or a module."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Name those there are."""
        find = partial(super().field_choices, field, request, model_admin)
        name = f"choices of {field} in {type(model_admin).__name__}"
        return kept_pages.part(request, name, find, of=(Course, Module))


@cache
def _called(state: versions.State, language: str | None) -> str:
    return str(state.label).lower()


class VersionedAdmin(KeptList):
    """Saving keeps a draft; "Publish…" makes a version and shows it. What has a version is never deleted."""

    publishes = True
    actions: tuple[str, ...] = ("publish_selected", "archive_selected")
    list_filter_submit = False
    warn_unsaved_form = True
    save_on_top = False

    @display(description=gettext_lazy("State"), label=STATE_LABELS)  # type: ignore[untyped-decorator]  # unfold ships no types
    def state(self, row: Any) -> tuple[str, str]:
        """Draft, changed since publishing, live, or archived."""
        found = versions.state(row)
        return found, _called(found, get_language())

    def row_parts(self) -> Parts:
        """Name what a row's state follows from, too."""
        joined, lists = versions.PARTS[self.model]
        return tuple(dict.fromkeys((*joined, *lists, *super().row_parts())))

    def read_rows(self, keys: list[int]) -> dict[int, Model]:
        """Read with the rows what their state follows from."""
        joined, lists = versions.PARTS[self.model]
        ones = tuple(dict.fromkeys(("live_version", *joined, *(self.list_select_related or ()))))
        return row_reading.of(self.model, keys, ones=ones, lists=lists)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Fetch with the chosen rows what their drafts are made of."""
        answer: HttpResponse | None = super().response_action(request, versions.with_state(queryset))
        return answer

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Freeze the key of whatever was published once: bookmarks and learners' records rely on it."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "key") if obj is not None and obj.shipped_or_published else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow deleting drafts that were never published; everything else is archived."""
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not obj.shipped_or_published

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Link to the row's versions."""
        if obj is not None and obj.shipped_or_published:
            context["versions_url"] = version_pages.history_address(obj)
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        return answer

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """After the row and its inlines are saved, go on to publishing where that button was pressed."""
        answer: HttpResponse = super().response_post_save_change(request, obj)
        return self._on_to_publishing(request, obj) or answer

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Go on to publishing from a new row, too."""
        answer: HttpResponse = super().response_post_save_add(request, obj)
        return self._on_to_publishing(request, obj) or answer

    def _on_to_publishing(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """Publish a minor change at once where that was asked for; else lead to the page that shows it."""
        if not {"_publish", "_publish_minor"} & set(request.POST):
            return None
        row = versions.with_draft(self.get_queryset(request)).get(pk=obj.pk)
        if "_publish_minor" in request.POST and self._publish_minor(request, row):
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(publish_page.address(row))

    def _publish_minor(self, request: HttpRequest, row: Any) -> bool:
        """Publish a draft whose change is minor; say why where it is not."""
        release = releases.of_draft(row)
        if release.problems:
            return False
        if release.major:
            said = _("Saved, not published yet: this is new to learners. Look at what it does first.")
            if release.reasons:
                said = _("Saved, not published yet: this changes %(what)s. Look at what it does first.")
                said %= {"what": _(" and ").join(release.reasons)}
            messages.warning(request, said)
            return False
        seen = {releases.name(row): release.seen}
        author = publish_page.author_of(request)
        try:
            made = releases.publish([row], seen=seen, author=author, now=now())
        except (releases.ChangedSince, publishing.NotPublishable, reviewing.NotApproved):
            return False
        publish_page.tell(request, [row], made)
        return True

    @admin.action(description=gettext_lazy("Publish…"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Lead to the page that shows what publishing the chosen rows would do."""
        rows = list(queryset[: publish_page.MOST_ROWS + 1])
        if len(rows) > publish_page.MOST_ROWS:
            messages.error(
                request, _("Choose at most %(most)s at a time.") % {"most": publish_page.MOST_ROWS}
            )
            return None
        return HttpResponseRedirect(publish_page.address(*rows))

    @admin.action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take the chosen rows away from learners. Their history stays readable."""
        for row in queryset:
            publishing.archive(row, now=now())
            audit.record(actor=publish_page.author_of(request), action="archive", obj=row, now=now())
        messages.success(request, _("Archived: %(count)s.") % {"count": len(queryset)})

"""Facts, sources, glossary terms, misconceptions and objectives in the admin."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import fact_checks, releases, reviewing
from courses.admin import publish_page
from courses.admin.kept_lists import KeptList
from courses.admin.versioned import LiveFilter, VersionedAdmin
from courses.models import Fact, GlossaryTerm, Misconception, Objective, Source, Version
from mailing.clock import now

DUE_WITHIN = timedelta(days=14)
"""So long before its day of review a figure is in the queue."""


class DueFilter(admin.SimpleListFilter):
    """Narrow facts to those whose day of review is near or over: the queue."""

    title = gettext_lazy("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the one choice."""
        return [("due", _("Due for review"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Fact]) -> QuerySet[Fact]:
        """Apply the choice."""
        due = queryset.filter(review_by__lte=localdate() + DUE_WITHIN, live_version__isnull=False)
        return due if self.value() == "due" else queryset


class FactForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A figure, its parts named as editors speak of them."""

    class Meta:
        labels = {
            "statement": gettext_lazy("What it is"),
            "show": gettext_lazy("Reads as"),
            "as_of_note": gettext_lazy("Note on its date"),
            "review_by": gettext_lazy("Check again by"),
            "bears": gettext_lazy("What it can bear"),
        }


@admin.register(Fact)
class FactAdmin(VersionedAdmin):
    form = FactForm
    list_display = ("show", "statement", "source", "as_of", "review_by", "state")
    list_select_related = ("source",)
    list_filter = (LiveFilter, DueFilter, "source")
    search_fields = ("key", "statement", "show", "bears")
    actions = ("still_right", "mark_historic", "publish_selected", "archive_selected")
    change_form_outer_before_template = "admin/courses/fact_due.html"

    ordering = ("review_by",)
    date_hierarchy = "review_by"
    autocomplete_fields = ("source",)
    fields = (
        "statement",
        "show",
        ("value", "unit"),
        "place",
        "source",
        ("as_of", "review_by"),
        "as_of_note",
        "bears",
        "key",
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Ask above a live figure whose day of review is near or over."""
        fact = kwargs.get("obj")
        near = localdate() + DUE_WITHIN
        if fact is not None and fact.live_version_id and fact.review_by <= near:
            due = {
                "fact_due": fact,
                "checkbox": ACTION_CHECKBOX_NAME,
                "overdue": fact.review_by < localdate(),
            }
            context |= due if self.has_change_permission(request, fact) else {}
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    @admin.action(description=gettext_lazy("Still right, checked today"), permissions=["change"])
    def still_right(self, request: HttpRequest, queryset: QuerySet[Fact]) -> None:
        """Publish the next day of review of figures that hold."""
        self._decide(request, queryset, fact_checks.still_right)

    @admin.action(description=gettext_lazy("Mark historic: no newer figure found"), permissions=["change"])
    def mark_historic(self, request: HttpRequest, queryset: QuerySet[Fact]) -> None:
        """Publish beside figures from when they are."""
        self._decide(request, queryset, fact_checks.mark_historic)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Fact], decide: Callable[..., Version]) -> None:
        at = now()
        for fact in queryset.order_by("pk"):
            try:
                version = decide(fact, today=localdate(), author=publish_page.author_of(request), now=at)
            except (fact_checks.NotChecked, reviewing.NotApproved, releases.ChangedSince) as refusal:
                messages.error(request, _("Left as it is. %(why)s") % {"why": refusal})
                continue
            again = date.fromisoformat(version.body["review_by"])
            said = _("“%(fact)s”: to be checked again by %(day)s.")
            messages.success(request, said % {"fact": fact, "day": date_format(again, "j F Y")})


@admin.register(Source)
class SourceAdmin(KeptList):
    list_display = ("title", "publisher", "interest", "read")
    search_fields = ("key", "title", "publisher")
    ordering = ("title",)


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(VersionedAdmin):
    list_display = ("name", "used_by", "state", "updated_at")
    list_filter = (LiveFilter, "used_by")
    search_fields = ("name", "key", "meaning")
    ordering = ("name",)
    fields = ("name", "meaning", "used_by", "key")


@admin.register(Misconception)
class MisconceptionAdmin(KeptList):
    list_display = ("name", "key", "correction")
    search_fields = ("name", "key", "correction")
    ordering = ("name",)


@admin.register(Objective)
class ObjectiveAdmin(KeptList):
    list_display = ("text", "key", "lesson", "course")
    list_select_related = ("lesson", "course")
    list_filter = ("course", "lesson__module")
    search_fields = ("text", "key")
    ordering = ("course", "lesson__order", "order")
    autocomplete_fields = ("lesson",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Objectives are archived, not deleted: learners' mastery is counted by them."""
        return False

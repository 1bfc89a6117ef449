"""The audit log in the admin: to read, to narrow down, and to take along as a file."""

import csv
import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.views import ChangeList

from accounts import audit
from accounts.models import AuditLog, User
from mailing.admin import ReadOnlyAdmin

COLUMNS = ("at", "who", "action", "object_type", "object_id", "before", "after", "request_id")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with, else a spreadsheet reckons with it."""


class LogList(ChangeList):  # type: ignore[misc]  # unfold ships no types
    """A page of the log, with what its rows are about in words."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the names of all of them together."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        names = audit.about(self.result_list)
        for row in self.result_list:
            row.named = names[row.pk]


class WhoFilter(admin.SimpleListFilter):
    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Whoever may open the admin, and nobody known: failed log-ins, and what the portal did."""
        staff = User.objects.filter(is_staff=True).order_by("name", "email")
        return [
            ("nobody", _("Nobody known")),
            *((str(user.pk), user.name or str(user.email)) for user in staff),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> QuerySet[AuditLog]:
        """Keep what they did."""
        chosen = self.value() or ""
        if chosen == "nobody":
            return queryset.filter(actor=None)
        return queryset.filter(actor=int(chosen)) if chosen.isdecimal() else queryset


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    """What staff did, the newest first. Nobody changes it: the database refuses."""

    list_display = ("at", "who", "what", "about", "told")
    list_display_links = None
    list_filter = (WhoFilter, "action", "object_type", ("at", RangeDateTimeFilter))
    list_filter_submit = True
    list_select_related = ("actor",)
    search_fields = ("=object_id", "=request_id", "actor__email")
    search_help_text = gettext_lazy("Id of an object or a request, or who did it")
    ordering = ("-at", "-pk")
    date_hierarchy = "at"
    show_full_result_count = False
    actions = ("export_as_csv",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Name what the rows are about."""
        return LogList

    @display(description=gettext_lazy("Who"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def who(self, row: AuditLog) -> str:
        """Who did it."""
        return audit.who(row)

    @display(description=gettext_lazy("What"), ordering="action")  # type: ignore[untyped-decorator]  # as above
    def what(self, row: AuditLog) -> str:
        """What was done."""
        return audit.words(row).capitalize()

    @display(description=gettext_lazy("About"), ordering="object_type")  # type: ignore[untyped-decorator]  # as above
    def about(self, row: Any) -> str:
        """The object, with a link to its page where it has one."""
        try:
            page = f"admin:{row.object_type.lower().replace('.', '_')}_change"
            url = reverse(page, args=[row.object_id]) if row.object_id else ""
        except NoReverseMatch:
            url = ""
        return format_html('<a class="underline" href="{}">{}</a>', url, row.named) if url else row.named

    @display(description=gettext_lazy("Details"))  # type: ignore[untyped-decorator]  # as above
    def told(self, row: AuditLog) -> str:
        """What is noted besides."""
        return audit.told(row)

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[AuditLog]) -> HttpResponse:
        """Hand out the chosen rows as a file; that is noted in the log as well."""
        headers = {"Content-Disposition": 'attachment; filename="audit-log.csv"'}
        answer = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
        write = csv.writer(answer).writerow
        write(COLUMNS)
        for row in queryset.select_related("actor").iterator(chunk_size=2000):
            held = [json.dumps(each, ensure_ascii=False) if each else "" for each in (row.before, row.after)]
            about = [row.action, row.object_type, row.object_id]
            write(map(_cell, [row.at.isoformat(), audit.who(row), *about, *held, row.request_id]))
        return answer


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text

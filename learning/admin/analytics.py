"""Analytics in the admin: one table a page, for some days, a course, a cohort; as a file, too."""

import csv
import re
from datetime import UTC, date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts import audit
from accounts.models import User
from courses.models import Course
from learning import analytics
from learning.analytics.shape import Of, Row, Table
from learning.models import Cohort, DailyTotal
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

RIGHT = "learning.view_analytics"
DAYS = 90
"""Days that are looked at unless somebody says otherwise."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What makes a formula of a cell, to programs that open such files."""

NUMBER = re.compile(r"-\d+(\.\d+)?")


class LookForm(forms.Form):
    """Which days, course and cohort to look at."""

    begin = forms.DateField(
        label=gettext_lazy("From"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"})
    )
    end = forms.DateField(label=gettext_lazy("To"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}))
    course = forms.ModelChoiceField(
        Course.objects.order_by("order", "pk"),
        label=gettext_lazy("Course"),
        required=False,
        empty_label=gettext_lazy("All courses"),
        widget=UnfoldAdminSelectWidget,
    )
    cohort = forms.ModelChoiceField(
        Cohort.objects.select_related("course").order_by("name", "pk"),
        label=gettext_lazy("Cohort"),
        required=False,
        empty_label=gettext_lazy("Everybody"),
        widget=UnfoldAdminSelectWidget,
    )

    def clean(self) -> dict[str, Any]:
        """Hold that the days run forwards and the cohort is of the course."""
        found = super().clean() or {}
        begin, end, course, cohort = (found.get(name) for name in ("begin", "end", "course", "cohort"))
        if begin and end and begin > end:
            self.add_error("end", _("It lies before the first day."))
        if course and cohort and cohort.course_id != course.pk:
            self.add_error(
                "cohort", _("It takes another course: %(title)s.") % {"title": cohort.course.title}
            )
        return found

    def of(self, today: date, *, whole: bool) -> Of:
        """Return what to look at; the last 90 days of all, where the form says something impossible."""
        begin, at = today - timedelta(days=DAYS - 1), now()
        if not self.is_valid():
            return Of(begin, today, at)
        chosen = self.cleaned_data
        cohort = chosen["cohort"]
        course = cohort.course if cohort else chosen["course"]
        return Of(chosen["begin"], chosen["end"], at, course, cohort, whole)


@admin.register(DailyTotal)
class AnalyticsAdmin(ReadOnlyAdmin):
    """Stands in the list of tables, and leads to the pages."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let in who may see the numbers."""
        return request.user.has_perm(RIGHT)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room to whoever may see the numbers."""
        return request.user.has_perm(RIGHT)

    def get_urls(self) -> list[URLPattern]:
        """Have pages for tables, and none for single rows."""
        own = self.admin_site.admin_view
        return [
            path("", own(_first), name="learning_dailytotal_changelist"),
            path("<slug:name>/", own(page), name="learning_analytics"),
        ]


@require_safe
@permission_required(RIGHT, raise_exception=True)
def _first(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:learning_analytics", args=[next(iter(analytics.TABLES))]))


@require_safe
@permission_required(RIGHT, raise_exception=True)
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a table with what its columns mean; with `?csv=1`, send all of it as a file."""
    if name not in analytics.TABLES:
        raise Http404
    today, as_file = now().astimezone(UTC).date(), "csv" in request.GET
    begin = today - timedelta(days=DAYS - 1)
    form = LookForm({"begin": f"{begin}", "end": f"{today}", **request.GET.dict()})
    of = form.of(today, whole=as_file)
    __, make = analytics.TABLES[name]
    table = make(of)
    if as_file:
        after = {"table": name, "begin": str(of.begin), "end": str(of.end)}
        actor = request.user if isinstance(request.user, User) else None
        audit.record(actor=actor, action="analytics.export", obj=DailyTotal, after=after, now=now())
        return _file(name, of, table)
    context = {
        **admin.site.each_context(request),
        "title": _("Analytics"),
        "opts": DailyTotal._meta,
        "form": form,
        "of": of,
        "table": table,
        "rows": [(row, _address(request, row)) for row in table.rows],
        "tables": [(key, label) for key, (label, _) in analytics.TABLES.items()],
        "name": name,
        "query": request.GET.urlencode(),
        "counted_at": analytics.counted_at(),
    }
    return TemplateResponse(request, "admin/learning/analytics.html", context)


def _address(request: HttpRequest, row: Row) -> str:
    """Return where the content that a row is about is looked at; empty for who may not."""
    if row.about is None or not request.user.has_perm(f"courses.view_{row.about[0]}"):
        return ""
    kind, pk = row.about
    page = "how_it_does" if kind == "question" else "change"
    return reverse(f"admin:courses_{kind}_{page}", args=[pk])


def _file(name: str, of: Of, table: Table) -> HttpResponse:
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-{of.begin}-{of.end}.csv"'},
    )
    write = csv.writer(answer).writerow
    write(table.columns)
    for row in table.rows:
        write([_harmless(str(cell)) for cell in row.cells])
    return answer


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) and not NUMBER.fullmatch(text) else text

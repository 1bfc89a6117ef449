"""Learners in the admin: how far each is in each course, at a glance. Neither answers nor scores."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from learning import counts, evidence, state
from learning.models import Cohort, CohortMember, Enrollment
from learning.overview import FOUR_WEEKS
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

MOST = 10_000
"""So many rows are counted and paged at most; whoever is further back is found by search and filters."""


NOT_BEGUN = Q(last_active_at=F("started_at"), last_lesson=None)
"""Enrolled by others. Whoever begins by themselves has a lesson from that moment on."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # it takes its type argument in the stubs alone
    """Pages that cost the same wherever they stand, and no count of everything."""

    @cached_property
    def count(self) -> int:
        """How many rows there are: the database stops counting at MOST."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MOST].count())

    def page(self, number: int | str) -> Page[Any]:
        """Return a page: whose rows they are first, since what is read with a row costs more than the row."""
        at = self.validate_number(number)
        rows: Any = self.object_list
        first = (at - 1) * self.per_page
        ids = list(rows.values_list("pk", flat=True)[first : first + self.per_page])
        return Page(rows.filter(pk__in=ids), at, self)


class CohortFilter(admin.SimpleListFilter):
    title = gettext_lazy("cohort")
    parameter_name = "cohort"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All cohorts, by name."""
        rows = Cohort.objects.select_related("course").order_by("name", "pk")
        return [(str(row.pk), f"{row.name} ({row.course})") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
        """Keep its members, in its course."""
        chosen = self.value()
        if not chosen or not chosen.isdecimal():
            return queryset
        members = CohortMember.objects.filter(cohort=int(chosen)).values("user")
        return queryset.filter(
            user__in=members, course__in=Cohort.objects.filter(pk=int(chosen)).values("course")
        )


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Where somebody can stand."""
        return [
            ("waiting", _("has not begun")),
            ("active", _("here in the last four weeks")),
            ("away", _("away for longer")),
            ("certificate", _("has the certificate")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
        """Keep those who stand there."""
        since = now() - FOUR_WEEKS
        begun = queryset.exclude(NOT_BEGUN)
        if self.value() == "waiting":
            return queryset.filter(NOT_BEGUN)
        if self.value() == "active":
            return begun.filter(last_active_at__gte=since)
        if self.value() == "away":
            return begun.filter(last_active_at__lt=since)
        if self.value() == "certificate":
            return queryset.filter(
                user__certificates__course=F("course"),
                user__certificates__replaced_at=None,
                user__certificates__revoked_at=None,
            )
        return queryset


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    """One line for each person and course."""

    list_display = ("person", "course", "done", "shown", "last_seen", "cohorts", "certificate")
    list_display_links = None
    list_filter = ("course", CohortFilter, StateFilter)
    list_before_template = "admin/learning/learners_note.html"
    list_per_page = 25
    paginator = BoundedPaginator
    show_full_result_count = False
    search_fields = ("user__name", "user__email")
    search_help_text = gettext_lazy("Name or address")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrollment]:
        """Read what a page shows with its rows, however long a history is. Guests are nobody's business."""
        rows: QuerySet[Enrollment] = super().get_queryset(request)
        rows = rows.filter(user__email__isnull=False)
        rows = evidence.with_objectives(state.with_course_state(rows)).select_related("user")
        memberships = Prefetch(
            "user__cohort_memberships", CohortMember.objects.select_related("cohort"), to_attr="in_cohorts"
        )
        return rows.prefetch_related("course__live_version", memberships)

    @display(description=gettext_lazy("Learner"), header=True)  # type: ignore[untyped-decorator]  # unfold ships no types
    def person(self, row: Enrollment) -> tuple[str, str]:
        """Name and address."""
        return row.user.name or _("No name given"), str(row.user.email)

    @display(description=gettext_lazy("Lessons done"))  # type: ignore[untyped-decorator]  # as above
    def done(self, row: Any) -> str:
        """Lessons of the live course that are done, of all."""
        covered = counts.course_done(row.course, set(state.from_row(row).done))
        return _("%(done)s of %(total)s") % {"done": covered.done, "total": covered.total}

    @display(description=gettext_lazy("Objectives shown"))  # type: ignore[untyped-decorator]  # as above
    def shown(self, row: Any) -> str:
        """Objectives shown in graded answers, of all."""
        found = evidence.objectives([row])
        return _("%(done)s of %(total)s") % {"done": sum(each.shown for each in found), "total": len(found)}

    @display(description=gettext_lazy("Last here"), ordering="last_active_at")  # type: ignore[untyped-decorator]  # as above
    def last_seen(self, row: Enrollment) -> str:
        """The day of the last thing done in this course (UTC)."""
        waits = row.last_active_at == row.started_at and row.last_lesson_id is None
        return _("not begun") if waits else date_format(row.last_active_at, "j F Y")

    @display(description=gettext_lazy("Cohort"))  # type: ignore[untyped-decorator]  # as above
    def cohorts(self, row: Any) -> str:
        """The cohorts of this course that they belong to."""
        names = [each.cohort.name for each in row.user.in_cohorts if each.cohort.course_id == row.course_id]
        return ", ".join(sorted(names))

    @display(description=gettext_lazy("Certificate"))  # type: ignore[untyped-decorator]  # as above
    def certificate(self, row: Any) -> str:
        """Whether it is earned, and stands."""
        earned = state.from_row(row).certificate
        if earned is None:
            return ""
        return _("withdrawn") if earned.withdrawn_at else _("yes")

"""What is on its way to learners, in the admin: what is scheduled, and what waits for a review."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from courses import scheduling
from courses.admin.publish_page import address, author_of, change_address
from courses.models import PublishJob, ReviewRequest, Versioned
from courses.versions import KINDS
from mailing.admin import ReadOnlyAdmin
from mailing.clock import now

JOB_LABELS = {
    PublishJob.State.WAITING: "info",
    PublishJob.State.DONE: "success",
    PublishJob.State.CANCELLED: "warning",
    PublishJob.State.FAILED: "danger",
}
REVIEW_LABELS = {
    ReviewRequest.State.WAITING: "info",
    ReviewRequest.State.APPROVED: "success",
    ReviewRequest.State.DECLINED: "warning",
}


def _with_rows(found: Iterable[Any]) -> None:
    """Give each job or request the row that it is about, in a query for each kind of row."""
    wanted: dict[str, set[int]] = {}
    for each in found:
        wanted.setdefault(each.kind, set()).add(each.row_id)
    rows: dict[tuple[str, int], Versioned] = {}
    for kind, keys in wanted.items():
        rows |= {(kind, row.pk): row for row in KINDS[kind]._default_manager.filter(pk__in=keys)}
    for each in found:
        each.row = rows.get((each.kind, each.row_id))


class OfRowsAdmin(ReadOnlyAdmin):
    """A list about rows of several tables: each is named and linked."""

    list_display_links = None

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Fetch the rows of a page of the list."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        _with_rows(found.result_list)
        return found


@admin.register(PublishJob)
class PublishJobAdmin(OfRowsAdmin):
    list_display = ("what", "action", "version_number", "at", "shown_state", "reason", "author_name")
    list_filter = ("state", "action", "kind")
    list_select_related = ("author", "version")
    ordering = ("-at",)
    actions = ("cancel_selected",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublishJob]:
        """Leave the versions' content where it is."""
        queryset: QuerySet[PublishJob] = super().get_queryset(request)
        return queryset.defer("version__body", "version__answer_key")

    @display(description=gettext_lazy("What"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def what(self, job: Any) -> str:
        """The row, and the way to it."""
        if job.row is None:
            return _("%(kind)s %(number)s, deleted") % {"kind": job.kind, "number": job.row_id}
        return format_html('<a class="underline" href="{}">{}</a>', change_address(job.row), job.row)

    @display(description=gettext_lazy("Version"))  # type: ignore[untyped-decorator]  # as above
    def version_number(self, job: PublishJob) -> str:
        """The version that goes live."""
        return str(job.version.number) if job.version else _("as it stands")

    @display(description=gettext_lazy("State"), label=JOB_LABELS)  # type: ignore[untyped-decorator]  # as above
    def shown_state(self, job: PublishJob) -> tuple[str, str]:
        """How it went."""
        return job.state, job.get_state_display()

    @display(description=gettext_lazy("By"))  # type: ignore[untyped-decorator]  # as above
    def author_name(self, job: PublishJob) -> str:
        """Who scheduled it."""
        return (job.author.name or job.author.email or "") if job.author else ""

    @admin.action(description=gettext_lazy("Cancel"), permissions=["cancel"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[PublishJob]) -> None:
        """Cancel the chosen jobs that still wait, of rows that one may change."""
        done = refused = 0
        for job in queryset.select_related(None):
            allowed = admin.site._registry[KINDS[job.kind]].has_change_permission(request)
            if allowed and scheduling.cancel(job, author=author_of(request), now=now()):
                done += 1
            else:
                refused += 1
        messages.success(request, _("Cancelled: %(count)s.") % {"count": done})
        if refused:
            messages.warning(
                request,
                _("Left alone: %(count)s. They are not waiting, or not yours to change.")
                % {"count": refused},
            )

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        """Whoever may change anything that can be scheduled; each job asks again for its own kind."""
        return any(admin.site._registry[table].has_change_permission(request) for table in KINDS.values())


@admin.register(ReviewRequest)
class ReviewRequestAdmin(OfRowsAdmin):
    list_display = ("what", "asked_by_name", "asked_at", "note", "shown_state", "answer")
    list_filter = ("state", "kind")
    list_select_related = ("asked_by",)
    ordering = ("-asked_at",)

    @display(description=gettext_lazy("What"))  # type: ignore[untyped-decorator]  # unfold ships no types
    def what(self, request: Any) -> str:
        """The row, and the way to the page that shows the change."""
        if request.row is None:
            return _("%(kind)s %(number)s, deleted") % {"kind": request.kind, "number": request.row_id}
        return format_html('<a class="underline" href="{}">{}</a>', address(request.row), request.row)

    @display(description=gettext_lazy("Asked by"))  # type: ignore[untyped-decorator]  # as above
    def asked_by_name(self, request: ReviewRequest) -> str:
        """Who wants it published."""
        return (request.asked_by.name or request.asked_by.email or "") if request.asked_by else ""

    @display(description=gettext_lazy("State"), label=REVIEW_LABELS)  # type: ignore[untyped-decorator]  # as above
    def shown_state(self, request: ReviewRequest) -> tuple[str, str]:
        """What was decided."""
        return request.state, request.get_state_display()

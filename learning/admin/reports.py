"""The queue of what people said is wrong: looked at, mended elsewhere, answered here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from accounts.models import User
from courses.models import DrillSentence, Version, Versioned
from learning import report_mail, reports
from learning.models import ContentReport
from mailing.clock import now

STATES = ContentReport.State
STATE_LABELS = {
    STATES.WAITING: "warning",
    STATES.FIXED: "success",
    STATES.ANSWERED: "info",
    STATES.SET_ASIDE: "danger",
}
DECISIONS = [
    (STATES.FIXED.value, gettext_lazy("Fixed: tell its reporter the version")),
    (STATES.ANSWERED.value, gettext_lazy("It stays as it is: tell its reporter why")),
    (STATES.SET_ASIDE.value, gettext_lazy("Set aside: nobody is told")),
]


class QueueFilter(admin.SimpleListFilter):
    """Narrow reports by state; without a choice, to those that wait."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the choices."""
        return [("all", _("All")), *((value, str(label)) for value, label in STATES.choices[1:])]

    def choices(self, changelist: Any) -> Any:
        """Call the choice of nothing by its name."""
        found = iter(super().choices(changelist))
        yield {**next(found), "display": STATES.WAITING.label}
        yield from found

    def queryset(self, request: HttpRequest, queryset: QuerySet[ContentReport]) -> QuerySet[ContentReport]:
        """Apply the choice."""
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or STATES.WAITING)


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What becomes of a report, and the words that its reporter reads."""

    state = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"), choices=DECISIONS, widget=UnfoldAdminRadioSelectWidget
    )

    class Meta:
        model = ContentReport
        fields = ("state", "reply")
        widgets = {"reply": UnfoldAdminTextareaWidget(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        """Refuse “fixed” where learners see what they saw, and an answer without words."""
        cleaned: dict[str, Any] = super().clean() or {}
        state, reply = cleaned.get("state"), cleaned.get("reply")
        about_version = self.instance.version_id is not None
        if state == STATES.FIXED and not reply and about_version and not reports.mended(self.instance):
            self.add_error("state", reports.NOTHING_CHANGED)
        if state == STATES.ANSWERED and not reply:
            self.add_error("reply", _("Say why it stays as it is: its reporter reads nothing else."))
        return cleaned


@admin.register(ContentReport)
class ReportAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    form = DecisionForm
    list_display = ("what", "kind", "said", "standing", "created_at")
    list_display_links = ("what", "said")
    list_select_related = ("version__course", "sentence")
    list_filter = (QueueFilter, "kind", "version__kind")
    search_fields = ("text", "version__key")
    ordering = ("created_at",)
    list_per_page = 50
    fields = ("state", "reply")
    change_form_outer_before_template = "admin/learning/report.html"

    @admin.display(description=gettext_lazy("about"))
    def what(self, report: ContentReport) -> str:
        """What it is about."""
        thing = reports.about(report)
        return f"{thing.noun.capitalize()} “{_short(thing.title)}”"

    @admin.display(description=gettext_lazy("what was said"))
    def said(self, report: ContentReport) -> str:
        """The beginning of it."""
        return _short(report.text)

    @display(description=gettext_lazy("State"), label=STATE_LABELS)  # type: ignore[untyped-decorator]  # unfold ships no types
    def standing(self, report: ContentReport) -> tuple[str, str]:
        """How it stands."""
        return report.state, report.get_state_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContentReport]:
        """Leave answer keys alone: what learners saw of a question was its body."""
        queryset: QuerySet[ContentReport] = super().get_queryset(request)
        return queryset.select_related("version__course", "sentence", "fixed_in").defer("version__answer_key")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show above the decision what was said, about which version, and how it reads now."""
        report = kwargs.get("obj")
        if report is not None:
            context |= _shown(report)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: ContentReport, form: Any, change: bool) -> None:
        """Decide; somebody may have taken the mended version back since the form was looked at."""
        actor = request.user if isinstance(request.user, User) else None
        try:
            reports.decide(report=obj, state=obj.state, reply=obj.reply, actor=actor, now=now())
        except reports.NothingChangedError as refusal:
            messages.error(request, _("Not closed. %(why)s") % {"why": refusal})

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Learners report on the page itself."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was said stays."""
        return False


def _shown(report: ContentReport) -> dict[str, Any]:
    row, live = reports.row_of(report), reports.live_now(report)
    version = report.version
    return {
        "report": report,
        "about": reports.about(report),
        "mend_url": _page(row),
        "live": live,
        "then_url": version and reverse("admin:courses_version_change", args=[version.pk]),
        "compare_url": _compare(version) if version and live and live.pk != version.pk else "",
        "outcome": reports.answer(report),
        "mail": report_mail.sample(report) if report.wants_mail else None,
    }


def _page(row: Versioned | DrillSentence | None) -> str:
    return reverse(f"admin:courses_{row._meta.model_name}_change", args=[row.pk]) if row else ""


def _compare(version: Version) -> str:
    return f"{reverse('admin:courses_version_compare')}?from={version.pk}&to=live"


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:89].rstrip()}…"

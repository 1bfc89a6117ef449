"""The questions' admin with one action more: grade handed-in attempts with the corrected key."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from courses.admin.questions import QuestionAdmin
from courses.models import Question
from learning import regrade
from learning.admin import item_doctor
from learning.models import ItemSummary
from mailing.clock import now

admin.site.unregister(Question)  # the rooms below know nothing of attempts


class ReasonForm(forms.Form):
    """Why attempts are graded again."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong"),
        max_length=200,
        help_text=gettext_lazy("One sentence. Learners whose result changes read it."),
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(Question)
class RegradingQuestionAdmin(QuestionAdmin):
    """Questions with what their answers say; handed-in attempts can be graded again."""

    list_display = (*QuestionAdmin.list_display, "answered", "finding")  # type: ignore[assignment]  # more than its base
    list_select_related = (*QuestionAdmin.list_select_related, "item_summary")  # type: ignore[assignment]  # as above
    list_filter = (item_doctor.FindingFilter, *QuestionAdmin.list_filter)  # type: ignore[assignment]  # as above
    also_shown = (ItemSummary,)
    actions = (*QuestionAdmin.actions, "regrade_attempts")
    actions_detail = (*QuestionAdmin.actions_detail, "how_it_does")  # type: ignore[assignment]  # as above

    @display(description=gettext_lazy("Answered"), ordering="item_summary__answered")  # type: ignore[untyped-decorator]  # unfold ships no types
    def answered(self, question: Question) -> str:
        """How often, as of the last count."""
        summary = getattr(question, "item_summary", None)
        return f"{summary.answered:,}" if summary else "0"

    @display(description=gettext_lazy("Finding"), ordering="item_summary__finding")  # type: ignore[untyped-decorator]  # as above
    def finding(self, question: Question) -> str:
        """The one thing to mend, as of the last count."""
        summary = getattr(question, "item_summary", None)
        return str(item_doctor.FINDINGS.get(summary.finding, "")) if summary else ""

    @action(description=gettext_lazy("How it does"), permissions=["view"], url_path="how-it-does")  # type: ignore[untyped-decorator]  # as above
    def how_it_does(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show where it is used, what the answers say and what to mend."""
        return item_doctor.page(request, object_id)

    @admin.action(description=gettext_lazy("Regrade attempts"), permissions=["change"])
    def regrade_attempts(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Show what would change, ask for the reason, then grade again."""
        form = ReasonForm(request.POST if "regrade" in request.POST else None)
        questions = list(queryset.select_related("live_version"))
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Regrade attempts"),
                "opts": self.model._meta,
                "form": form,
                "impacts": [(question, regrade.impact(question)) for question in questions],
                "checkbox": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/learning/regrade.html", context)
        for question in questions:
            self._regrade(request, question, form.cleaned_data["reason"])
        return None

    def _regrade(self, request: HttpRequest, question: Question, reason: str) -> None:
        actor = request.user if isinstance(request.user, User) else None
        done = regrade.regrade(question=question, reason=reason, now=now(), actor=actor)
        words = _(
            "“%(question)s”: graded again: %(attempts)s, of these with another credit: %(changed)s."
        ) % {"question": question, "attempts": done.attempts, "changed": done.changed}
        messages.success(request, words)

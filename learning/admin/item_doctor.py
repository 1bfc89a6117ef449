"""How a question does, in the admin: where it is used, what the answers say, what to mend."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses import bank, plain_text
from courses.admin.version_pages import history_address
from courses.models import Question
from learning import items
from learning.item_statistics import LEAST
from learning.models import Answer

FINDINGS = {
    "key": gettext_lazy("Check the key"),
    "too_hard": gettext_lazy("Too hard"),
    "tells_little": gettext_lazy("Tells little"),
    "dead_option": gettext_lazy("An option does no work"),
    "too_easy": gettext_lazy("Too easy"),
}


class FindingFilter(admin.SimpleListFilter):
    """Narrow the bank to questions in which last night's count found something."""

    title = gettext_lazy("finding")
    parameter_name = "finding"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name what can be found."""
        return [("any", _("Anything")), *((key, str(words)) for key, words in FINDINGS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """Apply the choice."""
        if self.value() == "any":
            return queryset.filter(item_summary__finding__gt="")
        return queryset.filter(item_summary__finding=self.value()) if self.value() else queryset


def page(request: HttpRequest, object_id: str) -> HttpResponse:
    """Show where a question is used and how it does, with one suggestion at most."""
    parts = ("live_version", "course", "objective", "module")
    question = get_object_or_404(Question.objects.select_related(*parts), pk=object_id)
    found = items.examine(question)
    answers = Answer.objects.filter(question=question).count()
    rows = [(option, found.texts[option.key]) for option in found.report.options]
    context = {
        **admin.site.each_context(request),
        "title": _("How it does"),
        "opts": Question._meta,
        "question": question,
        "prompt": plain_text.inline(question.prompt),
        "usage": bank.usage(question),
        "answers": answers,
        "answered": f"{answers:,}",
        "report": found.report,
        "fix": found.fix,
        "rows": rows,
        "least": LEAST,
        "history_url": history_address(question),
        "wrong_ideas": _wrong_ideas(question),
        "try_url": reverse("learning:try_question", args=[question.pk]),
    }
    return TemplateResponse(request, "admin/learning/item_doctor.html", context)


def _wrong_ideas(question: Question) -> list[str]:
    """Return the names of the misconceptions behind the wrong answers of the live version, each once."""
    answer_key = question.live_version.answer_key if question.live_version else None
    if not answer_key:
        return []
    carried = [choice["misconception"] for choice in answer_key["choices"].values()]
    carried.append(answer_key.get("misconception"))
    return sorted({misconception["name"] for misconception in carried if misconception})

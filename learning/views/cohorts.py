"""What an owner of a cohort sees: who has done how much of the course, and the certificate. Nothing else."""

import csv

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.middleware import LearnerRequest
from learning import cohorts as groups
from learning.models import Cohort
from mailing.clock import now

SHOWN = 100
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@never_cache
def cohorts(request: LearnerRequest) -> HttpResponse:
    """The cohorts that a person looks after."""
    own = _owned(request).select_related("course").order_by("name", "pk")
    return render(request, "learning/cohorts.html", {"cohorts": own})


@require_safe
@never_cache
def cohort(request: LearnerRequest, cohort_id: int) -> HttpResponse:
    """One of them, with its members."""
    row = _own(request, cohort_id)
    standing = groups.standing(row, today=localdate())
    page = Paginator(standing.members, SHOWN).get_page(request.GET.get("page"))
    return render(request, "learning/cohort.html", {"cohort": row, "standing": standing, "page": page})


@require_safe
@never_cache
def cohort_csv(request: LearnerRequest, cohort_id: int) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    row = _own(request, cohort_id)
    audit.record(actor=request.learner, action="cohort.export", obj=row, now=now())
    standing = groups.standing(row, today=localdate())
    name = slugify(row.name) or "cohort"
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
    write = csv.writer(answer).writerow
    write(["name", "lessons done", "lessons", "certificate"])
    for member in standing.members:
        write([_harmless(member.name), member.done, standing.lessons, "yes" if member.certificate else "no"])
    return answer


def _own(request: LearnerRequest, cohort_id: int) -> Cohort:
    return get_object_or_404(_owned(request).select_related("course__live_version"), pk=cohort_id)


def _owned(request: LearnerRequest) -> QuerySet[Cohort]:
    return Cohort.objects.filter(owners=request.learner)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text

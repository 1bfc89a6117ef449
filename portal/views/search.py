"""Search: a page for everyone, and the same results in the palette that Ctrl+K opens."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import LearnerRequest
from courses import search as index
from courses.search import Findings, Found, Met

LONGEST = 500
PALETTE = "palette-found"
GROUPS = {"lesson": _("Lessons"), "term": _("Glossary"), "question": _("Questions you have answered")}
MET = """
    SELECT true AS found, asked.attempt_id
    FROM learning_answer AS answer
    LEFT JOIN learning_attemptquestion AS asked ON asked.id = answer.attempt_question_id
    WHERE answer.user_id = %s AND answer.question_id = question.id AND answer.credit IS NOT NULL
    ORDER BY answer.id DESC LIMIT 1
"""
"""For a question: the attempt in which the learner answered it last; none if that was a lesson's check."""


@require_safe
@never_cache
@login_not_required  # lessons and the glossary can be found by everyone
def search(request: LearnerRequest) -> HttpResponse:
    """What has the words of `q`: live lessons, terms, and the questions that this learner has answered."""
    asked = request.GET.get("q", "")[:LONGEST].replace("\x00", "").strip()
    learner = request.learner
    met = Met(MET, [learner.pk]) if learner else Met()
    findings = index.find(asked, met=met, guest=learner is None or learner.is_guest)
    context = {
        "asked": asked,
        "closed": learner is None or learner.is_guest,
        "count": len(findings.found),
        "most": index.MOST_FOUND,
        "groups": groups(findings),
        "instead": [
            (slip, pgettext("between words of which any will do", " or ").join(near))
            for slip, near in findings.instead.items()
        ],
    }
    in_palette = request.htmx and request.htmx.target == PALETTE  # type: ignore[attr-defined]  # django-htmx's
    return render(request, "portal/search.html#results" if in_palette else "portal/search.html", context)


def groups(findings: Findings) -> list[tuple[str, list[tuple[str, Found]]]]:
    """Return what was found by kind, the kind of the best first: its name, then addresses and finds."""
    by_kind: dict[str, list[tuple[str, Found]]] = {}
    for found in findings.found:
        by_kind.setdefault(found.kind, []).append((address(found), found))
    return [(str(GROUPS[kind]), rows) for kind, rows in by_kind.items()]


def address(found: Found) -> str:
    """Return where something that was found stands."""
    if found.kind == "term":
        return f"{reverse('courses:glossary')}#term-{found.key}"
    if found.kind == "question" and found.attempt_id:
        return reverse("learning:result", args=[found.attempt_id])
    lesson, *_rest = found.passage.partition("#")
    mark = f"check-{found.key}" if found.kind == "question" else found.heading_id
    page = reverse("learning:lesson", args=[found.course_key, lesson or found.key])
    return f"{page}#{mark}" if mark else page

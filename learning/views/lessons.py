"""The course as a path, a lesson with its checks, and marking it as done."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from courses import kept, lessons, outline, presentation, question_types
from courses.grading import InvalidResponse
from courses.models import Course, GlossaryTerm
from learning import cards, certificates, cohorts, path, progress, state
from learning.views import lesson_page
from learning.views.doors import closed, due_of, given_sureness, keeping, needs_account, with_due
from learning.views.lesson_page import CheckView
from mailing import clock


@require_safe
@login_not_required
@never_cache
def my_course(request: LearnerRequest, course: str) -> HttpResponse:
    """A course as the learner's path: what is done, what is next. Visitors see it before the first step."""
    learner = request.learner
    row = _live_course(course, **with_due(learner), **cohorts.carried(learner, today=localdate()))
    plan = outline.of(row)
    where = state.of(learner, row, with_changes=True)
    guest = learner is None or learner.is_guest
    stretches = path.of(plan, where, guest=guest)
    context = {
        "plan": plan,
        "where": where,
        "stretches": stretches,
        "at_the_end": path.at_the_end(plan, where, guest=guest),
        "done": sum(stretch.lessons_done for stretch in stretches),
        "next_step": progress.next_step(plan, where),
        "target": cohorts.target_of(row),
        "claimable": where.certificate is None and certificates.finished(plan, where),
        **due_of(row),
        **keeping(learner, plan, where),
    }
    return render(request, "learning/my_course.html", context)


def _live_course(key: str, **carried: RawSQL) -> Course:
    try:
        return kept.course(key, **carried)
    except Course.DoesNotExist as error:
        raise Http404 from error


@require_safe
@login_not_required
@never_cache
def lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """A lesson with its checks, the module's outline beside it, and what comes next."""
    row, plan = lesson_page.find(course, lesson, **with_due(request.learner))
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    return lesson_page.show(request, row, plan)


@require_POST
@login_not_required
def complete_lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Mark a lesson as done and go on to what follows. A visitor becomes a guest."""
    row, plan = lesson_page.find(course, lesson)
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    now = clock.now()
    progress.complete_lesson(user=guests.ensure(request, now=now), lesson=row, now=now)
    following = path.following(plan, lesson)
    return redirect(following.url if following else reverse("learning:my_course", args=[course]))


@require_POST
@login_not_required
def undo_lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Mark a lesson as not done, and stay on it."""
    row = lesson_page.find(course, lesson)[0]
    if request.learner:
        progress.undo_lesson(user=request.learner, lesson=row, now=clock.now())
    return redirect("learning:lesson", course, lesson)


@require_POST
@login_not_required
def reread_lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Note that what changed in a lesson since it was completed has been read, and stay on it."""
    row = lesson_page.find(course, lesson)[0]
    if request.learner and progress.reread_lesson(user=request.learner, lesson=row, now=clock.now()):
        messages.success(request, _("Noted: you have read this lesson as it is now."))
    return redirect("learning:lesson", course, lesson)


@require_POST
@login_not_required
def answer_check(request: LearnerRequest, course: str, lesson: str, key: str) -> HttpResponse:
    """Grade the first answer to a check and show why; a second answer shows the first one's feedback."""
    row, plan = lesson_page.find(course, lesson)
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    question = lesson_page.question(row, key)
    version, now = lesson_page.live(question), clock.now()
    form = dict(request.POST.lists())
    try:
        kind = question_types.get(version.body["type"])
        response = kind.parse(form, version.body, presentation.check_options(version))
    except InvalidResponse as reason:
        check = lesson_page.check(row, version, None, error=str(reason), typed=form)
        return _check_alone(request, check) or lesson_page.show(request, row, plan, refused=check)
    answer = progress.answer_check(
        user=guests.ensure(request, now=now),
        lesson=row,
        question=question,
        response=response,
        sureness=given_sureness(request.POST),
        now=now,
    )
    check = lesson_page.check(row, version, answer)
    url = reverse("learning:lesson", args=[course, lesson])
    return _check_alone(request, check) or redirect(f"{url}#{check.anchor}")


@require_POST
@login_not_required
def open_term(request: LearnerRequest, course: str, lesson: str, key: str) -> HttpResponse:
    """Note that a learner opened the meaning of a term, for the review. Visitors leave no trace."""
    row = lesson_page.find(course, lesson)[0]
    version = lesson_page.live(row)
    shown = GlossaryTerm.objects.filter(key__in=lessons.term_keys(version), live_version__isnull=False)
    term = get_object_or_404(shown, key=key)
    if request.learner:
        cards.meet_term(user=request.learner, term=term, version=version, now=clock.now())
    return HttpResponse(status=204)


def _check_alone(request: LearnerRequest, check: CheckView) -> HttpResponse | None:
    """The check without its page, where htmx asked for it."""
    if request.htmx.target != check.anchor:  # type: ignore[attr-defined]  # django-htmx sets it
        return None
    return render(request, "learning/lesson.html#check", {"check": check, "swapped": True})

"""The course as a path, a lesson with its checks, and marking it as done."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from courses import lessons, outline, presentation, question_types
from courses.grading import InvalidResponse
from courses.models import Course, Lesson, Question, Version
from courses.outline import Outline
from courses.presentation import QuestionView
from learning import path, progress, results, state
from learning.models import Answer
from learning.views.doors import closed, given_sureness, keeping, needs_account
from mailing import clock


@require_safe
@login_not_required
@never_cache
def my_course(request: LearnerRequest, course: str) -> HttpResponse:
    """A course as the learner's path: what is done, what is next. Visitors see it before the first step."""
    row = get_object_or_404(Course.objects.live(), key=course)
    learner, plan = request.learner, outline.of(row)
    where = state.of(learner, row)
    stretches = path.of(plan, where, guest=learner is None or learner.is_guest)
    context = {
        "plan": plan,
        "where": where,
        "stretches": stretches,
        "done": sum(stretch.lessons_done for stretch in stretches),
        "next_step": progress.next_step(plan, where),
        **keeping(learner, plan, where),
    }
    return render(request, "learning/my_course.html", context)


@require_safe
@login_not_required
@never_cache
def lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """A lesson with its checks, the module's outline beside it, and what comes next."""
    row, plan = _lesson_and_plan(course, lesson)
    learner, place = request.learner, plan.lesson(lesson)
    if needs_account(learner, open_to_guests=place.open):
        return closed(request, row.course)
    version = _live(row)
    filled = lessons.fill(version, today=localdate())
    check_ids = [check.question_id for check in filled.checks]
    where, answers = state.in_lesson(learner, row.course, check_ids)
    module = plan.module_of(lesson)
    guest = learner is None or learner.is_guest
    context = {
        "plan": plan,
        "module": module,
        "place": place,
        "body": version.body,
        "filled": filled,
        "parts": [
            (part.html, part.check and _check(row, part.check.version, answers.get(part.check.question_id)))
            for part in filled.parts
        ],
        "stretch": path.stretch(plan, module, where, guest=guest, current=lesson),
        "done": row.pk in where.done,
        "previous": plan.previous(lesson),
        "next": path.following(plan, lesson),
        **keeping(learner, plan, where),
    }
    return render(request, "learning/lesson.html", context)


@require_POST
@login_not_required
def complete_lesson(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Mark a lesson as done and go on to what follows. A visitor becomes a guest."""
    row, plan = _lesson_and_plan(course, lesson)
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
    row, _ = _lesson_and_plan(course, lesson)
    if request.learner:
        progress.undo_lesson(user=request.learner, lesson=row, now=clock.now())
    return redirect("learning:lesson", course, lesson)


@require_POST
@login_not_required
def answer_check(request: LearnerRequest, course: str, lesson: str, key: str) -> HttpResponse:
    """Grade the first answer to a check and show why; a second answer shows the first one's feedback."""
    row, plan = _lesson_and_plan(course, lesson)
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    question = _question(row, key)
    version, now = _live(question), clock.now()
    form = dict(request.POST.lists())
    try:
        kind = question_types.get(version.body["type"])
        response = kind.parse(form, version.body, presentation.check_options(version))
    except InvalidResponse as reason:
        return _check_answer(request, row, _check(row, version, None, error=str(reason)))
    answer = progress.answer_check(
        user=guests.ensure(request, now=now),
        lesson=row,
        question=question,
        response=response,
        sureness=given_sureness(request.POST),
        now=now,
    )
    return _check_answer(request, row, _check(row, version, answer))


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check in its lesson: the question, asked or answered, and where its form goes."""

    key: str
    url: str
    item: QuestionView
    answer: Answer | None

    @property
    def anchor(self) -> str:
        """The id of its element."""
        return f"check-{self.key}"


def _check(lesson: Lesson, version: Version, answer: Answer | None, error: str = "") -> CheckView:
    if answer:
        version = answer.version
    options = presentation.check_options(version)
    if answer:
        item = results.feedback(version, options, answer)
    else:
        item = presentation.ask(version, options, error=error)
    url = reverse("learning:answer_check", args=[lesson.course.key, lesson.key, version.key])
    return CheckView(version.key, url, item, answer)


def _check_answer(request: LearnerRequest, lesson: Lesson, check: CheckView) -> HttpResponse:
    """The check alone where htmx asked for it, else the lesson at the check."""
    if request.htmx.target == check.anchor:  # type: ignore[attr-defined]  # django-htmx sets it
        return render(request, "learning/lesson.html#check", {"check": check, "swapped": True})
    if check.item.error:
        messages.error(request, check.item.error)
    url = reverse("learning:lesson", args=[lesson.course.key, lesson.key])
    return redirect(f"{url}#{check.anchor}")


def _lesson_and_plan(course: str, lesson: str) -> tuple[Lesson, Outline]:
    try:
        row = lessons.get_live(course, lesson)
        plan = outline.of(row.course)
        plan.lesson(lesson)
    except (Lesson.DoesNotExist, KeyError) as error:
        raise Http404 from error
    return row, plan


def _live(row: Lesson | Question) -> Version:
    if row.live_version is None:
        raise Http404
    return row.live_version


def _question(lesson: Lesson, key: str) -> Question:
    """A live question that the lesson shows as a check."""
    shown = {segment.key for segment in lessons.segments(_live(lesson)) if segment.kind == "check"}
    live = Question.objects.filter(live_version__isnull=False).select_related("live_version")
    return get_object_or_404(live, course_id=lesson.course_id, key=key if key in shown else "")

"""The page of a lesson, as it is read, and as it comes back when something sent could not be kept."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.middleware import LearnerRequest
from courses import lessons, outline, presentation
from courses.grading import Form
from courses.models import Lesson, Question, Version
from courses.outline import Outline
from courses.presentation import QuestionView
from learning import path, results, state
from learning.models import Answer
from learning.views.doors import keeping


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


def find(course: str, lesson: str) -> tuple[Lesson, Outline]:
    """Return a live lesson and the outline it stands in. Raises Http404."""
    try:
        row = lessons.get_live(course, lesson)
        plan = outline.of(row.course)
        plan.lesson(lesson)
    except (Lesson.DoesNotExist, KeyError) as error:
        raise Http404 from error
    return row, plan


def live(row: Lesson | Question) -> Version:
    """Return what learners see of a row. Raises Http404."""
    if row.live_version is None:
        raise Http404
    return row.live_version


def check(
    lesson: Lesson, version: Version, answer: Answer | None, *, error: str = "", typed: Form | None = None
) -> CheckView:
    """Return a check as it stands: answered with why, or asked; `typed` is a form that was no answer."""
    if answer:
        version = answer.version
    options = presentation.check_options(version)
    if answer:
        item = results.feedback(version, options, answer)
    else:
        item = presentation.ask(version, options, error=error, typed=typed)
    url = reverse("learning:answer_check", args=[lesson.course.key, lesson.key, version.key])
    return CheckView(version.key, url, item, answer)


def show(
    request: LearnerRequest, row: Lesson, plan: Outline, *, refused: CheckView | None = None
) -> HttpResponse:
    """Answer with the lesson's page. `refused`: a check as it was sent, with what is wrong with it."""
    learner, version, place = request.learner, live(row), plan.lesson(row.key)
    filled = lessons.fill(version, today=localdate())
    where, answers = state.in_lesson(learner, row.course, [check.question_id for check in filled.checks])
    checks = {
        each.version.key: check(row, each.version, answers.get(each.question_id)) for each in filled.checks
    }
    if refused and (asked := checks.get(refused.key)) and not asked.answer:
        checks[refused.key] = refused
        messages.error(request, refused.item.error)
    module = plan.module_of(row.key)
    guest = learner is None or learner.is_guest
    context = {
        "plan": plan,
        "module": module,
        "place": place,
        "body": version.body,
        "filled": filled,
        "parts": [(part.html, part.check and checks[part.check.version.key]) for part in filled.parts],
        "stretch": path.stretch(plan, module, where, guest=guest, current=row.key),
        "done": row.pk in where.done,
        "previous": plan.previous(row.key),
        "next": path.following(plan, row.key),
        **keeping(learner, plan, where),
    }
    return render(request, "learning/lesson.html", context)

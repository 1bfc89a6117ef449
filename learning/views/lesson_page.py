"""The page of a lesson, as it is read, and as it comes back when something sent could not be kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.middleware import LearnerRequest
from courses import lessons, outline, presentation
from courses.grading import Form
from courses.lessons import LessonParts
from courses.models import Lesson, Question, Version
from courses.outline import Outline
from courses.presentation import QuestionView
from learning import path, results, state
from learning.models import Answer, Note
from learning.views.doors import due_of, keeping


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


@dataclass(frozen=True, slots=True)
class NoteView:
    """The learner's note as its form shows it, and what became of it when it was sent."""

    text: str = ""
    revision: int = 0
    saved_at: datetime | None = None
    error: str = ""
    elsewhere: Note | None = None
    """The note as it stands, where it has changed meanwhile."""


def find(course: str, lesson: str, **carried: RawSQL) -> tuple[Lesson, Outline]:
    """Return a live lesson, with what its page carries along, and its outline. Raises Http404."""
    try:
        row = lessons.get_live(course, lesson, **carried)
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
    request: LearnerRequest,
    row: Lesson,
    plan: Outline,
    *,
    refused: CheckView | None = None,
    note: NoteView | None = None,
) -> HttpResponse:
    """Answer with the lesson's page. `refused`, `note`: as they were sent, with what is wrong with them."""
    learner, version, place = request.learner, live(row), plan.lesson(row.key)
    filled = lessons.fill(version, today=localdate())
    here = state.in_lesson(learner, row, [check.question_id for check in filled.checks])
    checks = _checks(row, filled, here.answers)
    if refused and checks[refused.key].answer:
        refused = None
    if refused:
        checks[refused.key] = refused
    for problem in (refused and refused.item.error, note and note.error):
        if problem:
            messages.error(request, problem)
    module = plan.module_of(row.key)
    guest = learner is None or learner.is_guest
    context = {
        "plan": plan,
        "module": module,
        "place": place,
        "body": version.body,
        "filled": filled,
        "parts": [(part.html, part.check and checks[part.check.version.key]) for part in filled.parts],
        "stretch": path.stretch(plan, module, here.course, guest=guest, current=row.key),
        "done": row.pk in here.course.done,
        "done_at": here.done_at,
        "note": note or (NoteView(here.note.text, here.note.revision) if here.note else NoteView()),
        "bookmarked": here.bookmarked,
        "previous": plan.previous(row.key),
        "next": path.following(plan, row.key),
        **due_of(row),
        **keeping(learner, plan, here.course),
    }
    return render(request, "learning/lesson.html", context)


def _checks(row: Lesson, filled: LessonParts, answers: Mapping[int, Answer]) -> dict[str, CheckView]:
    """The lesson's checks by key."""
    return {
        each.version.key: check(row, each.version, answers.get(each.question_id)) for each in filled.checks
    }

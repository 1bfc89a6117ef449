"""The page of a lesson, as it is read, and as it comes back when something sent could not be kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.middleware import LearnerRequest
from courses import changes, lessons, marks, outline, presentation
from courses.changes import Changes
from courses.grading import Form
from courses.lessons import Check, LessonParts
from courses.models import Lesson, Question, Version
from courses.outline import Outline
from courses.presentation import QuestionView
from learning import path, results, state
from learning.models import Answer, Note
from learning.views.doors import due_of, keeping

HEADING = re.compile(r'<h[2-4] id="([^"]+)">')


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check in its lesson: the question, asked or answered, and where its form goes."""

    key: str
    url: str
    item: QuestionView
    answer: Answer | None
    version_id: int

    @property
    def mark(self) -> str:
        """By what the page names the version that it asks."""
        return marks.of_version(self.version_id)

    @property
    def html(self) -> SafeString:
        """The question, without its form."""
        return self.item.html

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

    @classmethod
    def of(cls, note: Note | None) -> "NoteView":
        """Return the form for a note as it is stored."""
        return cls(note.text, note.revision) if note else cls()


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


def question(lesson: Lesson, key: str) -> Question:
    """Return a live question that the lesson shows as a check. Raises Http404."""
    shown = {segment.key for segment in lessons.segments(live(lesson)) if segment.kind == "check"}
    found = Question.objects.filter(live_version__isnull=False).select_related("live_version")
    return get_object_or_404(found, course_id=lesson.course_id, key=key if key in shown else "")


def check(
    lesson: Lesson, version: Version, answer: Answer | None, *, error: str = "", typed: Form | None = None
) -> CheckView:
    """Return a check as it stands: answered with why, or asked; `typed` is a form that was no answer."""
    if answer:
        item = results.check(answer)
    elif error or typed:
        options = presentation.check_options(version)
        item = presentation.ask(version, options, error=error, typed=typed)
    else:
        item = presentation.asked(version)
    url = reverse("learning:answer_check", args=[lesson.course.key, lesson.key, version.key])
    return CheckView(version.key, url, item, answer, version.pk)


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
    filled = lessons.shown(version, today=localdate())
    here = state.in_lesson(learner, row, [check.question_id for check in filled.checks])
    checks = _checks(row, filled, here.answers, refused)
    if refused and refused in checks.values():
        messages.error(request, refused.item.error)
    if note and note.error:
        messages.error(request, note.error)
    news = changes.since(here.done_before, version.body) if here.done_before else Changes()
    module = plan.module_of(row.key)
    guest = learner is None or learner.is_guest
    context = {
        "plan": plan,
        "module": module,
        "place": place,
        "body": version.body,
        "mark": marks.of_version(version.pk),
        "filled": filled,
        "parts": [(_marked(part.html, news), checks.get(_key(part.check))) for part in filled.parts],
        "stretch": path.stretch(plan, module, here.course, guest=guest, current=row.key),
        "done": row.pk in here.course.done,
        "done_at": here.done_at,
        "changes": news,
        "note": note or NoteView.of(here.note),
        "bookmarked": here.bookmarked,
        "previous": plan.previous(row.key),
        "next": path.following(plan, row.key),
        **due_of(row),
        **keeping(learner, plan, here.course),
    }
    return render(request, "learning/lesson.html", context)


def _marked(html: SafeString, news: Changes) -> SafeString:
    """The text with a word at each heading whose section is new, or other, since the lesson was done."""
    if not (news.reworded or news.new):
        return html
    changed, new = escape(_("Changed")), escape(_("New"))
    words = {section.id: changed for section in news.reworded} | {one.id: new for one in news.new}

    def marked(heading: re.Match[str]) -> str:
        word = words.get(heading[1])
        return f'{heading[0]}<span class="tag plain no-print">{word}</span> ' if word else heading[0]

    # The text is clean already, and what is added is ours.
    return mark_safe(HEADING.sub(marked, html))  # noqa: S308


def _checks(
    row: Lesson, filled: LessonParts, answers: Mapping[int, Answer], refused: CheckView | None
) -> dict[str, CheckView]:
    """The lesson's checks by key; one that was refused as it was sent, unless it has been answered."""
    found = {_key(each): check(row, each.version, answers.get(each.question_id)) for each in filled.checks}
    if refused and not found[refused.key].answer:
        found[refused.key] = refused
    return found


def _key(check: Check | None) -> str:
    return check.version.key if check else ""

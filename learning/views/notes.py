"""Notes and bookmarks: writing them beside a lesson, and the page that lists them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from learning import notes as notebook
from learning.views import lesson_page
from learning.views.doors import closed, needs_account
from learning.views.lesson_page import NoteView
from mailing import clock


@require_safe
@login_not_required
@never_cache
def notes(request: LearnerRequest) -> HttpResponse:
    """All notes and bookmarks of the learner, in the order of the courses."""
    shelves = notebook.shelves(request.learner) if request.learner else []
    return render(request, "learning/notes.html", {"shelves": shelves})


@require_POST
@login_not_required
def save_note(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Keep the note on a lesson: quietly while it is written (htmx), or sent by its button."""
    row, plan = lesson_page.find(course, lesson)
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    text, now = request.POST.get("text", ""), clock.now()
    revision = _number(request.POST.get("instead") or request.POST.get("revision", ""))
    if request.learner is None and not notebook.clean(text):
        return _note_alone(request, NoteView()) or _back_to(course, lesson)
    try:
        user = guests.ensure(request, now=now)
        stored = notebook.write(user=user, lesson=row, text=text, revision=revision, now=now)
    except notebook.NotKept as problem:
        note = NoteView(text=text, revision=revision, error=str(problem), elsewhere=problem.elsewhere)
        return _note_alone(request, note) or lesson_page.show(request, row, plan, note=note)
    note = NoteView(text=stored.text, revision=stored.revision, saved_at=stored.updated_at)
    if alone := _note_alone(request, note):
        return alone
    messages.success(request, _("Your note is saved.") if stored.text else _("Your note is taken away."))
    return _back_to(course, lesson)


@require_POST
@login_not_required
def set_bookmark(request: LearnerRequest, course: str, lesson: str) -> HttpResponse:
    """Set a bookmark on a lesson (`wanted` is "yes") or take it away."""
    row, plan = lesson_page.find(course, lesson)
    if needs_account(request.learner, open_to_guests=plan.lesson(lesson).open):
        return closed(request, row.course)
    wanted, now = request.POST.get("wanted") == "yes", clock.now()
    if wanted or request.learner:
        notebook.mark(user=guests.ensure(request, now=now), lesson=row, wanted=wanted, now=now)
    if request.htmx.target == "lesson-bookmark":  # type: ignore[attr-defined]  # django-htmx sets it
        context = {"plan": plan, "place": plan.lesson(lesson), "bookmarked": wanted, "swapped": True}
        return render(request, "learning/lesson.html#bookmark", context)
    return (
        redirect("learning:notes")
        if "listed" in request.POST
        else redirect("learning:lesson", course, lesson)
    )


def _note_alone(request: LearnerRequest, note: NoteView) -> HttpResponse | None:
    """What became of the note, without its page, where htmx asked for it."""
    if request.htmx.target != "lesson-note-state":  # type: ignore[attr-defined]  # django-htmx sets it
        return None
    return render(request, "learning/lesson.html#note_state", {"note": note})


def _back_to(course: str, lesson: str) -> HttpResponse:
    return redirect(f"{reverse('learning:lesson', args=[course, lesson])}#lesson-note")


def _number(given: str) -> int:
    """A revision as a form carries it; whatever is none counts as 0, a note that was not there."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0

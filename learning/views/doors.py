"""What lessons and quizzes share at the door: who may come in, what guests are asked, how sure one is."""

from collections.abc import Mapping

from django.db.models.expressions import RawSQL
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate

from accounts import guests
from accounts.forms import SignupForm
from accounts.middleware import LearnerRequest
from accounts.models import User
from courses import outline
from courses.models import Course
from courses.outline import Outline
from learning import due, path, state
from learning.models import Answer
from learning.state import CourseState


def with_due(learner: User | None) -> dict[str, RawSQL]:
    """Return what the first query of a page carries along for the navigation: how many cards are due."""
    return due.carried(learner, today=localdate())


def due_of(row: object) -> dict[str, object]:
    """Return for the navigation what a row carried along. If it did not, the navigation asks for itself."""
    return {"due": row.due} if hasattr(row, "due") else {}


def needs_account(learner: User | None, *, open_to_guests: bool) -> bool:
    """Return whether a lesson or quiz is closed for this reader: guests and visitors take the open ones."""
    return not open_to_guests and (learner is None or learner.is_guest)


def closed(request: LearnerRequest, course: Course, *, quiz: bool = False) -> HttpResponse:
    """Answer with what needs an account here, a lesson or a quiz, and what would come along."""
    learner = request.learner
    context = {
        "quiz": quiz,
        "plan": outline.of(course),
        "lessons_done": len(state.of(learner, course).done),
        "answers": learner.answers.count() if learner else 0,
    }
    return render(request, "learning/closed.html", context)


def given_sureness(form: Mapping[str, object]) -> str:
    """Return how sure the person said to be; empty where the form says nothing that we offer."""
    given = str(form.get("sureness", ""))
    return given if given in Answer.Sureness.values else ""


def keeping(learner: User | None, plan: Outline, where: CourseState) -> dict[str, object]:
    """Return what asks a guest to keep what they did: after the first lesson, again after a first module."""
    if learner is None or not learner.is_guest:
        return {"keep_form": None}
    module_done = any(stretch.done for stretch in path.of(plan, where, guest=True))
    asks = guests.asks_to_keep(learner, lessons_done=len(where.done), module_done=module_done)
    return {"keep_form": SignupForm() if asks else None, "module_done": module_done}

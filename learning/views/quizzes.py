"""Quizzes: the page before, the attempt, handing in, the result."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import guests
from accounts.middleware import LearnerRequest
from accounts.models import User
from courses import outline, presentation
from courses.grading import Form, InvalidResponse
from courses.models import Quiz, Version
from courses.outline import Outline
from learning import progress, quiz_standing, quizzes, regrade, results, sheets, state
from learning.models import Answer, Attempt, AttemptQuestion
from learning.views import unsent
from learning.views.doors import closed, due_of, given_sureness, keeping, needs_account, with_due
from mailing import clock

OVERVIEW = "overview"
NEWER_KEPT = gettext_lazy(
    "A newer answer to this question was saved at %(time)s, perhaps on another page. It stands."
)
TIME_WAS_UP = gettext_lazy(
    "Time was up at %(time)s. What was saved until then counts; your last change does not."
)
TOO_LATE = gettext_lazy("This attempt was handed in at %(time)s. Your last change was not counted.")


@require_safe
@login_not_required
@never_cache
def quiz(request: LearnerRequest, course: str, quiz: str) -> HttpResponse:
    """The page before a quiz: what it is, attempts so far, and the button that starts or goes on."""
    row, plan = _quiz_and_plan(course, quiz, **with_due(request.learner))
    place, module = plan.quiz(quiz)
    learner = request.learner
    if needs_account(learner, open_to_guests=(module or plan).open):
        return closed(request, row.course, quiz=True)
    before = quiz_standing.of(learner, row, every="attempts" in request.GET)
    body = row.live_version.body if row.live_version else {}
    now = clock.now()
    ends_at = learner and quiz_standing.ends_at(learner, body, now=now)
    context = {
        "quiz": row,
        "plan": plan,
        "place": place,
        "module": module,
        "body": body,
        "minutes": round((ends_at - now).total_seconds() / 60) if ends_at else body.get("time_limit_minutes"),
        "pass_points": results.pass_points(body["pass_mark"], place.questions),
        "standing": before,
        "time_is_up": bool(before.open and before.open.is_over(now)),
        "refusal": "" if before.open else before.refusal(body, user=learner, now=now),
        **due_of(row),
    }
    return render(request, "learning/quiz.html", context)


@require_POST
@login_not_required
def start_attempt(request: LearnerRequest, course: str, quiz: str) -> HttpResponse:
    """Begin an attempt, or go on with the open one. A visitor becomes a guest."""
    row, plan = _quiz_and_plan(course, quiz)
    module = plan.quiz(quiz)[1]
    now = clock.now()
    if needs_account(request.learner, open_to_guests=(module or plan).open):
        return closed(request, row.course, quiz=True)
    try:
        attempt = quizzes.start(user=guests.ensure(request, now=now), quiz=row, now=now)
    except quizzes.CannotStart as reason:
        messages.warning(request, str(reason))
        return redirect("learning:quiz", course, quiz)
    return redirect("learning:attempt", attempt.pk)


@require_safe
@login_not_required
@never_cache
def attempt(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """One question of an attempt (`?question=4`), or all at a glance before handing in (`overview`)."""
    if request.learner is None:
        return redirect_to_login(request.get_full_path())
    row = _own_attempt(request.learner, attempt_id)
    now = clock.now()
    if row.submitted_at is None and row.is_over(now):
        row = quizzes.submit(user=request.learner, attempt_id=row.pk, now=now)
    if row.submitted_at:
        return redirect("learning:result", row.pk)
    return _page(request, row, request.GET.get("question", ""), now=now)


@require_POST
@login_not_required
def save_answer(request: LearnerRequest, attempt_id: UUID, position: int) -> HttpResponse:
    """Keep an answer: quietly while it is being chosen (htmx), or handed in by a button that goes on."""
    quiet = request.htmx.target == "saved"  # type: ignore[attr-defined]  # django-htmx sets it
    if request.learner is None:
        return _logged_out(request, _question_url(attempt_id, position), quiet=quiet)
    try:
        saved = quizzes.save_answer(
            user=request.learner,
            attempt_id=attempt_id,
            position=position,
            form=dict(request.POST.lists()),
            sureness=given_sureness(request.POST),
            sequence=_sequence(request),
            now=clock.now(),
        )
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    except quizzes.AlreadyHandedIn as late:
        return _too_late(request, late.attempt, quiet=quiet)
    except InvalidResponse as reason:
        return _not_saved(request, request.learner, str(reason), attempt_id, position, quiet=quiet)
    unsent.forget(request)
    if quiet:
        return render(request, "learning/attempt.html#saved", {"answer": saved.answer, "saved": saved})
    if saved.newer_kept:
        messages.warning(request, NEWER_KEPT % {"time": f"{localtime(saved.answer.saved_at):%H:%M}"})
        return redirect(_question_url(attempt_id, position))
    return redirect(_question_url(attempt_id, saved.next_position))


@require_POST
@login_not_required
def submit_attempt(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """Hand an attempt in. Whoever does it twice sees the first result."""
    if request.learner is None:
        return redirect_to_login(reverse("learning:attempt", args=[attempt_id]))
    try:
        quizzes.submit(user=request.learner, attempt_id=attempt_id, now=clock.now())
    except Attempt.DoesNotExist as error:
        raise Http404 from error
    return redirect("learning:result", attempt_id)


@require_safe
@login_not_required
@never_cache
def result(request: LearnerRequest, attempt_id: UUID) -> HttpResponse:
    """What a handed-in attempt came to, why, and what to do next."""
    if request.learner is None:
        return redirect_to_login(request.get_full_path())
    row = _own_attempt(request.learner, attempt_id)
    if row.submitted_at is None:
        return redirect("learning:attempt", row.pk)
    course = row.quiz.course
    where = state.of(request.learner, course)
    plan = outline.of(course) if course.live_version else None
    found = results.of(row, plan, passed_before=row.quiz_id in where.passed)
    alone = quiz_standing.Standing((row,))
    context = {
        "attempt": row,
        "refusal": alone.refusal(row.quiz_version.body, user=request.learner, now=clock.now()),
        "course": course,
        "body": row.quiz_version.body,
        "result": found,
        **due_of(row),
        "corrected": regrade.of_attempt(row) if found.corrected else [],
        "next_step": plan and progress.next_step(plan, where),
        "certificate": where.certificate,
        **(keeping(request.learner, plan, where) if plan else {}),
    }
    return render(request, "learning/result.html", context)


def _quiz_and_plan(course: str, quiz: str, **carried: RawSQL) -> tuple[Quiz, Outline]:
    try:
        row = quizzes.get_live(course, quiz, **carried)
        plan = outline.of(row.course)
        plan.quiz(quiz)
    except (Quiz.DoesNotExist, KeyError) as error:
        raise Http404 from error
    return row, plan


def _own_attempt(learner: User, attempt_id: UUID) -> Attempt:
    try:
        return sheets.attempt_of(learner, attempt_id, **with_due(learner))
    except Attempt.DoesNotExist as error:
        raise Http404 from error


def _question_url(attempt_id: UUID, question: int | None) -> str:
    url = reverse("learning:attempt", args=[attempt_id])
    return f"{url}?question={question or OVERVIEW}"


def _page(
    request: LearnerRequest, row: Attempt, wanted: str, *, now: datetime, refused: str = ""
) -> HttpResponse:
    """A page of an open attempt. `refused`: why the form that was sent for it is no answer."""
    sheet = sheets.sheet(row)
    shown = _shown(sheet, wanted)
    # As text, which templates need not put into anybody's notation.
    places = [(str(each.position), hasattr(each, "answer")) for each in sheet]
    answered = sum(done for _, done in places)
    context = {"attempt": row, "body": row.quiz_version.body, "answered": answered}
    context |= due_of(row)
    context["seconds_left"] = row.ends_at and round((row.ends_at - now).total_seconds())
    if shown is None:
        return render(request, "learning/attempt_overview.html", {**context, "sheet": sheet})
    typed = (
        dict(request.POST.lists()) if refused else unsent.kept(request, _question_url(row.pk, shown.position))
    )
    context |= {"places": places, "place": str(shown.position)}
    context |= _question(row, shown, typed=typed, error=refused or (str(unsent.SEND_AGAIN) if typed else ""))
    return render(request, "learning/attempt.html", context, status=400 if refused else 200)


def _shown(sheet: Sequence[AttemptQuestion], wanted: str) -> AttemptQuestion | None:
    """The question asked for, else the first without an answer; None stands for the overview."""
    if wanted == OVERVIEW:
        return None
    by_position = {str(row.position): row for row in sheet}
    return by_position.get(wanted) or next((row for row in sheet if not hasattr(row, "answer")), None)


def _question(attempt: Attempt, row: AttemptQuestion, *, typed: Form | None, error: str) -> dict[str, object]:
    """What the page of one question shows: the question, or with immediate feedback its answer and why."""
    answer: Answer | None = getattr(row, "answer", None)
    context = {
        "row": row,
        "answer": answer,
        "sequence": answer.sequence + 1 if answer else 1,
        "next": row.position + 1 if row.position < attempt.question_count else OVERVIEW,
    }
    if answer and quizzes.feedback_of(attempt) == Quiz.Feedback.IMMEDIATE:
        version = Version.objects.get(pk=row.version_id)  # with its key, which the sheet does not read
        return {**context, "item": results.feedback(version, row.options, answer), "final": True}
    response = answer.response if answer else None
    item = presentation.ask(row.version, row.options, response, error, typed)
    return {**context, "item": item, "final": False}


def _sequence(request: LearnerRequest) -> int:
    """The client's counter; whatever is no such number counts as the oldest."""
    given = request.POST.get("sequence", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _too_late(request: LearnerRequest, attempt: Attempt, *, quiet: bool) -> HttpResponse:
    by_time = attempt.submitted_at in (None, attempt.ends_at)
    at = localtime(attempt.submitted_at or attempt.ends_at)
    words = str((TIME_WAS_UP if by_time else TOO_LATE) % {"time": f"{at:%H:%M}"})
    if quiet:
        return render(request, "learning/attempt.html#saved", {"problem": words, "late": attempt})
    messages.warning(request, words)
    return redirect("learning:result" if attempt.submitted_at else "learning:attempt", attempt.pk)


def _not_saved(
    request: LearnerRequest, user: User, reason: str, attempt_id: UUID, position: int, *, quiet: bool
) -> HttpResponse:
    if quiet:
        problem = _("Not saved yet. %(reason)s") % {"reason": reason}
        return render(request, "learning/attempt.html#saved", {"problem": problem})
    row = _own_attempt(user, attempt_id)
    return _page(request, row, str(position), now=clock.now(), refused=reason)


def _logged_out(request: LearnerRequest, page: str, *, quiet: bool) -> HttpResponse:
    if not quiet:
        return unsent.log_in_first(request, page)
    context = {"problem": unsent.keep(request, page), "log_in": redirect_to_login(page).url}
    return render(request, "learning/attempt.html#saved", context)

"""What each reason for a reminder says in one sentence, for the preview, the simulator and the mail."""

from datetime import date

from django.utils.translation import ngettext

from learning import rhythm
from learning.reminders.reasons import Matters, Reason


def of(reason: Reason, matters: Matters, *, today: date) -> str:
    """Return the sentence for a reason that applies to a learner on their local date."""
    return {
        Reason.LAST: _last,
        Reason.DIGEST: _digest,
        Reason.QUIZ: _quiz,
        Reason.GOAL: _goal,
        Reason.REVIEW: _review,
        Reason.RESUME: _resume,
    }[reason](matters, today)


def _last(matters: Matters, today: date) -> str:
    return "The one last mail: these mails stop until you are back."


def _digest(matters: Matters, today: date) -> str:
    return "Your three counts: done, shown, would recall today."


def _quiz(matters: Matters, today: date) -> str:
    if (quiz := matters.unfinished) is None:
        raise ValueError("there is no open quiz")
    return f"Your open quiz: {quiz.title}, {quiz.answered} of {quiz.questions} questions answered."


def _goal(matters: Matters, today: date) -> str:
    if (week := matters.week) is None:
        raise ValueError("there is no week goal")
    days = ngettext("%d day", "%d days", week.missing) % week.missing
    left = (week.sunday - today).days + 1
    until = "today is the last" if left == 1 else f"{left} are left"
    return f"Your week goal: {days} to go, {until}."


def _review(matters: Matters, today: date) -> str:
    minutes = rhythm.minutes(matters.due)
    things = ngettext("%d thing is", "%d things are", matters.due) % matters.due
    return f"{things} due for review, about {ngettext('%d minute', '%d minutes', minutes) % minutes}."


def _resume(matters: Matters, today: date) -> str:
    if (step := matters.step) is None:
        raise ValueError("there is no next step")
    minutes = ngettext("%d minute", "%d minutes", step.minutes) % step.minutes
    return f"Where you stopped: {step.title}, {minutes}."
